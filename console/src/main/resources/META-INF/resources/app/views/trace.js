// One trace: where it failed, where its time went, and the details of its spans.
import { View, html, nothing, note } from '../core/view.js';
import { Query } from '../core/query.js';
import { count, duration, foreign, levelMark, named, messageOf, time } from '../core/format.js';
import { alterations } from '../elements/altered.js';
import { address, change } from '../core/router.js';
import { copiesOf, learn, serviceName } from '../core/services.js';
import { treeOf } from '../core/trace-tree.js';
import { spanDetails } from '../elements/span-details.js';
import { sizeOf } from '../elements/trace-waterfall.js';

/** Browsers keep longer addresses, but the console refuses a request line of more than 4096 bytes. */
const MAX_FOLDS_IN_ADDRESS = 100;

class TraceView extends View {
  trace = new Query(this, () => `/api/traces/${encodeURIComponent(this.traceId)}`, [], 2000);
  // Which versions there are; a trace alone does not show that its copy is not the usual one.
  services = new Query(this, () => this.trace.data && '/api/services?since=1h');
  neighbours = new Query(this, () => this.trace.data && `/api/traces/${encodeURIComponent(this.traceId)}/neighbours`);

  /** The folded spans: those of `ids`, or, if `all`, every span with children except those. The address names the first of them. */
  #folds = { all: false, ids: new Set() };
  #written = '';

  get traceId() {
    const part = this.path.split('/')[2] ?? '';
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  willUpdate() {
    if (this.trace.data !== this.drawn) {
      this.drawn = this.trace.data;
      this.tree = this.drawn && treeOf(this.drawn);
      if (this.tree) {
        learn(this.tree.services.keys());
        // More spans of a trace that has just ended may still arrive.
        const age = Date.now() - (this.tree.start + this.tree.duration) / 1000;
        if (Math.abs(age) < 10_000) {
          setTimeout(() => this.trace.refresh(), 2000);
        }
      }
    }
  }

  render() {
    const { tree, drawn } = this;
    return html` <nav class="crumbs" aria-label="Where this is">
        <a href="/traces">Traces</a> <span aria-hidden="true">›</span> <code>${this.traceId.slice(0, 12)}…</code>
      </nav>
      ${note(this.trace, 'the trace')}
      ${this.trace.error?.status === 404 ? html`<p>The console keeps the newest traces only; this one may have gone. <a href="/traces">To the traces</a></p>` : nothing}
      ${tree ? this.content(tree, drawn) : nothing}`;
  }

  content(tree, trace) {
    const root = tree.nodes[0].span;
    const failed = trace.spans.filter(span => span.status === 'ERROR').length;
    const selected = this.params.get('span') ?? '';
    const node = tree.byId.get(selected);
    const collapsed = this.collapsed(tree);
    const find = this.params.get('find') ?? '';
    const copy = copiesOf(trace.spans, this.services.data);
    return html` <div class="view-head">
        <h1>${foreign(named(root.service), 80)}: ${foreign(named(root.name), 200)}</h1>
        <p class="soft">
          ${time(root.start, { millis: true })}, <strong class="number">${duration(tree.duration / 1000)}</strong>,
          ${sizeOf(tree)}${failed ? html`, <span class="bad-text">${failed.toLocaleString('en')} failed</span>` : nothing}
        </p>
      </div>
      <div class="stack">
        ${this.origin(trace)} ${this.warnings(trace, tree)}
        <section class="panel" aria-label="Waterfall">
          <div class="tools-row">
            <ul class="legend" aria-label="Services">
              ${[...tree.services].sort().map(([service, spans]) => html`<li>${serviceName(service)} <span class="soft">${spans.toLocaleString('en')}</span></li>`)}
              <li><i class="critical-key"></i>critical path</li>
            </ul>
            <label class="inline"
              >Find
              <input
                type="search"
                .value=${find}
                placeholder="service or operation"
                @input=${event => change({ find: event.target.value }, { replace: true })}
            /></label>
            <button @click=${() => this.collapse(collapsed.size ? new Set() : this.outer(tree), tree)}>
              ${collapsed.size ? 'Open all' : 'Fold all'}
            </button>
          </div>
          <div class="trace-body ${node ? 'with-details' : ''}">
            <trace-waterfall
              .tree=${tree}
              .collapsed=${collapsed}
              .selected=${selected}
              .find=${find}
              .copy=${copy}
              @select=${event => change({ span: event.detail === selected ? '' : event.detail }, { replace: true })}
              @collapse=${event => this.collapse(event.detail, tree)}
            ></trace-waterfall>
            ${node ? spanDetails(node, tree, { origin: trace.origin, copy: copy(node.span), close: () => change({ span: '' }, { replace: true }) }) : nothing}
          </div>
        </section>
        <section class="panel" aria-labelledby="logs-title">
          <h2 id="logs-title">Logs of this trace</h2>
          ${trace.logs.length ? this.logs(trace, tree) : html`<p class="soft">No logs arrived.</p>`}
        </section>
      </div>`;
  }

  /** Each record names its service and links to its span. */
  logs(trace, tree) {
    return html`<ol class="log-lines">
        ${trace.logs.slice(0, 200).map(
          log =>
            html`<li class=${levelMark(log.level)}>
              <span class="badge ${levelMark(log.level)}">${log.level}</span>
              <span class="soft">${time(log.time, { millis: true })}</span>
              ${tree.byId.has(log.span_id) ? html`<a href=${address(this.path, { span: log.span_id })}>${serviceName(log.service)}</a>` : serviceName(log.service)}
              ${messageOf(log, 1000)}
            </li>`,
        )}
      </ol>
      ${trace.logs.length > 200 ? html`<p class="soft">And ${trace.logs.length - 200} more, shown with their spans.</p>` : nothing}`;
  }

  origin(trace) {
    const near = this.neighbours.data;
    const compare = (other, words) =>
      other
        ? html`<a class="button" href=${address('/compare', { a: other.trace_id, b: this.traceId })}>${words} (${time(other.start)})</a>`
        : nothing;
    if (!trace.origin) {
      return html`<section class="verdict good" aria-label="Outcome">
        <p class="headline"><span class="sign" aria-hidden="true">✓</span> No span failed</p>
        <p class="actions">${compare(near?.last_good, 'Compare with the one before')}</p>
      </section>`;
    }
    return html`<section class="verdict bad" aria-label="Where it failed">
      <p class="headline"><span class="sign" aria-hidden="true">✕</span> ${foreign(trace.origin.sentence, 1200)}</p>
      <p class="detail">
        It starts in ${foreign(named(trace.origin.service), 80)}, at
        <a href=${address(this.path, { span: trace.origin.span_id })}>${foreign(named(trace.origin.operation), 200)}</a>.
        ${trace.origin.declared ? nothing : 'No service reported the cause; this is the deepest span that failed.'}
      </p>
      <p class="actions">
        <a class="button primary" href=${address(this.path, { span: trace.origin.span_id })}>Show the span</a>
        ${compare(near?.last_good, 'Compare with the last good one')}${near?.last_good ? nothing : compare(near?.next_good, 'Compare with the next good one')}
      </p>
    </section>`;
  }

  /** Notes about spans that were altered or left out, and about clocks that differ. */
  warnings(trace, tree) {
    const altered = trace.spans.filter(span => alterations(span.altered).length);
    const sentences = [
      trace.spans_left_out
        ? `${count(trace.spans_left_out, 'span')} left out: the trace is too large to keep completely. Its root and its failed spans are kept first.`
        : '',
      altered.length
        ? `${count(altered.length, 'span differs', 'spans differ')} from what was sent; ${altered.length === 1 ? 'its' : 'their'} details show how.`
        : '',
    ].filter(Boolean);
    return html`${sentences.length ? html`<p class="note warn">${sentences.join(' ')}</p>` : nothing}
    ${tree.skews.map(
      skew =>
        html`<p class="note warn">
          The clocks of ${foreign(named(skew.from), 80)} and ${foreign(named(skew.to), 80)} seem to differ by about
          ${duration(skew.by / 1000)}: the server's span lies outside its client's span. Compare times between the two services with care.
        </p>`,
    )}`;
  }

  /** The spans with children. */
  foldable(tree) {
    return tree.nodes.filter(node => node.children.length);
  }

  /** All but the first levels. */
  outer(tree) {
    return new Set(
      this.foldable(tree)
        .filter(node => node.depth >= 1)
        .map(node => node.span.span_id),
    );
  }

  /** The ids of the spans that are folded. */
  collapsed(tree) {
    const written = this.params.get('collapsed') ?? '';
    if (written !== this.#written) {
      const all = written.startsWith('*');
      this.#written = written;
      this.#folds = {
        all,
        ids: new Set(
          written
            .slice(all ? 1 : 0)
            .split(',')
            .filter(Boolean),
        ),
      };
    }
    const { all, ids } = this.#folds;
    return all
      ? new Set(
          this.foldable(tree)
            .map(node => node.span.span_id)
            .filter(id => !ids.has(id)),
        )
      : ids;
  }

  /** Folds exactly these spans. The address names them, or the open ones if fewer. */
  collapse(folded, tree) {
    const open = this.foldable(tree)
      .map(node => node.span.span_id)
      .filter(id => !folded.has(id));
    const all = open.length < folded.size;
    const ids = all ? open : [...folded];
    this.#folds = { all, ids: new Set(ids) };
    this.#written = (all ? '*' : '') + ids.slice(0, MAX_FOLDS_IN_ADDRESS).join(',');
    change({ collapsed: this.#written }, { replace: true });
    this.requestUpdate();
  }
}
customElements.define('trace-view', TraceView);
