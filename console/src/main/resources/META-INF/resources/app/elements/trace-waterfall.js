// The spans of a trace as a tree against time.
import { LitElement, html, nothing } from 'lit';
import { styles } from '../core/view.js';
import { visible } from '../core/trace-tree.js';
import { count, duration, foreign, levelMark, named, plain } from '../core/format.js';
import { alterations } from './altered.js';
import { colourClass } from '../core/services.js';
import './virtual-rows.js';

const TICKS = [0, 0.25, 0.5, 0.75, 1];
const MAX_INDENT = 16;
const ROW = 30;

/**
 * `<trace-waterfall .tree=${treeOf(trace)} .collapsed=${new Set()} selected="span id" .scale=${micros}>`; `scale` is how much time the width
 * shows, the trace's own if missing; `copy` names the copy of a service that handled a span, or returns null. Events: `select` with a span id, `collapse` with a Set of ids.
 */
class TraceWaterfall extends LitElement {
  static properties = {
    tree: { attribute: false },
    collapsed: { attribute: false },
    selected: {},
    scale: { attribute: false },
    name: {},
    find: {},
    copy: { attribute: false },
  };

  constructor() {
    super();
    this.collapsed = new Set();
    this.name = 'waterfall';
    this.find = '';
    this.copy = () => null;
  }

  createRenderRoot() {
    return this;
  }

  updated(changed) {
    // The span that the address names is scrolled into view once.
    if (this.selected && this.shownOnce !== this.tree?.start) {
      const index = this.seen.findIndex(node => node.span.span_id === this.selected);
      if (index >= 0) {
        this.shownOnce = this.tree.start;
        const rows = this.querySelector('virtual-rows');
        rows.updateComplete.then(() => rows.show(index));
      }
    }
    if (changed.has('selected')) {
      this.querySelector('virtual-rows').active = this.seen.findIndex(node => node.span.span_id === this.selected);
    }
  }

  render() {
    const { tree } = this;
    const total = this.scale ?? tree.duration;
    this.seen = visible(tree.nodes, this.collapsed);
    const wanted = this.find.trim().toLowerCase();
    return html`<div class="waterfall">
      <div class="ruler" aria-hidden="true">
        <span class="what">Service and operation</span
        ><span class="scale"
          >${TICKS.map(
            part =>
              html` <span ${styles({ 'inset-inline-start': `${part * 100}%` })} class=${part === 1 ? 'last' : ''}
                >${duration((total * part) / 1000)}</span
              >`,
          )}</span
        >
      </div>
      <virtual-rows
        id=${this.name}
        role="treegrid"
        aria-label="Spans, in the order of the calls"
        .items=${this.seen}
        .height=${ROW}
        ${styles({ '--content': `${this.seen.length * ROW + 2}px` })}
        .key=${node => node.span.span_id}
        .row=${node => this.row(node, total, wanted)}
        .rowState=${node => ({
          level: node.depth + 1,
          expanded: node.children.length ? String(!this.collapsed.has(node.span.span_id)) : undefined,
          selected: String(node.span.span_id === this.selected),
          classes: `span ${colourClass(node.span.service)} ${node.span.status === 'ERROR' ? 'error' : ''} ${node.origin ? 'is-origin' : ''} ${
            node.span.span_id === this.selected ? 'selected' : ''
          }`,
        })}
        @rowopen=${event => this.emit('select', event.detail.item.span.span_id)}
        @rowexpand=${event => this.toggle(event.detail.item, false)}
        @rowclose=${event => this.toggle(event.detail.item, true)}
      ></virtual-rows>
    </div>`;
  }

  row(node, total, wanted) {
    const { span } = node;
    const percent = micros => (micros / total) * 100;
    const left = percent(node.start);
    const width = Math.max(0.15, percent(node.duration));
    const closed = this.collapsed.has(span.span_id);
    const status = span.http_status;
    const dim = wanted && !`${span.service} ${span.name} ${span.span_id}`.toLowerCase().includes(wanted);
    const deep = node.depth > MAX_INDENT;
    const altered = alterations(span.altered).join(' ');
    // The label goes where there is room: after the bar, before it, or on it.
    const end = left + width;
    const place = end <= 65 ? 'behind' : left >= 35 ? 'before' : 'inside';
    return html`<div class="cell ${dim ? 'dim' : ''}" role="gridcell" ${styles({ '--depth': Math.min(node.depth, MAX_INDENT) })}>
        ${
          node.children.length
            ? html`<button
                class="fold"
                tabindex="-1"
                aria-label="${closed ? 'Show' : 'Hide'} what is below"
                @click=${() => this.toggle(node, !closed)}
              >
                ${closed ? '▸' : '▾'}
              </button>`
            : html`<span class="fold"></span>`
        }
        ${deep ? html`<span class="soft">${node.depth}↳</span>` : nothing}
        <i class="swatch"></i>
        ${node.parent?.span.service === span.service ? nothing : html`<b>${foreign(named(span.service), 80)}</b> ${this.copyOf(span)}`}
        <span class="op">${foreign(named(span.name), 200)}</span>
        ${span.status === 'ERROR' ? html`<span class="fail" title="Failed">✕<span class="visually-hidden"> failed</span></span>` : nothing}
        ${altered ? html`<span class="badge warn" title=${altered}>altered</span>` : nothing}
        ${closed ? html`<span class="badge ${node.failedBelow ? 'bad' : ''}">+${node.below.toLocaleString('en')}</span>` : nothing}
      </div>
      <div class="cell time ${dim ? 'dim' : ''}" role="gridcell">
        <span class="bar-of-span" ${styles({ 'inset-inline-start': `${left}%`, 'inline-size': `${width}%` })}></span>
        ${node.critical.map(([from, took]) => html`<span class="critical" ${styles({ 'inset-inline-start': `${percent(from)}%`, 'inline-size': `${Math.max(0.1, percent(took))}%` })}></span>`)}
        ${node.logs
          .slice(0, 20)
          .map(
            log =>
              html`<span
                class="tick ${levelMark(log.level)}"
                title="${plain([log.level, log.event_name ?? '', log.message].join(' ').slice(0, 200))}"
                ${styles({ 'inset-inline-start': `${Math.min(100, Math.max(0, percent(log.at)))}%` })}
              ></span>`,
          )}
        <span class="took ${place}" ${styles({ '--left': `${left}%`, '--end': `${end}%` })}
          >${duration(node.duration / 1000)}${
            status ? html` <span class="code ${status >= 400 ? 'bad-text' : 'soft'}">${foreign(status, 10)}</span>` : nothing
          }
          ${node.origin ? html`<strong class="here">starts here</strong>` : nothing}</span
        >
      </div>`;
  }

  copyOf(span) {
    const copy = this.copy(span);
    return copy === null ? nothing : html`<span class="badge" title="The copy that handled this">${foreign(copy, 40)}</span>`;
  }

  toggle(node, close) {
    if (node.children.length) {
      const next = new Set(this.collapsed);
      next[close ? 'add' : 'delete'](node.span.span_id);
      this.emit('collapse', next);
    }
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
customElements.define('trace-waterfall', TraceWaterfall);

/** The size of a trace in words. */
export function sizeOf(tree) {
  return `${count(tree.nodes.length, 'span')} in ${count(tree.services.size, 'service')}`;
}
