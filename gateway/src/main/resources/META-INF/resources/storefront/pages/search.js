import { get } from '../api.js';
import { element } from '../dom.js';
import { currentSearch, link, priced } from '../place.js';
import { card } from './parts.js';

const MOST_CHARACTERS = 100; // limit of the gateway

export async function search(_, signal) {
  const text = currentSearch();
  if (!text) {
    return { title: 'Search', content: [element('h1', { tabIndex: -1 }, 'Search'), nothing('Enter what you are looking for. ')] };
  }
  const { body, trace } = await find(text, signal);
  return {
    title: `“${text}”`,
    content: [
      element(
        'div',
        { className: 'heading' },
        element('h1', { tabIndex: -1 }, `Results for “${text}”`),
        body.products.length > 0 && element('p', {}, body.products.length === 1 ? 'One product' : `${body.products.length} products`),
      ),
      body.products.length === 0
        ? nothing('No product has a name with this text. ')
        : element(
            'ul',
            { className: 'products' },
            body.products.map(product => card(product)),
          ),
    ],
    trace,
  };
}

/** A path can't contain a text of one or two full stops, and no product's name has so many characters. */
function find(text, signal) {
  return /^\.\.?$/.test(text) || text.length > MOST_CHARACTERS
    ? { body: { products: [] } }
    : get(priced(`/api/v1/products/search/${encodeURIComponent(text)}`), signal);
}

function nothing(sentence) {
  return element('p', { className: 'empty' }, sentence, element('a', { href: link('/') }, 'See all products'));
}
