// What this browser stores about a visit, apart from the cart. If storage is blocked, nothing is stored, and the shop still works.

function remember(storage, key, value) {
  try {
    window[storage].setItem(key, JSON.stringify(value));
  } catch {
    // Storage is blocked.
  }
}

function recall(storage, key) {
  try {
    return JSON.parse(window[storage].getItem(key)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Returns a random id. crypto.randomUUID is not used, because it only exists on localhost or with TLS. */
function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Returns the customer's id: a random name, the same for each order of this browser. */
export function visitor() {
  const known = recall('localStorage', 'debug-shop-visitor') ?? `visitor-${random()}`;
  remember('localStorage', 'debug-shop-visitor', known);
  return known;
}

/** The input of the checkout form, stored until the tab is closed. */
export const draft = {
  get: name => recall('sessionStorage', 'debug-shop-draft')?.[name] ?? '',
  set: (name, value) => remember('sessionStorage', 'debug-shop-draft', { ...recall('sessionStorage', 'debug-shop-draft'), [name]: value }),
};

/** The Idempotency-Key of a request. A request that is sent again because its answer was lost keeps its key. */
function attempts(storageKey) {
  return {
    keyOf(request) {
      const text = JSON.stringify(request);
      const last = recall('sessionStorage', storageKey);
      const same = last?.request === text ? last : { request: text, key: random() };
      remember('sessionStorage', storageKey, same);
      return same.key;
    },
    /** Marks that the request may have had its effect; valid until an answer settles it. */
    doubt: () => remember('sessionStorage', storageKey, { ...recall('sessionStorage', storageKey), doubtful: true }),
    isDoubtful: () => recall('sessionStorage', storageKey)?.doubtful === true,
    end: () => remember('sessionStorage', storageKey, null),
  };
}

/** The current order, and the current payment. */
export const attempt = attempts('debug-shop-attempt');
export const payment = attempts('debug-shop-payment');

/** The payments of this tab, by order. */
export const paid = {
  remember: (order, id) => remember('sessionStorage', 'debug-shop-paid', { ...recall('sessionStorage', 'debug-shop-paid'), [order]: id }),
  recall: order => recall('sessionStorage', 'debug-shop-paid')?.[order],
};

/** The last order of this tab, and the trace of placing it. */
export const placed = {
  remember: (id, trace) => remember('sessionStorage', 'debug-shop-placed', { id, trace }),
  recall: id => {
    const last = recall('sessionStorage', 'debug-shop-placed');
    return last?.id === id ? last : undefined;
  },
};
