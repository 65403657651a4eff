// What several pages show.
import { cart } from '../cart.js';
import { element, money, picture, say } from '../dom.js';
import { link } from '../place.js';

const FEW = 5;

export function photo({ image_url: source }) {
  return element('div', { className: 'photo' }, picture(source, { width: 640, height: 480 }));
}

export function price({ price, currency }) {
  return element('p', { className: 'price' }, money(price, currency));
}

/** @param entry what the inventory has of a product; null or undefined while there is none, and then there is nothing to show */
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

/** Puts one piece into the cart, and tells how many are in it then. */
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
    say(`${product.name}: ${cart.quantity(product.id)} in your cart.`);
  });
  return [button, count];
}

/** How many pieces of a product are in the cart; nothing when there are none. */
export function inCart({ id }) {
  const count = element('p', { className: 'in-cart' });
  count.update = () => {
    count.textContent = cart.quantity(id) === 0 ? '' : `${cart.quantity(id)} in your cart`;
  };
  count.update();
  return count;
}

/** @returns null without ads, so that there is no hole either */
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

/** Ads name what they are for by its path in the API; nothing else is linked to. */
function pageOf(path) {
  const product = /^\/product\/(\d+)$/.exec(path);
  return product ? `/shop/product/${product[1]}` : path === '/products' ? '/' : null;
}
