import { Failure, post } from '../api.js';
import { cart } from '../cart.js';
import { element } from '../dom.js';
import { field, sendingForm } from '../form.js';
import { currency, go, link, loginHere } from '../place.js';
import { session } from '../session.js';
import { attempt, draft, placed, visitor } from '../visit.js';
import { catalog, emptyCart, total } from './cart.js';

const MOST_CHARACTERS = 256; // limit of the checkout service
const UNAUTHORIZED = 401;

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
  const [{ products, trace }, user] = await Promise.all([catalog(signal), session.userOrGuest()]);
  return {
    title: 'Checkout',
    content: [heading, element('div', { className: 'checkout' }, form(), summary(products, user, signal))],
    trace,
  };
}

function summary(products, user, signal) {
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
  // Another tab may log the visitor in or out.
  const who = element('p', { className: 'who', 'aria-live': 'polite' });
  const showUser = () => who.replaceChildren(...buyer(session.last.user));
  session.onChange(showUser, signal);
  who.replaceChildren(...buyer(user));
  return element(
    'section',
    { className: 'summary', 'aria-label': 'Your order' },
    lines,
    element('p', {}, 'Total ', sum),
    element('a', { href: link('/shop/cart') }, 'Change the cart'),
    who,
  );
}

function buyer(user) {
  return user
    ? [`You order as ${user.username}.`]
    : [
        element(
          'span',
          {},
          'You order as a guest. ',
          element('a', { href: loginHere('/shop/login') }, 'Log in'),
          ' to find the order under “My orders”.',
        ),
      ];
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
  const made = sendingForm({
    fields,
    label: 'Place the order',
    waiting: 'Placing the order …',
    send: () => place(orderOf(fields)),
    explain: orderProblem,
  });
  made.addEventListener('input', ({ target }) => draft.set(target.name, target.value));
  return made;
}

/**
 * Describes why an order was not confirmed. The order was certainly not placed if the shop refused it (4xx), which it does only if
 * it has no such order. The same is true if this request changed nothing and no earlier request for the same order may have placed
 * it.
 */
function orderProblem({ message, status, nothingDone }) {
  if (status === UNAUTHORIZED) {
    session.hasEnded(); // so that the header shows it
    if (attempt.isDoubtful()) {
      return [
        'It is not certain that the order was placed, and you are no longer logged in.',
        element(
          'p',
          {},
          'To find out, ',
          element('a', { href: loginHere('/shop/login') }, 'log in'),
          ' and place the same order again. If it was already placed, you will see it; it will not be placed twice.',
        ),
      ];
    }
    return [
      'The order was not placed, because you are no longer logged in.',
      element(
        'p',
        {},
        element('a', { href: loginHere('/shop/login') }, 'Log in'),
        ', or place the order as a guest. Your cart and your entries are kept.',
      ),
    ];
  }
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
  const user = await session.userOrGuest(); // the gateway puts the user into the order
  if (user && (await session.hasEnded(user))) {
    throw new Failure('you are no longer logged in', UNAUTHORIZED); // otherwise it would become the order of a guest
  }
  const key = attempt.keyOf({ ...order, user: user?.username });
  const { body, trace } = await post('/checkout', order, { 'Idempotency-Key': key });
  attempt.end();
  placed.remember(body.order_id, trace);
  go(link(`/shop/order/${body.order_id}`), 'replace'); // so that the back button leads to the cart, not to the submitted form
  cart.clear();
}
