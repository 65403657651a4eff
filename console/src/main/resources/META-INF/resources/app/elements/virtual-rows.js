// A long list of rows of equal height; only the visible rows exist as elements.
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styles } from '../core/view.js';

const BEYOND = 8;

/**
 * `<virtual-rows id="..." role="grid" .items=${...} .row=${item => html`...`} .height=${32} .key=${item => item.id}>`. The result of
 * `row` is put into an element with role="row"; `rowState(item)` returns its {classes, level, expanded, selected}. The height comes from CSS.
 * The active row (`.active`, an index) is the one that the arrow keys move. Events carry {index, item}: `rowactive` when it moves,
 * `rowopen` on Enter, Space or a click, `rowexpand` and `rowclose` on the right and left arrow key.
 */
class VirtualRows extends LitElement {
  static properties = {
    items: { attribute: false },
    row: { attribute: false },
    key: { attribute: false },
    height: { attribute: false },
    active: { attribute: false },
    rowState: { attribute: false },
    first: { state: true },
    room: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { items: [], height: 32, active: -1, first: 0, room: 600, key: (_, index) => index, rowState: () => ({}) });
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.classList.add('rows');
    this.tabIndex = 0;
    this.addEventListener('scroll', this.#look, { passive: true });
    this.addEventListener('keydown', this.#key);
    this.resize = new ResizeObserver(() => this.#look());
    this.resize.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.removeEventListener('scroll', this.#look);
    this.removeEventListener('keydown', this.#key);
    this.resize.disconnect();
  }

  /** When items are added or removed, the scroll position and the active row stay with their items. */
  willUpdate(changed) {
    const before = changed.get('items');
    if (!before?.length || !this.hasUpdated) {
      return;
    }
    const find = index =>
      index >= 0 && index < before.length ? this.items.findIndex((item, i) => this.key(item, i) === this.key(before[index], index)) : -1;
    if (this.active >= 0 && !changed.has('active')) {
      this.active = find(this.active);
    }
    if (this.scrollTop > 0) {
      const at = find(this.first);
      if (at >= 0 && at !== this.first) {
        this.anchor = this.scrollTop + (at - this.first) * this.height;
        this.first = at;
      }
    }
  }

  updated() {
    if (this.anchor !== undefined) {
      this.scrollTop = this.anchor;
      this.anchor = undefined;
    }
  }

  #look = () => {
    this.first = Math.floor(this.scrollTop / this.height);
    this.room = this.clientHeight || 600;
  };

  #key = event => {
    if (event.target !== this) {
      return;
    }
    const page = Math.max(1, Math.floor(this.room / this.height) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.activate(Math.min(this.items.length - 1, Math.max(0, this.active + step)));
    } else if (this.active >= 0 && this.items[this.active] !== undefined && ['Enter', ' ', 'ArrowLeft', 'ArrowRight'].includes(event.key)) {
      event.preventDefault();
      this.#emit(event.key === 'ArrowLeft' ? 'rowclose' : event.key === 'ArrowRight' ? 'rowexpand' : 'rowopen', this.active);
    }
  };

  activate(index) {
    if (index >= 0 && index < this.items.length) {
      this.active = index;
      this.show(index);
      this.#emit('rowactive', index);
    }
  }

  /** Scrolls as little as possible. */
  show(index, middle = false) {
    const top = index * this.height;
    if (middle) {
      this.scrollTop = top - this.clientHeight / 2;
    } else if (top < this.scrollTop) {
      this.scrollTop = top;
    } else if (top + this.height > this.scrollTop + this.clientHeight) {
      this.scrollTop = top + this.height - this.clientHeight;
    }
  }

  #click(event, index) {
    if (!event.defaultPrevented && !event.target.closest('a, button')) {
      this.active = index;
      this.#emit('rowopen', index);
    }
  }

  #emit(name, index) {
    this.dispatchEvent(new CustomEvent(name, { detail: { index, item: this.items[index] } }));
  }

  render() {
    const from = Math.max(0, this.first - BEYOND);
    const to = Math.min(this.items.length, this.first + Math.ceil(this.room / this.height) + BEYOND);
    const seen = this.items.slice(from, to).map((item, i) => ({ item, index: from + i, state: this.rowState(item) }));
    this.setAttribute('aria-rowcount', this.items.length);
    if (this.active >= 0) {
      this.setAttribute('aria-activedescendant', `${this.id}-${this.active}`);
    } else {
      this.removeAttribute('aria-activedescendant');
    }
    return html`<div class="room" role="rowgroup" ${styles({ 'block-size': `${this.items.length * this.height}px` })}>
      ${repeat(
        seen,
        ({ item, index }) => this.key(item, index),
        ({ item, index, state }) =>
          html` <div
            id="${this.id}-${index}"
            role="row"
            aria-rowindex=${index + 1}
            aria-level=${state.level ?? nothing}
            aria-expanded=${state.expanded ?? nothing}
            aria-selected=${state.selected ?? nothing}
            class="${state.classes ?? ''} ${index === this.active ? 'active' : ''}"
            @click=${event => this.#click(event, index)}
            ${styles({ 'inset-block-start': `${index * this.height}px`, 'block-size': `${this.height}px` })}
          >
            ${this.row(item, index)}
          </div>`,
      )}
    </div>`;
  }
}
customElements.define('virtual-rows', VirtualRows);
