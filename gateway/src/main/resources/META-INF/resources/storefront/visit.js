// What this browser remembers of a visit besides the cart. Where storage is forbidden it remembers nothing, and the shop still works.

function remember(storage, key, value) {
  try {
    window[storage].setItem(key, JSON.stringify(value));
  } catch {
    // forgotten
  }
}

function recall(storage, key) {
  try {
    return JSON.parse(window[storage].getItem(key)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Not crypto.randomUUID, which a page has only on localhost or over TLS. */
function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Who buys: a name that tells nothing, the same for each order of this browser. */
export function visitor() {
  const known = recall('localStorage', 'debug-shop-visitor') ?? `visitor-${random()}`;
  remember('localStorage', 'debug-shop-visitor', known);
  return known;
}

/** What was typed into the checkout form, as long as the tab lives. */
export const draft = {
  get: name => recall('sessionStorage', 'debug-shop-draft')?.[name] ?? '',
  set: (name, value) => remember('sessionStorage', 'debug-shop-draft', { ...recall('sessionStorage', 'debug-shop-draft'), [name]: value }),
};

/** The Idempotency-Key of the order that is being placed: the same one for the same order, sent again because the answer was lost. */
export const attempt = {
  keyOf(order) {
    const text = JSON.stringify(order);
    const last = recall('sessionStorage', 'debug-shop-attempt');
    const same = last?.order === text ? last : { order: text, key: random() };
    remember('sessionStorage', 'debug-shop-attempt', same);
    return same.key;
  },
  /** The order may have been placed, until an answer says what became of it. */
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
