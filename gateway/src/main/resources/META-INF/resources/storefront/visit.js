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

/** The Idempotency-Key of the current order. An order that is sent again because the answer was lost keeps its key. */
export const attempt = {
  keyOf(order) {
    const text = JSON.stringify(order);
    const last = recall('sessionStorage', 'debug-shop-attempt');
    const same = last?.order === text ? last : { order: text, key: random() };
    remember('sessionStorage', 'debug-shop-attempt', same);
    return same.key;
  },
  /** Marks that the order may have been placed; valid until an answer settles it. */
  doubt: () => remember('sessionStorage', 'debug-shop-attempt', { ...recall('sessionStorage', 'debug-shop-attempt'), doubtful: true }),
  isDoubtful: () => recall('sessionStorage', 'debug-shop-attempt')?.doubtful === true,
  end: () => remember('sessionStorage', 'debug-shop-attempt', null),
};

/** The last order of this tab, and the trace of placing it. */
export const placed = {
  remember: (id, trace) => remember('sessionStorage', 'debug-shop-placed', { id, trace }),
  recall: id => {
    const last = recall('sessionStorage', 'debug-shop-placed');
    return last?.id === id ? last : undefined;
  },
};
