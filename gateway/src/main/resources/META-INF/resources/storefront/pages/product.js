import { get } from '../api.js';
import { cart } from '../cart.js';
import { element, announce } from '../dom.js';
import { quantityField } from '../form.js';
import { link, priced } from '../place.js';
import { advertisements, inCart, isSoldOut, photo, price, stock } from './parts.js';

export async function product(id, signal) {
  const { body, trace } = await get(priced(`/product/${id}`), signal);
  return {
    title: body.product.name,
    content: [path(body.product), details(body), advertisements(body.related_ads)].filter(Boolean),
    trace,
  };
}

function path({ name, categories }) {
  return element(
    'nav',
    { 'aria-label': 'Where you are', className: 'path' },
    element(
      'ol',
      {},
      element('li', {}, element('a', { href: link('/') }, 'All products')),
      categories.slice(-1).map(category => element('li', {}, element('a', { href: link('/', { category }) }, category))),
      element('li', { 'aria-current': 'page' }, name),
    ),
  );
}

function details({ product, inventory }) {
  return element(
    'article',
    { className: 'details' },
    photo(product),
    element(
      'div',
      {},
      element('h1', { tabIndex: -1 }, product.name),
      price(product),
      stock(inventory),
      element('p', { className: 'description' }, product.description),
      buy(product, inventory),
    ),
  );
}

function buy(product, entry) {
  const quantity = quantityField('quantity', 'Quantity', { value: 1 });
  const count = inCart(product);
  const form = element(
    'form',
    { noValidate: true, className: 'quantity' },
    quantity.block,
    element('button', { disabled: isSoldOut(entry) }, 'Add to cart'),
    count,
  );
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (!quantity.check()) {
      quantity.input.focus();
      return;
    }
    cart.add(product, Number(quantity.input.value));
    count.update();
    announce(`${product.name}: ${cart.quantity(product.id)} in your cart.`);
  });
  return form;
}
