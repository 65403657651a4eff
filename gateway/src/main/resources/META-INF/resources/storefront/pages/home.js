import { get } from '../api.js';
import { element } from '../dom.js';
import { link, priced } from '../place.js';
import { advertisements, card } from './parts.js';

let categories; // of the whole catalog, even if only one of them is shown

export async function home(_, signal) {
  const category = new URLSearchParams(location.search).get('category');
  const [{ body, trace }] = await Promise.all([
    get(priced('/products', category ? { category } : {}), signal),
    category && !categories ? get('/products', signal).then(({ body }) => learn(body)) : null,
  ]);
  if (!category) {
    learn(body);
  }
  return {
    title: category ?? 'All products',
    content: [heading(category), choice(category), products(body), advertisements(body.ads)].filter(Boolean),
    trace,
  };
}

function learn({ products }) {
  categories = [...new Set(products.flatMap(product => product.categories))].sort();
}

function heading(category) {
  return element(
    'div',
    { className: category ? 'heading' : 'heading first' },
    element('h1', { tabIndex: -1 }, category ?? 'Good things, now and then broken'),
    !category && element('p', {}, 'Everything here is for sale, and everything behind it can fail. When it does, follow the trace.'),
  );
}

function choice(chosen) {
  const choice = (name, href, current) => element('li', {}, element('a', { href, ...(current && { 'aria-current': 'page' }) }, name));
  return element(
    'nav',
    { 'aria-label': 'Categories', className: 'categories' },
    element(
      'ul',
      {},
      choice('All products', link('/'), !chosen),
      categories.map(name => choice(name, link('/', { category: name }), name === chosen)),
    ),
  );
}

function products({ products, inventory }) {
  if (products.length === 0) {
    return element(
      'p',
      { className: 'empty' },
      'There is nothing in this category. ',
      element('a', { href: link('/') }, 'See all products'),
    );
  }
  const available = new Map(inventory?.map(entry => [Number(entry.product_id), entry]));
  return element(
    'ul',
    { className: 'products' },
    products.map(product => card(product, available.get(product.id))),
  );
}
