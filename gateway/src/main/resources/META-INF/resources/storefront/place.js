// The visitor's location. The address contains everything a page shows, including the currency, so a shared link shows the same
// page, and the back and forward buttons work.

export function currency() {
  return new URLSearchParams(location.search).get('currency') || 'USD';
}

/** Returns the address of a shop page in the current currency. */
export function link(path, parameters = {}) {
  return address(path, currency() === 'USD' ? parameters : { ...parameters, currency: currency() });
}

/** Returns the path of a request to the gateway, which converts the prices. */
export function priced(path, parameters = {}) {
  return address(path, { ...parameters, currency: currency() });
}

/** Returns the address of this page in another currency. */
export function hereIn(code) {
  return address(location.pathname, { ...Object.fromEntries(new URLSearchParams(location.search)), currency: code });
}

/** Returns the text of the search that is shown; an empty text on any other page. */
export function currentSearch() {
  return location.pathname === '/shop/search' ? (new URLSearchParams(location.search).get('text') ?? '').trim() : '';
}

/** Returns the address of a page to log in or sign up, from which the visitor returns here. */
export function loginHere(path) {
  const onTheWay = ['/shop/login', '/shop/signup'].includes(location.pathname);
  const here = onTheWay ? new URLSearchParams(location.search).get('return') : location.pathname + location.search;
  return link(path, here && here !== '/' ? { return: here } : {});
}

/** Returns the page to return to after logging in, in the current currency. An address that is not a page of the shop is ignored. */
export function returnAddress() {
  const wanted = new URLSearchParams(location.search).get('return') ?? '/';
  const url = new URL(URL.canParse(wanted, location.origin) ? wanted : '/', location.origin);
  if (!wanted.startsWith('/') || url.origin !== location.origin || !/^\/(shop\/|$)/.test(url.pathname)) {
    return link('/');
  }
  url.searchParams.delete('currency');
  if (currency() !== 'USD') {
    url.searchParams.set('currency', currency());
  }
  return url.pathname + url.search + url.hash;
}

function address(path, parameters) {
  const query = new URLSearchParams(parameters).toString();
  return query ? `${path}?${query}` : path;
}

/**
 * Goes to another page. Without the Navigation API, the page is loaded from the server, with the same result.
 * @param history "replace" if the back button must not return to the page that is left
 */
export function go(address, history = 'push') {
  if (window.navigation) {
    navigation.navigate(address, { history });
  } else if (history === 'replace') {
    location.replace(address);
  } else {
    location.assign(address);
  }
}
