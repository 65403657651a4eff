import { Failure, post } from '../api.js';
import { cart } from '../cart.js';
import { element, problem } from '../dom.js';
import { field } from '../form.js';
import { currency, go, link } from '../place.js';
import { leadToTrace } from '../trace.js';
import { attempt, draft, placed, visitor } from '../visit.js';
import { catalog, emptyCart, total } from './cart.js';

const MOST_CHARACTERS = 256; // limit of the checkout service

/**
 * Each field's name in the order, its label, its autocomplete token, and the error if it is missing. A field without an error is
 * optional.
 */
const FIELDS = [
  ['email', 'E-mail', 'email', 'Enter your e-mail address.'],
  ['street', 'Street and number', 'street-address', 'Enter the street and the number.'],
  ['city', 'City', 'address-level2', 'Enter the city.'],
  ['zip', 'Postcode', 'postal-code', 'Enter the postcode.'],
  ['state', 'State or region (optional)', 'address-level1'],
  ['country', 'Country', 'country-name', 'Enter the country.'],
];

export async function checkout(_, signal) {
  const heading = element('h1', { tabIndex: -1 }, 'Checkout');
  if (cart.lines.length === 0) {
    return { title: 'Checkout', content: [heading, emptyCart()] };
  }
  const { products, trace } = await catalog(signal);
  return { title: 'Checkout', content: [heading, element('div', { className: 'checkout' }, form(), summary(products, signal))], trace };
}

function summary(products, signal) {
  const lines = element('ul', {});
  const sum = element('strong', {});
  const update = () => {
    lines.replaceChildren(
      ...cart.lines.map(line =>
        element('li', {}, element('span', {}, `${line.quantity} × ${line.name}`), element('span', {}, total([line], products))),
      ),
    );
    sum.textContent = total(cart.lines, products);
  };
  cart.onChange(update, signal);
  update();
  return element(
    'section',
    { className: 'summary', 'aria-label': 'Your order' },
    lines,
    element('p', {}, 'Total ', sum),
    element('a', { href: link('/shop/cart') }, 'Change the cart'),
  );
}

function form() {
  const fields = FIELDS.map(([name, label, autocomplete, wanted]) =>
    field(
      name,
      label,
      {
        type: name === 'email' ? 'email' : 'text',
        autocomplete,
        maxLength: MOST_CHARACTERS,
        required: Boolean(wanted),
        value: draft.get(name),
      },
      ({ value, validity }) =>
        wanted && !value.trim() ? wanted : validity.typeMismatch ? 'Enter an e-mail address such as name@example.com.' : '',
    ),
  );
  const button = element('button', {}, 'Place the order');
  const trouble = element('div', { className: 'trouble' });
  const made = element(
    'form',
    { noValidate: true },
    trouble,
    fields.map(({ block }) => block),
    button,
  );

  const refuse = (failure, wrong) => {
    trouble.replaceChildren(problem(...failure));
    (wrong?.input ?? trouble.firstElementChild).focus();
  };
  let sending = false;
  made.addEventListener('input', ({ target }) => draft.set(target.name, target.value));
  made.addEventListener('submit', async event => {
    event.preventDefault();
    if (sending) {
      return;
    }
    trouble.replaceChildren();
    const wrong = fields.filter(field => !field.check());
    if (wrong.length > 0) {
      refuse([wrong.length === 1 ? 'One field needs your attention.' : `${wrong.length} fields need your attention.`], wrong[0]);
      return;
    }
    sending = button.disabled = true;
    button.textContent = 'Placing the order …';
    try {
      await place(orderOf(fields));
    } catch (failure) {
      sending = button.disabled = false;
      button.textContent = 'Place the order';
      if (!(failure instanceof Failure)) {
        throw failure;
      }
      leadToTrace(failure.trace);
      const named = fields.find(({ input }) => new RegExp(`^(address\\.)?${input.name} `).test(failure.message));
      named?.refuse(`${failure.message}.`);
      refuse(orderProblem(failure), named);
    }
  });
  return made;
}

/**
 * Describes why an order was not confirmed. The order was certainly not placed if the shop refused it (4xx), which it does only if
 * it has no such order. The same is true if this request changed nothing and no earlier request for the same order may have placed
 * it.
 */
function orderProblem({ message, status, nothingDone }) {
  const refused = status >= 400 && status < 500;
  if (!refused && !nothingDone) {
    attempt.doubt();
  }
  const sure = refused || !attempt.isDoubtful();
  return [
    `${sure ? 'The order was not placed' : 'It is not certain that the order was placed'}: ${message}.`,
    !sure &&
      element('p', {}, 'To find out, place the same order again. If it was already placed, you will see it; it will not be placed twice.'),
    element('p', {}, 'Your cart and your entries are kept.'),
  ];
}

function orderOf(fields) {
  const { email, ...address } = Object.fromEntries(
    fields.map(({ input }) => [input.name, input.value.trim()]).filter(([, value]) => value),
  );
  return {
    user_id: visitor(),
    user_currency: currency(),
    address,
    email,
    items: cart.lines.map(({ id, quantity }) => ({ product_id: id, quantity })),
  };
}

async function place(order) {
  const { body, trace } = await post('/checkout', order, { 'Idempotency-Key': attempt.keyOf(order) });
  attempt.end();
  placed.remember(body.order_id, trace);
  go(link(`/shop/order/${body.order_id}`), 'replace'); // so that the back button leads to the cart, not to the submitted form
  cart.clear();
}
