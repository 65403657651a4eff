// The storefront: a single page from the gateway. Its main part is built here from the gateway's API.
import { Failure, get } from './api.js';
import { cart } from './cart.js';
import { element, problem, announce } from './dom.js';
import { followPage } from './header.js';
import { currency, go, hereIn, link } from './place.js';
import { login, signup } from './pages/account.js';
import { cartPage } from './pages/cart.js';
import { checkout } from './pages/checkout.js';
import { home } from './pages/home.js';
import { order } from './pages/order.js';
import { orders } from './pages/orders.js';
import { product } from './pages/product.js';
import { search } from './pages/search.js';
import { leadToTrace } from './trace.js';

/**
 * A page is a function of the rest of its path and a signal, which aborts when the visitor leaves the page. It resolves with
 * {title, content, trace}. A Failure is shown with the sentence given here.
 */
const PAGES = [
  [/^\/$/, home, 'The products cannot be shown'],
  [/^\/shop\/product\/([^/]+)$/, product, 'The product cannot be shown'],
  [/^\/shop\/cart$/, cartPage, 'The cart cannot be shown'],
  [/^\/shop\/checkout$/, checkout, 'The checkout cannot be shown'],
  [/^\/shop\/order\/([^/]+)$/, order, 'The order cannot be shown'],
  [/^\/shop\/orders$/, orders, 'Your orders cannot be shown'],
  [/^\/shop\/search$/, search, 'The search failed'],
  [/^\/shop\/login$/, login, 'You cannot log in'],
  [/^\/shop\/signup$/, signup, 'You cannot sign up'],
];

const main = document.querySelector('main');
const currencies = document.querySelector('#currency');
let visit;

function find(path) {
  for (const [pattern, page, failing] of PAGES) {
    const match = pattern.exec(path);
    if (match) {
      return { show: signal => page(match[1], signal), failing };
    }
  }
}

/** @returns whether the page was shown; false if the visitor left it meanwhile */
async function show(page) {
  visit?.abort();
  visit = new AbortController();
  const { signal } = visit;
  leadOnInThisCurrency();
  followPage();
  const slow = setTimeout(() => announce('Loading …'), 700);
  main.setAttribute('aria-busy', 'true');
  let view;
  try {
    view = await page.show(signal);
  } catch (failure) {
    if (signal.aborted) {
      return false;
    }
    if (!(failure instanceof Failure)) {
      console.error(failure);
    }
    view = failed(page.failing, failure);
  } finally {
    clearTimeout(slow);
  }
  if (signal.aborted) {
    return false;
  }
  announce('');
  main.removeAttribute('aria-busy');
  main.replaceChildren(...view.content);
  document.title = `${view.title} · Debug Shop`;
  showCurrency();
  leadToTrace(view.trace);
  return true;
}

/** The page that is still shown was made in the earlier currency. Its links must lead on in the currency of the address. */
function leadOnInThisCurrency() {
  for (const anchor of document.querySelectorAll('header a, main a')) {
    if (anchor.origin === location.origin && !anchor.hash && find(anchor.pathname)) {
      const parameters = new URLSearchParams(anchor.search);
      parameters.delete('currency');
      anchor.setAttribute('href', link(anchor.pathname, Object.fromEntries(parameters)));
    }
  }
}

function failed(heading, failure) {
  const again = element('button', { type: 'button', className: 'quiet' }, 'Try again');
  again.addEventListener('click', async () => {
    await show(find(location.pathname));
    focusHeading();
  });
  return {
    title: heading,
    content: [
      element('h1', { tabIndex: -1 }, heading),
      problem(`${sentence(failure.message)}.`, failure.status !== 404 && again),
      element('p', {}, element('a', { href: link('/') }, 'All products')),
    ],
    trace: failure.trace,
  };
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function focusHeading() {
  main.querySelector('h1').focus({ preventScroll: true });
}

function showCurrency() {
  if (![...currencies.options].some(option => option.value === currency())) {
    currencies.append(element('option', {}, currency()));
  }
  currencies.value = currency();
}

function showPieces() {
  document.querySelector('#count').textContent = cart.pieces;
  document.querySelector('#pieces').textContent = cart.pieces === 0 ? 'empty' : `${cart.pieces} ${cart.pieces === 1 ? 'piece' : 'pieces'}`;
}

// Without the Navigation API, each link loads a page, and the browser itself restores the scroll position and the focus.
window.navigation?.addEventListener('navigate', event => {
  const { pathname } = new URL(event.destination.url);
  const page = find(pathname);
  if (!event.canIntercept || event.hashChange || event.downloadRequest !== null || event.navigationType === 'reload' || !page) {
    return;
  }
  const focused = document.activeElement;
  const choosesCurrency = focused === currencies && event.navigationType === 'push';
  event.intercept({
    focusReset: 'manual',
    async handler() {
      const shown = await show(page);
      const movedOn = document.activeElement !== focused && document.activeElement !== document.body;
      if (shown && !choosesCurrency && !movedOn) {
        focusHeading();
      }
    },
  });
});

currencies.addEventListener('change', () => go(hereIn(currencies.value)));
cart.onChange(showPieces);
showPieces();
showCurrency();
followPage();
show(find(location.pathname));
get('/rates').then(
  ({ body }) => {
    currencies.replaceChildren(...Object.keys(body.rates).map(code => element('option', {}, code)));
    showCurrency();
  },
  () => {
    /* then only the currency in the address can be chosen */
  },
);
