// What every view is: an element without a shadow root, so that one style sheet, one set of ids and one reading order hold for the page.
import { LitElement, html, nothing } from 'lit';
import { directive, Directive } from 'lit/directive.js';

export { html, nothing };
export { svg } from 'lit';

export class View extends LitElement {
  static properties = { path: { attribute: false }, params: { attribute: false } };

  constructor() {
    super();
    this.path = location.pathname;
    this.params = new URLSearchParams(location.search);
  }

  createRenderRoot() {
    return this;
  }
}

/** What an {@link Answer} is about to show while it has nothing yet, or could not be asked again; nothing when all is well. */
export function note(answer, what) {
  if (answer.error) {
    return html`<p class="note bad" role="alert">${answer.error.message}${answer.data ? ' What is shown is from before.' : ''}</p>`;
  }
  return answer.data ? nothing : html`<p class="note" role="status">Asking for ${what}…</p>`;
}

class Styles extends Directive {
  render() {
    return nothing;
  }

  update(part, [values]) {
    for (const [name, value] of Object.entries(values)) {
      part.element.style.setProperty(name, value);
    }
    return nothing;
  }
}

/**
 * `<div ${styles({'inset-inline-start': '12%'})}>`: Lit's own styleMap writes a style attribute first, which the Content-Security-Policy
 * forbids; this one sets properties, which it allows.
 */
export const styles = directive(Styles);
