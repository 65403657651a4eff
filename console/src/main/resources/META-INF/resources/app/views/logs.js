// Logs: the newest records, live, with the details of each.
import { View, html, nothing, note } from '../core/view.js';
import { MediaQuery } from '../core/media-query.js';
import { Query } from '../core/query.js';
import { count, foreign, levelMark, messageOf, time } from '../core/format.js';
import { address, change, go } from '../core/router.js';
import { learn, serviceName } from '../core/services.js';
import { choiceField, completions, textField } from '../elements/search-fields.js';
import { exactly, jsonValue } from '../elements/json-value.js';
import { alteredNote } from '../elements/altered.js';
import '../elements/virtual-rows.js';

const LIMIT = 500;
const SEARCH = ['service', 'level', 'text', 'attribute', 'trace_id', 'since', 'until'];
const RANGES = [
  ['', 'whole time that is kept'],
  ['1m', 'last minute'],
  ['5m', 'last 5 minutes'],
  ['15m', 'last 15 minutes'],
  ['1h', 'last hour'],
];
const LEVELS = [
  ['', 'any'],
  ['DEBUG', 'DEBUG and above'],
  ['INFO', 'INFO and above'],
  ['WARN', 'WARN and above'],
  ['ERROR', 'ERROR and above'],
];
const TIME = { START: 'The time that was sent is impossible; the time when the record was observed or arrived is shown instead.' };

const sorted = values => Object.entries(values).sort(([one], [other]) => one.localeCompare(other));
const keyOf = log => `${log.time}~${log.service}~${log.span_id ?? ''}`;

/** The body of a record if it is an object or a list; null if it is text. */
function structure(message) {
  try {
    return /^[{[]/.test(message) ? exactly(message) : null;
  } catch {
    return null;
  }
}

class LogsView extends View {
  logs = new Query(this, () => `/api/logs?${this.query()}`, ['logs'], 1000);
  vocabulary = new Query(this, () => '/api/vocabulary');
  narrow = new MediaQuery(this, '(max-width: 48rem)');

  query() {
    const query = new URLSearchParams();
    [...SEARCH, 'cursor'].filter(name => this.params.get(name)).forEach(name => query.append(name, this.params.get(name)));
    query.append('limit', LIMIT);
    return query;
  }

  willUpdate() {
    if (this.vocabulary.data) {
      learn(this.vocabulary.data.services);
    }
    if (this.logs.data !== this.seen) {
      this.seen = this.logs.data;
      this.keyed = this.#keyed(this.seen?.logs ?? []);
    }
  }

  /** Two records may have the same key; the second one gets a number. */
  #keyed(logs) {
    const times = new Map();
    // Count from the oldest, so that a key stays when newer records arrive.
    return logs
      .toReversed()
      .map(log => {
        const key = keyOf(log);
        const before = times.get(key) ?? 0;
        times.set(key, before + 1);
        return { log, key: before ? `${key}~${before}` : key };
      })
      .reverse();
  }

  render() {
    const found = this.logs.data;
    return html` <div class="view-head">
        <h1>Logs</h1>
        ${found ? html`<p class="soft">${found.cursor ? `${this.params.get('cursor') ? '' : 'the newest '}${found.logs.length.toLocaleString('en')} that match` : count(found.logs.length, 'record')}, the newest first</p>` : nothing}
      </div>
      <div class="stack">${this.search()} ${note(this.logs, 'logs')} ${found ? this.results(found) : nothing}</div>`;
  }

  search() {
    return html`<form class="panel search" role="search" aria-label="Search logs" @submit=${event => event.preventDefault()}>
      ${textField('service', 'Service', { list: 'known-services', hint: 'any' })} ${choiceField('level', 'Level', LEVELS)}
      ${textField('text', 'Message has', { hint: 'any text', live: true, wide: true })}
      ${textField('attribute', 'Field', { hint: 'key=value', wide: true, pattern: '[^=]+=.*', title: 'key=value' })}
      ${textField('trace_id', 'Trace', { hint: 'any', pattern: '[0-9a-fA-F]{32}', title: '32 hex digits' })}
      ${choiceField('since', 'Written in the', RANGES, { until: '' })}
      ${SEARCH.some(name => this.params.get(name)) ? html`<button type="button" @click=${() => go('/logs')}>Clear</button>` : nothing}
      ${completions('known-services', this.vocabulary.data?.services)}
    </form>`;
  }

  results(found) {
    const earlier = found.cursor
      ? html`<a class="button" href=${address('/logs', { ...Object.fromEntries(this.params), record: '', cursor: found.cursor })}
          >Earlier ones</a
        >`
      : nothing;
    const isEarlier = this.params.get('until') || this.params.get('cursor');
    const later = isEarlier
      ? html`<a class="button" href=${address('/logs', { ...Object.fromEntries(this.params), record: '', until: '', cursor: '' })}
          >The newest again</a
        >`
      : nothing;
    if (!found.logs.length) {
      return html`<p class="note">No record matches. ${later}</p>`;
    }
    const wanted = this.params.get('record') ?? '';
    const selected = this.keyed.find(entry => entry.key === wanted);
    return html`<div class="log-body ${wanted ? 'with-details' : ''}">
      <section class="panel list" aria-label="List of records">
        <div class="head" aria-hidden="true"><span>Written</span><span>Level</span><span>Service</span><span>Message</span></div>
        <virtual-rows
          id="records"
          role="grid"
          aria-label="Log records, the newest first"
          .items=${this.keyed}
          .height=${this.narrow.matches ? 58 : 32}
          .key=${entry => entry.key}
          .active=${this.keyed.indexOf(selected)}
          .row=${entry => this.row(entry.log)}
          .rowState=${entry => ({ classes: `log ${levelMark(entry.log.level)} ${entry === selected ? 'selected' : ''}`, selected: String(entry === selected) })}
          @rowopen=${event => change({ record: event.detail.item.key === wanted ? '' : event.detail.item.key }, { replace: true })}
        ></virtual-rows>
        ${found.cursor || isEarlier ? html`<p class="list-end">${later} ${earlier}</p>` : nothing}
      </section>
      ${wanted ? this.details(selected?.log) : nothing}
    </div>`;
  }

  row(log) {
    return html` <span role="gridcell" class="soft when">${time(log.time, { millis: true })}</span>
      <span role="gridcell" class="level"><span class="badge ${levelMark(log.level)}">${log.level}</span></span>
      <span role="gridcell" class="who">${serviceName(log.service)}</span>
      <span role="gridcell" class="message">${messageOf(log, 400)}</span>`;
  }

  details(log) {
    const close = html`<button class="icon" aria-label="Close the details" @click=${() => change({ record: '' }, { replace: true })}>
      ✕
    </button>`;
    if (!log) {
      return html`<section class="panel details" aria-label="Details of the record">
        <div class="details-head">
          <h2>Record not found</h2>
          ${close}
        </div>
        <p>This record is not in the search results. It may be older than the list, or the console no longer keeps it.</p>
      </section>`;
    }
    const body = structure(log.message);
    const { 'exception.stacktrace': stack, ...fields } = log.attributes;
    return html`<section class="panel details" aria-label="Details of the record">
      <div class="details-head">
        <h2><span class="badge ${levelMark(log.level)}">${log.level}</span> ${serviceName(log.service)}</h2>
        ${close}
      </div>
      <p class="soft">${time(log.time, { millis: true })}</p>
      ${log.event_name ? html`<h3>${foreign(log.event_name, 200)}</h3>` : nothing} ${alteredNote(log.altered, TIME)}
      ${body === null ? html`<p class="whole">${foreign(log.message, 20_000)}</p>` : Array.isArray(body) ? jsonValue(body) : this.fields(Object.entries(body))}
      ${
        log.trace_id
          ? html`<p class="actions">
              <a class="button primary" href=${address(`/traces/${log.trace_id}`, { span: log.span_id })}>Show the trace</a>
              <a class="button" href=${address('/logs', { trace_id: log.trace_id })}>All logs of the trace</a>
            </p>`
          : html`<p class="soft">Written outside of a trace.</p>`
      }
      <h3>Fields</h3>
      ${this.fields(sorted(fields), log.attribute_texts)}
      ${
        stack
          ? html`<h3>Stack trace</h3>
              <pre class="stack-trace" tabindex="0">${foreign(stack, 20_000)}</pre>`
          : nothing
      }
      <h3>Sender</h3>
      ${alteredNote({ values_left_out: log.resource_values_left_out })}
      ${this.fields(sorted({ ...(log.scope ? { 'otel.scope.name': log.scope } : {}), ...log.resource }), log.resource_texts)}
    </section>`;
  }

  fields(entries, texts = {}) {
    return entries.length
      ? html`<table class="attributes">
          <tbody>
            ${entries.map(
              ([key, value]) =>
                html` <tr class=${/^shop\..*failure$|^error\.|^exception\./.test(key) ? 'telling' : ''}>
                  <th scope="row">${foreign(key, 200)}</th>
                  <td>${jsonValue(value, texts[key])}</td>
                </tr>`,
            )}
          </tbody>
        </table>`
      : html`<p class="soft">None.</p>`;
  }
}
customElements.define('logs-view', LogsView);
