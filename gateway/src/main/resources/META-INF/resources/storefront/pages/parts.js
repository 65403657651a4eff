// Parts that several pages share.
import { cart } from '../cart.js';
import { element, money, picture, announce } from '../dom.js';
import { link } from '../place.js';

const FEW = 5;

export function photo({ image_url: source }) {
  return element('div', { className: 'photo' }, picture(source, { width: 640, height: 480 }));
}

export function time(timestamp) {
  const words = new Date(timestamp).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return element('time', { dateTime: timestamp }, words);
}

export function price({ price, currency }) {
  return element('p', { className: 'price' }, money(price, currency));
}

/** @param entry the product's stock; null or undefined if there is none, and then nothing is shown */
export function stock(entry) {
  if (!entry) {
    return null;
  }
  const [kind, words] =
    entry.available <= 0 ? ['none', 'Sold out'] : entry.available <= FEW ? ['few', `Only ${entry.available} left`] : ['enough', 'In stock'];
  return element('p', { className: `stock ${kind}` }, words);
}

export function isSoldOut(entry) {
  return Boolean(entry) && entry.available <= 0;
}

/** Adds one piece to the cart and announces how many are in it. */
export function addButton(product, entry) {
  const button = element(
    'button',
    { type: 'button', disabled: isSoldOut(entry) },
    'Add to cart ',
    element('span', { className: 'unseen' }, product.name),
  );
  const count = inCart(product);
  button.addEventListener('click', () => {
    cart.add(product, 1);
    count.update();
    announce(`${product.name}: ${cart.quantity(product.id)} in your cart.`);
  });
  return [button, count];
}

/** Shows how many pieces of a product are in the cart, or nothing if there are none. */
export function inCart({ id }) {
  const count = element('p', { className: 'in-cart' });
  count.update = () => {
    count.textContent = cart.quantity(id) === 0 ? '' : `${cart.quantity(id)} in your cart`;
  };
  count.update();
  return count;
}

/** Shows a product in a list of products. */
export function card(product, entry) {
  return element(
    'li',
    { className: 'card' },
    photo(product),
    element(
      'div',
      { className: 'about' },
      element('h2', {}, element('a', { href: link(`/shop/product/${product.id}`) }, product.name)),
      element('p', { className: 'description' }, product.description),
      element('div', { className: 'buy' }, price(product), stock(entry), addButton(product, entry)),
    ),
  );
}

/** @returns null if there are no ads, so that there is no gap */
export function advertisements(ads) {
  if (!ads || ads.length === 0) {
    return null;
  }
  const list = element('ul', {});
  const place = element(
    'aside',
    { className: 'ads', 'aria-label': 'Advertisements' },
    element('p', { 'aria-hidden': 'true' }, 'Advertisements'),
    list,
  );
  list.append(
    ...ads.map(ad => {
      const item = element('li', {});
      const missing = () => {
        item.remove();
        place.hidden = list.childElementCount === 0;
      };
      const image = picture(ad.image_url, { alt: ad.text, width: 640, height: 200, missing });
      const target = pageOf(ad.redirect_url);
      item.append(target && target !== location.pathname ? element('a', { href: link(target) }, image) : image);
      return item;
    }),
  );
  return place;
}

/** Maps an ad's API path to a page. Returns null for all other addresses, which are not linked. */
function pageOf(path) {
  const product = /^\/product\/(\d+)$/.exec(path);
  return product ? `/shop/product/${product[1]}` : path === '/products' ? '/' : null;
}
