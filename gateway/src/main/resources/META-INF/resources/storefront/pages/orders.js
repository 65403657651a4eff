import { Failure, get } from '../api.js';
import { element, money, problem } from '../dom.js';
import { go, link, loginHere } from '../place.js';
import { session } from '../session.js';
import { time } from './parts.js';

const TITLE = 'My orders';
const HEADING = () => element('h1', { tabIndex: -1 }, TITLE);

export async function orders(_, signal) {
  const user = await session.user();
  session.onChange(() => go(location.href, 'replace'), signal);
  if (!user) {
    return guest();
  }
  try {
    const [{ body, trace }, names] = await Promise.all([page(null, signal), productNames(signal)]);
    return {
      title: TITLE,
      content: [HEADING(), ...(body.orders.length === 0 ? [nothing()] : list(body, names, signal))],
      trace,
    };
  } catch (failure) {
    if (failure.status !== 401) {
      throw failure;
    }
    await session.hasEnded();
    return guest();
  }
}

function page(cursor, signal) {
  return get(`/api/v1/orders?${new URLSearchParams({ limit: 20, ...(cursor && { cursor }) })}`, signal);
}

/** Orders have only the products' ids. If the catalog doesn't answer, the ids are shown. */
async function productNames(signal) {
  try {
    const { body } = await get('/products', signal);
    return new Map(body.products.map(({ id, name }) => [id, name]));
  } catch (failure) {
    signal.throwIfAborted();
    return new Map();
  }
}

function guest() {
  return {
    title: TITLE,
    content: [
      HEADING(),
      element(
        'p',
        { className: 'empty' },
        'You are not logged in. ',
        element('a', { href: loginHere('/shop/login') }, 'Log in'),
        ' to see your orders.',
      ),
    ],
  };
}

function nothing() {
  return element('p', { className: 'empty' }, 'You have no orders yet. ', element('a', { href: link('/') }, 'See all products'));
}

function list({ orders, cursor }, names, signal) {
  const items = element(
    'ul',
    { className: 'orders' },
    orders.map(order => item(order, names)),
  );
  const trouble = element('div', {});
  const more = element('button', { type: 'button', className: 'quiet', hidden: !cursor }, 'Show more orders');
  let next = cursor;
  more.addEventListener('click', async () => {
    more.disabled = true;
    trouble.replaceChildren();
    try {
      const { body } = await page(next, signal);
      const added = body.orders.map(order => item(order, names));
      items.append(...added);
      next = body.cursor;
      more.hidden = !next;
      added[0]?.querySelector('a').focus(); // the button may be gone
    } catch (failure) {
      signal.throwIfAborted();
      if (!(failure instanceof Failure)) {
        throw failure;
      }
      trouble.replaceChildren(problem(`There are more orders, which cannot be shown: ${failure.message}.`));
    } finally {
      more.disabled = false;
    }
  });
  return [items, trouble, more];
}

function item({ id, product_ids: products, status, amount, currency, created_at: created }, names) {
  return element(
    'li',
    {},
    element('h2', {}, element('a', { href: link(`/shop/order/${id}`) }, 'Order ', element('code', {}, id.slice(0, 8)))),
    element('p', { className: 'when' }, time(created)),
    element('p', { className: 'what' }, contents(products, names)),
    element('p', { className: 'price' }, money(amount, currency)),
    element('p', { className: `status ${status}` }, status === 'paid' ? 'Paid' : 'Not paid'),
  );
}

/** Describes the products, whose ids are repeated for each piece: "2 × Laptop Pro, Bluetooth Speaker". */
function contents(products, names) {
  const pieces = new Map();
  for (const id of products) {
    pieces.set(id, (pieces.get(id) ?? 0) + 1);
  }
  return [...pieces]
    .map(([id, count]) => {
      const name = names.get(id) ?? `Product ${id}`;
      return count === 1 ? name : `${count} × ${name}`;
    })
    .join(', ');
}
