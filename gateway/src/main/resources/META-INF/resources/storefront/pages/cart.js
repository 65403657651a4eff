import { get } from '../api.js';
import { cart } from '../cart.js';
import { element, money, problem, announce } from '../dom.js';
import { quantityField } from '../form.js';
import { currency, link, priced } from '../place.js';
import { photo } from './parts.js';

/** Fetches all products with prices, by id. One request is enough because the catalog is small. */
export async function catalog(signal) {
  const { body, trace } = await get(priced('/products'), signal);
  return { products: new Map(body.products.map(product => [product.id, product])), trace };
}

/** Returns a line's price in cents, so that sums have no binary rounding errors. */
function cents({ id, quantity }, products) {
  return Math.round(products.get(id).price * 100) * quantity;
}

/** @returns the total of the lines; undefined if a price is missing */
export function total(lines, products) {
  return lines.every(({ id }) => products.has(id))
    ? money(lines.reduce((sum, line) => sum + cents(line, products), 0) / 100, currency())
    : '';
}

export function emptyCart() {
  return element('p', { className: 'empty' }, 'Your cart is empty. ', element('a', { href: link('/') }, 'See all products'));
}

export async function cartPage(_, signal) {
  const heading = element('h1', { tabIndex: -1 }, 'Your cart');
  if (cart.lines.length === 0) {
    return { title: 'Your cart', content: [heading, emptyCart()] };
  }
  let known = { products: new Map() };
  let failure;
  try {
    known = await catalog(signal);
  } catch (reason) {
    signal.throwIfAborted();
    failure = reason; // the cart can be shown without prices
  }
  return {
    title: 'Your cart',
    content: [
      heading,
      failure && problem(`The prices cannot be shown: ${failure.message}.`, element('p', {}, 'Your cart is kept.')),
      content(known.products, Boolean(failure), heading, signal),
    ].filter(Boolean),
    trace: failure?.trace ?? known.trace,
  };
}

/**
 * Follows changes of the cart, including those in other tabs. Lines that remain are not created again, so they keep the focus and
 * unsaved input.
 */
function content(products, priceless, heading, signal) {
  const rows = new Map();
  const list = element('ul', { className: 'lines' });
  const sum = element('strong', {});
  const place = element(
    'div',
    { className: 'cart-page' },
    list,
    element(
      'section',
      { className: 'summary', 'aria-label': 'Summary' },
      element('p', {}, 'Total ', sum),
      element('a', { className: 'button', href: link('/shop/checkout') }, 'Check out'),
      element('a', { href: link('/') }, 'Continue shopping'),
    ),
  );
  const update = () => {
    for (const [id, { item }] of rows) {
      if (cart.quantity(id) === 0) {
        item.remove();
        rows.delete(id);
      }
    }
    for (const line of cart.lines) {
      if (!rows.has(line.id)) {
        rows.set(line.id, row(line, products, priceless, heading));
        list.append(rows.get(line.id).item);
      }
      rows.get(line.id).update(line);
    }
    sum.textContent = total(cart.lines, products);
    if (cart.lines.length === 0) {
      place.replaceChildren(emptyCart());
    }
  };
  cart.onChange(update, signal);
  update();
  return place;
}

function row({ id, name }, products, priceless, heading) {
  const product = products.get(id);
  const quantity = quantityField(`quantity-${id}`, ['Quantity ', element('span', { className: 'unseen' }, `of ${name}`)]);
  quantity.input.addEventListener('change', () => {
    if (quantity.check()) {
      cart.set(id, Number(quantity.input.value));
      announce(`${name}: ${quantity.input.value} in your cart.`);
    }
  });
  const remove = element('button', { type: 'button', className: 'quiet' }, 'Remove ', element('span', { className: 'unseen' }, name));
  remove.addEventListener('click', () => {
    cart.remove(id);
    announce(`${name} is no longer in your cart.`);
    heading.focus(); // because the button that had the focus is gone
  });
  const sum = element('p', { className: 'price' });
  const item = element(
    'li',
    {},
    product ? photo(product) : element('div', { className: 'photo' }),
    element(
      'div',
      { className: 'about' },
      element('h2', {}, product ? element('a', { href: link(`/shop/product/${id}`) }, name) : name),
      product
        ? element('p', {}, `${money(product.price, product.currency)} each`)
        : !priceless && element('p', { className: 'error' }, 'No longer for sale'),
    ),
    quantity.block,
    sum,
    remove,
  );
  return {
    item,
    update(line) {
      if (document.activeElement !== quantity.input) {
        quantity.input.value = line.quantity;
      }
      sum.textContent = product ? total([line], products) : '';
    },
  };
}
