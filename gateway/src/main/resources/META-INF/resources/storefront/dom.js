/**
 * Creates an element. Children that are strings become text, never markup; the Content-Security-Policy forbids any other way. A key
 * that isn't a property of the element becomes an attribute. Children that are null or false are left out.
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) {
      made[name] = value;
    } else {
      made.setAttribute(name, value);
    }
  }
  made.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

/** Formats an amount with its currency's decimals, for example none for yen, although the gateway sends two for each currency. */
export function money(amount, currency) {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount);
}

/** Creates an image in its frame. If it doesn't load, the frame keeps its place unless the caller removes it. */
export function picture(source, { missing = image => image.remove(), ...properties } = {}) {
  const image = element('img', { alt: '', ...properties });
  image.addEventListener('error', () => missing(image));
  image.src = source;
  return image;
}

/** Creates a problem message, which screen readers announce at once. */
export function problem(heading, ...more) {
  return element('div', { className: 'problem', role: 'alert', tabIndex: -1 }, element('p', {}, element('strong', {}, heading)), ...more);
}

/** Announces a sentence to screen readers only. */
export function announce(sentence) {
  document.querySelector('#said').textContent = sentence;
}
