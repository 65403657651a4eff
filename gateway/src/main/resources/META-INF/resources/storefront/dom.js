/**
 * Makes an element. Children that are strings become text, never markup, and the Content-Security-Policy forbids every other way in.
 * What is no property of the element becomes an attribute; children that are null or false are left out.
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

/** An amount with as many decimals as its currency has: yen are whole, though the gateway gives each amount with two decimals. */
export function money(amount, currency) {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount);
}

/** A picture in its frame. When it does not come, the frame keeps its place, or the caller takes away what is pointless without it. */
export function picture(source, { missing = image => image.remove(), ...properties } = {}) {
  const image = element('img', { alt: '', ...properties });
  image.addEventListener('error', () => missing(image));
  image.src = source;
  return image;
}

/** Something went wrong; spoken at once. */
export function problem(heading, ...more) {
  return element('div', { className: 'problem', role: 'alert', tabIndex: -1 }, element('p', {}, element('strong', {}, heading)), ...more);
}

/** Puts a sentence where screen readers speak it and nobody else sees it. */
export function say(sentence) {
  document.querySelector('#said').textContent = sentence;
}
