// Runs before the first paint, so that a chosen theme does not flash up as the other one. theme.js does the rest.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem('theme');
  } catch {
    // Storage may be forbidden. Then the system's theme is used.
  }
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
}
