// The base class of all views: an element without a shadow root, so that one style sheet and one set of ids apply to the whole page.
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

/** A note while a {@link Query} has no data yet, or when it failed; nothing otherwise. */
export function note(query, what) {
  if (query.error) {
    return html`<p class="note bad" role="alert">${query.error.message}${query.data ? ' Showing older data.' : ''}</p>`;
  }
  return query.data ? nothing : html`<p class="note" role="status">Loading ${what}…</p>`;
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
