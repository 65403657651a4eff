// Light or dark: the system's setting, unless the reader chose the other with the toggle.

const system = matchMedia('(prefers-color-scheme: dark)');
const changed = new EventTarget();

/** Returns 'light' or 'dark'. */
export function theme() {
  return document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light');
}

export function toggleTheme() {
  const next = theme() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem('theme', next);
  } catch {
    // Storage is forbidden: the choice lasts until the page is closed.
  }
  changed.dispatchEvent(new Event('change'));
}

/** Calls back after each change. Returns a function that stops this. */
export function onThemeChange(callback) {
  system.addEventListener('change', callback);
  changed.addEventListener('change', callback);
  return () => {
    system.removeEventListener('change', callback);
    changed.removeEventListener('change', callback);
  };
}

/** The colour that a token of tokens.css has now, for those that draw on a canvas: `colour('--accent')`. */
export function colour(token) {
  const probe = document.createElement('i');
  probe.style.color = `var(${token})`;
  probe.hidden = true;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
