import { get } from '../api.js';
import { element, money } from '../dom.js';
import { link } from '../place.js';
import { session } from '../session.js';
import { traceAddress } from '../trace.js';
import { placed } from '../visit.js';
import { time } from './parts.js';
import { payment } from './payment.js';

export async function order(id, signal) {
  const [{ body, trace }, user] = await Promise.all([get(`/order/${id}`, signal), session.userOrGuest()]);
  const mine = placed.recall(body.order_id);
  const title = mine ? 'Thank you for your order' : 'Your order';
  return {
    title,
    content: [
      element('h1', { tabIndex: -1 }, title),
      mine &&
        element(
          'p',
          { className: 'thanks' },
          `Your order is placed. Nothing will be sent to ${body.email}, and no money will move: the shop is real, the goods are not.`,
        ),
      element(
        'div',
        { className: 'order' },
        facts(body),
        element(
          'div',
          {},
          lines(body),
          payment(body, user),
          element('a', { className: 'button', href: link('/') }, 'Continue shopping'),
          mine?.trace && element('a', { href: traceAddress(mine.trace) }, 'The trace of this order'),
        ),
      ),
    ].filter(Boolean),
    trace,
  };
}

function facts({ order_id: id, status, timestamp, email, address }) {
  const { street, zip, city, state, country } = address ?? {}; // orders of programs may have neither address nor e-mail
  const place = [street, [zip, city].filter(Boolean).join(' '), state, country].filter(Boolean);
  const fact = (name, ...value) => element('div', {}, element('dt', {}, name), element('dd', {}, ...value));
  return element(
    'dl',
    {},
    fact('Order', element('code', {}, id)),
    fact('Status', status),
    fact('Placed', time(timestamp)),
    email && fact('E-mail', email),
    place.length > 0 &&
      fact(
        'Address',
        place.map(line => element('span', { className: 'line' }, line)),
      ),
  );
}

function lines({ products, total, user_currency: currency }) {
  const cell = (text, properties) => element('td', properties ?? {}, text);
  return element(
    'div',
    { className: 'scroll', role: 'region', tabIndex: 0, 'aria-label': 'Ordered products' },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ['Product', 'Price', 'Quantity', 'Sum'].map(name => element('th', { scope: 'col' }, name)),
        ),
      ),
      element(
        'tbody',
        {},
        products.map(({ id, name, price, quantity, item_total: sum }) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, element('a', { href: link(`/shop/product/${id}`) }, name)),
            cell(money(price, currency)),
            cell(quantity),
            cell(money(sum, currency)),
          ),
        ),
      ),
      element('tfoot', {}, element('tr', {}, element('th', { scope: 'row', colSpan: 3 }, 'Total'), cell(money(total, currency)))),
    ),
  );
}
