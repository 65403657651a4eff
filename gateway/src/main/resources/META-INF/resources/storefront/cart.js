// The cart: a list of {id, name, quantity} in the browser's local storage, shared by all tabs. Prices are not stored; they are
// requested when they are shown. If storage is blocked, the cart lasts as long as the page.

const KEY = 'debug-shop-cart';
export const MOST_PIECES = 1000; // of one product
const MOST_LINES = 100; // checkout accepts no more

const changes = new EventTarget();
let lines = stored();

window.addEventListener('storage', ({ key }) => {
  if (key === KEY || key === null) {
    lines = stored();
    changes.dispatchEvent(new Event('change'));
  }
});

/** Reads the stored cart, which may be outdated or modified by hand. */
function stored() {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return list
      .filter(({ id, name, quantity }) => Number.isInteger(id) && typeof name === 'string' && isQuantity(quantity))
      .slice(0, MOST_LINES);
  } catch {
    return [];
  }
}

function store(changed) {
  lines = changed;
  try {
    localStorage.setItem(KEY, JSON.stringify(lines));
  } catch {
    // Storage is blocked: the cart stays in memory.
  }
  changes.dispatchEvent(new Event('change'));
}

export function isQuantity(number) {
  return Number.isInteger(number) && number >= 1 && number <= MOST_PIECES;
}

export const cart = {
  /** @param react called after each change, including changes in other tabs, until the signal aborts */
  onChange: (react, signal) => changes.addEventListener('change', react, { signal }),
  get lines() {
    return lines;
  },
  get pieces() {
    return lines.reduce((sum, { quantity }) => sum + quantity, 0);
  },
  quantity: id => lines.find(line => line.id === id)?.quantity ?? 0,
  /** Adds pieces, up to the most that can be ordered. */
  add({ id, name }, quantity) {
    const sum = Math.min(cart.quantity(id) + quantity, MOST_PIECES);
    store(
      lines.some(line => line.id === id)
        ? lines.map(line => (line.id === id ? { id, name, quantity: sum } : line))
        : [...lines, { id, name, quantity: sum }].slice(0, MOST_LINES),
    );
  },
  set: (id, quantity) => store(lines.map(line => (line.id === id ? { ...line, quantity } : line))),
  remove: id => store(lines.filter(line => line.id !== id)),
  clear: () => store([]),
};
