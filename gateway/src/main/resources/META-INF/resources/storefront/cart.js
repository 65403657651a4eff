// The cart lives in this browser: a list of {id, name, quantity} in the local storage, shared by all tabs. Prices are not kept, they
// are asked for when they are shown. Where storage is forbidden, the cart lives as long as the page.

const KEY = 'debug-shop-cart';
export const MOST_PIECES = 1000; // of one product, and
const MOST_LINES = 100; // lines: checkout takes no more

const changes = new EventTarget();
let lines = stored();

window.addEventListener('storage', ({ key }) => {
  if (key === KEY || key === null) {
    lines = stored();
    changes.dispatchEvent(new Event('change'));
  }
});

/** What the storage has may be old or of another hand. */
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
    // kept in memory
  }
  changes.dispatchEvent(new Event('change'));
}

export function isQuantity(number) {
  return Number.isInteger(number) && number >= 1 && number <= MOST_PIECES;
}

export const cart = {
  /** @param react called after each change, also one in another tab, until the signal ends that */
  onChange: (react, signal) => changes.addEventListener('change', react, { signal }),
  get lines() {
    return lines;
  },
  get pieces() {
    return lines.reduce((sum, { quantity }) => sum + quantity, 0);
  },
  quantity: id => lines.find(line => line.id === id)?.quantity ?? 0,
  /** Up to the most that can be ordered. */
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
