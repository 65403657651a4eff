// Traces: a search, how long they took over time, and a list.
import { View, html, nothing, note } from '../core/view.js';
import { MediaQuery } from '../core/media-query.js';
import { Query } from '../core/query.js';
import { count, duration, foreign, named, plain, time } from '../core/format.js';
import { address, change, go } from '../core/router.js';
import { colourClass, learn } from '../core/services.js';
import { choiceField, completions, textField } from '../elements/search-fields.js';
import '../elements/virtual-rows.js';
import '../elements/duration-scatter.js';
import '../elements/common-table.js';

const LIMIT = 500;
const SEARCH = ['service', 'operation', 'error', 'min_duration_ms', 'max_duration_ms', 'attribute', 'since', 'until'];
const RANGES = [
  ['5m', 'last 5 minutes'],
  ['15m', 'last 15 minutes'],
  ['1h', 'last hour'],
  ['', 'whole time that is kept'],
];

class TracesView extends View {
  traces = new Query(this, () => `/api/traces?limit=${LIMIT}&${this.search()}`, ['traces'], 1500);
  common = new Query(this, () => this.params.get('common') && `/api/traces/common?${this.search()}`, ['traces'], 5000);
  vocabulary = new Query(this, () => address('/api/vocabulary', { service: this.params.get('service') }));
  narrow = new MediaQuery(this, '(max-width: 48rem)');

  search() {
    const query = new URLSearchParams();
    SEARCH.forEach(name =>
      this.params
        .getAll(name)
        .filter(Boolean)
        .forEach(value => query.append(name, value)),
    );
    return query;
  }

  willUpdate() {
    if (this.vocabulary.data) {
      learn(this.vocabulary.data.services);
    }
  }

  render() {
    const found = this.traces.data;
    return html` <div class="view-head">
        <h1>Traces</h1>
        ${
          found
            ? html`<p class="soft" role="status">
                ${found.cursor ? `the newest ${found.traces.length} that match` : `${count(found.traces.length, 'trace')} found`},
                ${count(found.traces.filter(trace => trace.errors).length, 'failed', 'failed')}
              </p>`
            : nothing
        }
      </div>
      <div class="stack">${this.form()} ${note(this.traces, 'traces')} ${found ? this.results(found) : nothing}</div>`;
  }

  form() {
    const words = this.vocabulary.data;
    const pairs = words
      ? Object.entries(words.attributes)
          .flatMap(([key, values]) => values.map(value => `${key}=${value}`))
          .slice(0, 1000)
      : [];
    return html`<form class="panel search" role="search" aria-label="Search traces" @submit=${event => event.preventDefault()}>
      ${textField('service', 'Service', { list: 'known-services', hint: 'any' })}
      ${textField('operation', 'Operation', { list: 'known-operations', hint: 'any' })}
      ${choiceField('error', 'Outcome', [
        ['', 'any'],
        ['true', 'failed'],
        ['false', 'did not fail'],
      ])}
      ${textField('min_duration_ms', 'At least (ms)', { type: 'number', min: 0, step: 'any' })}
      ${textField('max_duration_ms', 'At most (ms)', { type: 'number', min: 0, step: 'any' })}
      ${textField('attribute', 'Attribute', { list: 'known-attributes', hint: 'key=value', wide: true, pattern: '[^=]+=.*', title: 'key=value' })}
      ${choiceField('since', 'Started in the', RANGES, { until: '' })}
      ${SEARCH.some(name => this.params.get(name)) ? html`<button type="button" @click=${() => go('/traces')}>Clear</button>` : nothing}
      ${completions('known-services', words?.services)}${completions('known-operations', words?.operations)}${completions('known-attributes', pairs)}
    </form>`;
  }

  results(found) {
    if (!found.traces.length) {
      return html`<p class="note">
        No trace matches.
        ${this.params.get('since') ? html`<a href=${address('/traces', { ...Object.fromEntries(this.params), since: '' })}>Search everything that is kept</a>` : nothing}
      </p>`;
    }
    // The scale ends at the 95th percentile, so that a single slow trace does not make all other bars too short to compare.
    const sorted = found.traces.map(trace => trace.duration_us).sort((one, other) => one - other);
    const most = Math.max(1, sorted[Math.floor((sorted.length - 1) * 0.95)]);
    const open = this.params.has('common');
    return html`${this.thinned(found)}
      <section class="panel" aria-labelledby="scatter-title">
        <h2 id="scatter-title">Duration over time</h2>
        <duration-scatter
          .traces=${found.traces}
          @open=${event => go(`/traces/${event.detail}`)}
          @range=${event => change({ ...event.detail, common: 'true' })}
        ></duration-scatter>
        <p class="ask">
          <button type="button" aria-expanded=${open} @click=${() => change({ common: open ? '' : 'true' })}>
            ${open ? 'Hide what these have in common' : 'What do these have in common?'}
          </button>
          <span class="soft">Or drag across dots to ask the same about them.</span>
        </p>
        ${open ? html`${note(this.common, 'what they have in common')}${this.inCommon()}` : nothing}
      </section>
      <section class="panel list" aria-label="List of traces">
        <div class="head" aria-hidden="true">
          <span>Started</span><span>Trace</span><span>Took</span><span>Spans by service</span><span>Failed where</span>
        </div>
        <virtual-rows
          id="traces"
          role="grid"
          aria-label="Traces, the newest first"
          .items=${found.traces}
          .height=${this.narrow.matches ? 92 : 44}
          .key=${trace => trace.trace_id}
          .row=${trace => this.row(trace, most)}
          .rowState=${trace => ({ classes: trace.errors ? 'trace failed' : 'trace' })}
          @rowopen=${event => go(`/traces/${event.detail.item.trace_id}`)}
        ></virtual-rows>
      </section>`;
  }

  /** Says so if the list goes back to a time of which not all traces are kept. */
  thinned(found) {
    return found.complete_since && Date.parse(found.traces.at(-1).start) < Date.parse(found.complete_since)
      ? html`<p class="note">Of the traces before ${time(found.complete_since)}, only some are kept, failed and slow ones longest.</p>`
      : nothing;
  }

  inCommon() {
    const rest = Object.fromEntries(SEARCH.map(name => [name, this.params.getAll(name)]));
    return this.common.data
      ? html`<common-table
          .common=${this.common.data}
          .link=${row => address('/traces', { ...rest, attribute: [...rest.attribute, `${row.attribute}=${row.value}`] })}
        ></common-table>`
      : nothing;
  }

  row(trace, most) {
    const millis = trace.duration_us / 1000;
    return html` <span role="gridcell" class="soft">${time(trace.start)}</span>
      <span role="gridcell" class="what"
        ><a tabindex="-1" href="/traces/${trace.trace_id}">${foreign(named(trace.root_operation), 160)}</a>
        <span class="soft">${foreign(named(trace.root_service), 80)}</span></span
      >
      <span role="gridcell" class="took-cell"
        ><meter min="0" max=${most} value=${trace.duration_us} aria-hidden="true"></meter
        ><span class="number">${duration(millis)}</span></span
      >
      <span role="gridcell" class="services"
        >${Object.entries(trace.spans_by_service).map(
          ([service, spans]) =>
            html`<span class="chip ${colourClass(service)}" title="${plain(named(service))}: ${count(spans, 'span')}"
              ><i class="swatch"></i>${foreign(named(service), 40)}<b>${spans}</b></span
            >`,
        )}${trace.spans_left_out ? html`<span class="chip">${count(trace.spans_left_out, 'span')} left out</span>` : nothing}</span
      >
      <span role="gridcell" class="failure"
        >${
          trace.origin
            ? html`<span class="fail" aria-hidden="true">✕</span>
                <span
                  >${foreign(named(trace.origin.service), 80)}${trace.origin.reason ? html`: ${foreign(trace.origin.reason, 200)}` : nothing}</span
                >`
            : trace.errors
              ? 'failed'
              : html`<span class="soft">–</span>`
        }</span
      >`;
  }
}
customElements.define('traces-view', TracesView);
