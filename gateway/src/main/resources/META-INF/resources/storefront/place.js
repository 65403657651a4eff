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
