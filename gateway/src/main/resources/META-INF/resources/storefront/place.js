// Where the visitor is. All that a page shows is in its address, the currency too: what is sent to somebody else looks the same there,
// and back and forward lead to what was seen.

export function currency() {
  return new URLSearchParams(location.search).get('currency') || 'USD';
}

/** The address of a page of the shop, in the current currency. */
export function link(path, parameters = {}) {
  return address(path, currency() === 'USD' ? parameters : { ...parameters, currency: currency() });
}

/** The path of a request to the gateway, which converts the prices. */
export function priced(path, parameters = {}) {
  return address(path, { ...parameters, currency: currency() });
}

/** The address of this page in another currency. */
export function hereIn(code) {
  return address(location.pathname, { ...Object.fromEntries(new URLSearchParams(location.search)), currency: code });
}

function address(path, parameters) {
  const query = new URLSearchParams(parameters).toString();
  return query ? `${path}?${query}` : path;
}

/**
 * Goes to another page. Without the Navigation API it is loaded from the server, which looks the same.
 * @param history replace: the page left behind is not one to come back to
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
