// The address is the state of the page: every view reads its state from the path and the query, and changes it by changing the address. So
// every state can be linked to, and the browser's back and forward buttons work.

const moved = new EventTarget();

/** The current {path, params}. */
export function here() {
  return { path: location.pathname, params: new URLSearchParams(location.search) };
}

/** @param {string} href @param {{replace?: boolean}} [how] replace: no new entry in the history, for what changes at each key stroke */
export function go(href, { replace = false } = {}) {
  if (href === location.pathname + location.search) {
    return;
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  moved.dispatchEvent(new Event('move'));
}

/** Returns the address of a path with these parameters. null, undefined and '' are omitted; a list becomes repeated parameters. */
export function address(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const element of Array.isArray(value) ? value : [value]) {
      if (element !== null && element !== undefined && element !== '') {
        query.append(name, element);
      }
    }
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Changes these parameters of the current address and keeps the others. */
export function change(params, how) {
  const all = {};
  for (const name of new Set(here().params.keys())) {
    all[name] = here().params.getAll(name);
  }
  go(address(location.pathname, { ...all, ...params }), how);
}

/** Calls back after each change of the address. Returns a function that stops this. */
export function onMove(callback) {
  moved.addEventListener('move', callback);
  addEventListener('popstate', callback);
  return () => {
    moved.removeEventListener('move', callback);
    removeEventListener('popstate', callback);
  };
}

// Links are plain links, so that they can be opened in a new tab; a plain click stays in the page.
document.addEventListener('click', event => {
  const link = event.composedPath().find(target => target instanceof Element && target.localName === 'a');
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;
  const href = link?.getAttribute('href');
  if (
    !plain ||
    !href?.startsWith('/') ||
    href.startsWith('//') ||
    link.target ||
    link.hasAttribute('download') ||
    /^\/(api|q|app)\//.test(href)
  ) {
    return;
  }
  event.preventDefault();
  go(href);
});
