// Two traces side by side on one scale, and their differences.
import { View, html, nothing, note } from '../core/view.js';
import { Query } from '../core/query.js';
import { count, duration, foreign, named, time } from '../core/format.js';
import { address, change, go } from '../core/router.js';
import { learn, serviceName } from '../core/services.js';
import { treeOf } from '../core/trace-tree.js';
import '../elements/trace-waterfall.js';

const MAX_ROWS = 200;

class CompareView extends View {
  a = new Query(this, () => this.params.get('a') && `/api/traces/${encodeURIComponent(this.params.get('a'))}`);
  b = new Query(this, () => this.params.get('b') && `/api/traces/${encodeURIComponent(this.params.get('b'))}`);
  #trees = new WeakMap();

  tree(trace) {
    if (!this.#trees.has(trace)) {
      this.#trees.set(trace, treeOf(trace));
    }
    return this.#trees.get(trace);
  }

  render() {
    const { a, b } = this;
    return html`<nav class="crumbs" aria-label="Where this is">
        <a href="/traces">Traces</a> <span aria-hidden="true">›</span> two traces
      </nav>
      <div class="view-head">
        <h1>Two traces compared</h1>
        ${a.data && b.data ? html`<p><button @click=${() => change({ a: this.params.get('b'), b: this.params.get('a') }, { replace: true })}>Swap them</button></p>` : nothing}
      </div>
      ${this.params.get('a') && this.params.get('b') ? nothing : html`<p class="note">To compare two traces, open a failed trace and choose “Compare with the last good one”.</p>`}
      <div class="stack">
        ${this.params.get('a') ? note(a, 'the first trace') : nothing}${this.params.get('b') ? note(b, 'the second trace') : nothing}
        ${a.data && b.data ? this.content(a.data, b.data) : nothing}
      </div>`;
  }

  content(a, b) {
    const [first, second] = [this.tree(a), this.tree(b)];
    learn([...first.services.keys(), ...second.services.keys()]);
    const scale = Math.max(first.duration, second.duration);
    return html`${this.differences(first, second)}
      <div class="two">
        ${[
          [a, first, 'a'],
          [b, second, 'b'],
        ].map(
          ([trace, tree, name]) =>
            html` <section class="panel" aria-label="Trace ${name.toUpperCase()}">
              <h2>
                <a href="/traces/${trace.trace_id}">${name.toUpperCase()}: ${foreign(named(tree.nodes[0].span.name), 160)}</a>
                <span class="soft">${time(tree.nodes[0].span.start)}, ${duration(tree.duration / 1000)}</span>
              </h2>
              <p class=${trace.origin ? 'note bad' : 'note good'}>
                ${trace.origin ? foreign(trace.origin.sentence, 600) : 'No span failed'}
              </p>
              <trace-waterfall
                name="waterfall-${name}"
                .tree=${tree}
                .scale=${scale}
                .collapsed=${new Set()}
                @select=${event => go(address(`/traces/${trace.trace_id}`, { span: event.detail }))}
              ></trace-waterfall>
            </section>`,
        )}
      </div>`;
  }

  /** Compares spans by service, operation and kind. */
  differences(first, second) {
    const groups = new Map();
    const collect = (tree, side) =>
      tree.nodes.forEach(({ span, duration: took }) => {
        const key = JSON.stringify([span.service, span.name, span.kind]);
        const group =
          groups.get(key) ?? groups.set(key, { span, a: { spans: 0, failed: 0, took: 0 }, b: { spans: 0, failed: 0, took: 0 } }).get(key);
        group[side].spans++;
        group[side].failed += span.status === 'ERROR' ? 1 : 0;
        group[side].took += took;
        const status = span.http_status;
        group[side].status = status ?? group[side].status;
      });
    collect(first, 'a');
    collect(second, 'b');
    const origins = [first, second].flatMap(tree => tree.nodes.filter(node => node.origin).map(node => node.span));
    const isOrigin = ({ span }) =>
      origins.some(origin => origin.service === span.service && origin.name === span.name && origin.kind === span.kind);
    const weight = ({ span, a, b }) =>
      (isOrigin({ span }) ? 1e13 : 0) + (a.failed !== b.failed ? 1e12 : 0) + (a.spans !== b.spans ? 1e11 : 0) + Math.abs(a.took - b.took);
    const rows = [...groups.values()].sort((one, other) => weight(other) - weight(one)).slice(0, MAX_ROWS);
    const side = totals =>
      totals.spans === 0
        ? html`<span class="soft">missing</span>`
        : html`${totals.failed ? html`<span class="badge bad">failed</span> ` : nothing}${
            totals.status ? html`<span class=${totals.status >= 400 ? 'bad-text' : 'soft'}>${foreign(totals.status, 10)}</span> ` : nothing
          }${totals.spans > 1 ? html`<span class="soft">${count(totals.spans, 'span')},</span> ` : nothing}${duration(totals.took / 1000)}`;
    return html`<section class="panel" aria-labelledby="differences-title">
      <h2 id="differences-title">Differences, the most important first</h2>
      <div class="scroll differences" tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col">Service and operation</th>
              <th scope="col">A</th>
              <th scope="col">B</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              row =>
                html`<tr class=${row.a.failed !== row.b.failed || row.a.spans !== row.b.spans ? 'differs' : ''}>
                  <th scope="row">
                    ${serviceName(row.span.service)} ${foreign(named(row.span.name), 160)}
                    <span class="soft">${row.span.kind.toLowerCase()}</span>
                  </th>
                  <td>${side(row.a)}</td>
                  <td>${side(row.b)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  }
}
customElements.define('compare-view', CompareView);
