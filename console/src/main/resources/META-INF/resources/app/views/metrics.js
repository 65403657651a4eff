// Metrics: one metric as lines over the last 15 minutes, with example requests.
import { View, html, nothing, note } from '../core/view.js';
import { Query } from '../core/query.js';
import { count, foreign, plain, quantity, time } from '../core/format.js';
import { address, go } from '../core/router.js';
import { colourClass, learn } from '../core/services.js';
import { completions } from '../elements/search-fields.js';
import '../elements/line-chart.js';

const WINDOW = 15 * 60_000;
const REQUESTS = 'http_server_requests_seconds';
/** Charts to start with, by the question that they answer. An address without parameters shows the first. */
const QUESTIONS = [
  ['How long do shoppers wait?', { metric: REQUESTS, label: 'service=gateway' }],
  ['Which status codes are answered?', { metric: REQUESTS, show: 'rate', by: 'status' }],
  ['Which service is slow?', { metric: REQUESTS, show: 'p95', by: 'service' }],
  ['Do bookings fail?', { metric: 'instabook_cache_errors_total', by: 'error_type' }],
  ['How much load is there?', { metric: 'load_generator_request_count_total', by: 'endpoint' }],
  ['Which service uses most memory?', { metric: 'jvm_memory_used_bytes', by: 'service' }],
  ['Which service uses most CPU?', { metric: 'process_cpu_usage', by: 'service' }],
];
const SHOWS = { QUANTILES: 'percentiles', P95: '95th percentile', RATE: 'rate', MEAN: 'mean', VALUE: 'value' };
const KINDS = { COUNTER: 'counter', GAUGE: 'gauge', HISTOGRAM: 'histogram', SUMMARY: 'summary' };
const QUANTILE_COLOURS = { p50: '--service-1', p95: '--service-3', p99: '--bad' };

/** The name of a line: the label values that differ from line to line. */
function nameOf({ labels }) {
  const values = Object.entries(labels)
    .sort(([one], [other]) => (other === 'service') - (one === 'service'))
    .map(([, value]) => (value === '' ? '(empty)' : value));
  return values.join(' · ') || 'all';
}

class MetricsView extends View {
  names = new Query(this, () => '/api/charts', ['metrics'], 30_000);
  chart = new Query(
    this,
    () =>
      address(`/api/charts/${encodeURIComponent(this.metric)}`, {
        show: this.asked.get('show'),
        by: this.asked.get('by'),
        ...this.filters,
      }),
    ['metrics'],
    3500,
  );

  /** The parameters of the address. */
  get asked() {
    return this.params.get('metric') ? this.params : new URLSearchParams(QUESTIONS[0][1]);
  }

  get metric() {
    return this.asked.get('metric');
  }

  /** The wanted values by label; in the address each is `label=name=value`. */
  get filters() {
    return Object.fromEntries(
      this.asked
        .getAll('label')
        .filter(filter => filter.includes('='))
        .map(filter => [filter.slice(0, filter.indexOf('=')), filter.slice(filter.indexOf('=') + 1)]),
    );
  }

  willUpdate() {
    learn(this.chart.data?.labels.service ?? []);
  }

  render() {
    return html` <div class="view-head">
        <h1>Metrics</h1>
        <p class="soft">from the services’ /metrics, over the last 15 minutes</p>
      </div>
      <div class="stack">
        <nav aria-label="Questions">
          <ul class="questions">
            ${QUESTIONS.filter(([, params]) => !this.names.data || this.names.data.some(metric => metric.name === params.metric)).map(
              ([words, params]) =>
                html` <li><a href=${address('/charts', params)} aria-current=${this.isShown(params) ? 'true' : nothing}>${words}</a></li>`,
            )}
          </ul>
        </nav>
        ${this.search()} ${note(this.chart, 'the metric')}
        ${
          !this.chart.data
            ? nothing
            : Object.keys(this.chart.data.labels).length
              ? this.content(this.chart.data)
              : html`<p class="note" role="status">
                  No service has reported <code>${plain(this.metric.slice(0, 200))}</code> in the last 15 minutes.
                </p>`
        }
      </div>`;
  }

  isShown(params) {
    return (
      ['metric', 'show', 'by'].every(name => (params[name] ?? '') === (this.asked.get(name) ?? '')) &&
      (params.label ?? '') === this.asked.getAll('label').join()
    );
  }

  search() {
    const now = this.chart.data;
    const filters = this.filters;
    const labels = now ? Object.entries(now.labels).filter(([name, values]) => values.length > 1 || name in filters) : [];
    return html`<form class="panel search" role="search" aria-label="Choose a metric" @submit=${event => event.preventDefault()}>
      <label class="wide"
        >Metric<input
          name="metric"
          list="known-metrics"
          autocomplete="off"
          spellcheck="false"
          .value=${this.metric}
          @focus=${event => event.target.select()}
          @change=${event => go(address('/charts', { metric: event.target.value.trim() }))}
      /></label>
      ${completions(
        'known-metrics',
        this.names.data?.map(metric => metric.name),
      )}
      ${
        now
          ? html` ${
                now.shows.length > 1
                  ? html`<label
                      >Shown as<select name="show" @change=${event => this.ask({ show: event.target.value })}>
                        ${now.shows.map(
                          show => html` <option value=${show.toLowerCase()} .selected=${show === now.show}>${SHOWS[show]}</option>`,
                        )}
                      </select></label
                    >`
                  : nothing
              }
              <label
                >A line for each<select name="by" @change=${event => this.ask({ by: event.target.value })}>
                  <option value="" .selected=${!this.asked.get('by')}>
                    ${this.asked.get('by') ? 'automatic' : `automatic (${now.by === '*' ? 'series' : now.by || 'one for all'})`}
                  </option>
                  <option value="*" .selected=${this.asked.get('by') === '*'}>series</option>
                  ${Object.keys(now.labels).map(label => html`<option value=${label} .selected=${this.asked.get('by') === label}>${plain(label.slice(0, 60))}</option>`)}
                </select></label
              >
              ${labels.map(
                ([name, values]) =>
                  html`<label
                    >${plain(name.slice(0, 60))}<select @change=${event => this.filter(name, event.target.value)}>
                      <option value="" .selected=${!(name in filters)}>any</option>
                      ${(name in filters && !values.includes(filters[name]) ? [filters[name], ...values] : values).map(value => html`<option value=${value} .selected=${filters[name] === value}>${value === '' ? '(empty)' : plain(value.slice(0, 80))}</option>`)}
                    </select></label
                  >`,
              )}`
          : nothing
      }
    </form>`;
  }

  filter(name, value) {
    this.ask({
      label: [...this.asked.getAll('label').filter(filter => !filter.startsWith(`${name}=`)), ...(value ? [`${name}=${value}`] : [])],
    });
  }

  /** Changes a part of the query and keeps the rest. */
  ask(params) {
    const { asked } = this;
    go(
      address('/charts', {
        metric: asked.get('metric'),
        show: asked.get('show'),
        by: asked.get('by'),
        label: asked.getAll('label'),
        ...params,
      }),
    );
  }

  content(chart) {
    const lines = chart.lines.map(line => ({ name: nameOf(line), points: line.points, colour: colourOf(line, chart.lines.length) }));
    const now = Date.now();
    const words = chart.help ? html`${foreign(chart.help, 300)} ` : nothing;
    return html` <section class="panel" aria-labelledby="chart-title">
        <h2 id="chart-title">
          ${plain(chart.name)} <span class="badge">${KINDS[chart.kind]}</span> <span class="soft">${SHOWS[chart.show]}</span>
        </h2>
        <p class="soft">
          ${words}${chart.left_out ? `Of ${count(chart.lines.length + chart.left_out, 'line')} the ${chart.lines.length} highest are shown.` : ''}
        </p>
        ${
          lines.length
            ? html`<line-chart
                class="large"
                .lines=${lines}
                .unit=${chart.unit}
                .exemplars=${chart.exemplars}
                .span=${[now - WINDOW, now]}
                label="${plain(chart.name)} over the last 15 minutes; the figures are in the table below"
                @open=${event => go(`/traces/${event.detail}`)}
              ></line-chart>`
            : html`<p class="note">
                ${this.asked.get('label') ? 'No series has these labels, or nothing was measured.' : 'Nothing was measured.'}
              </p>`
        }
        ${chart.exemplars.length ? html`<p class="soft">◇ An example request (exemplar): click to open its trace.</p>` : nothing}
      </section>
      <div class="two">
        ${
          lines.length
            ? html`<section class="panel" aria-labelledby="lines-title">
                <h2 id="lines-title">Values</h2>
                <div class="scroll" tabindex="0">
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">${chart.by === '*' ? 'Series' : 'Line'}</th>
                        <th scope="col" class="number">Now</th>
                        <th scope="col" class="number">Lowest</th>
                        <th scope="col" class="number">Highest</th>
                      </tr>
                    </thead>
                    <tbody>
                      ${lines.map(line => {
                        const values = line.points.map(([, value]) => value);
                        return html`<tr>
                          <th scope="row">${foreign(line.name, 200)}</th>
                          ${[values.at(-1), values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))].map(
                            value => html` <td class="number">${quantity(value, chart.unit)}</td>`,
                          )}
                        </tr>`;
                      })}
                    </tbody>
                  </table>
                </div>
              </section>`
            : nothing
        }
        ${
          chart.exemplars.length
            ? html`<section class="panel" aria-labelledby="exemplars-title">
                <h2 id="exemplars-title">Example requests</h2>
                <div class="scroll exemplars" tabindex="0">
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">When</th>
                        <th scope="col" class="number">Took</th>
                        <th scope="col">Which</th>
                      </tr>
                    </thead>
                    <tbody>
                      ${chart.exemplars.slice(0, 50).map(
                        exemplar =>
                          html`<tr>
                            <td>${time(new Date(exemplar.epoch_ms).toISOString())}</td>
                            <td class="number">${quantity(exemplar.value, chart.unit)}</td>
                            <td>
                              <a href="/traces/${exemplar.trace_id}"
                                >${foreign(exemplar.labels.service ?? 'trace', 60)} ${foreign(exemplar.labels.method ?? '', 10)}
                                ${foreign(exemplar.labels.uri ?? '', 100)} ${foreign(exemplar.labels.status ?? '', 10)}</a
                              >
                            </td>
                          </tr>`,
                      )}
                    </tbody>
                  </table>
                </div>
              </section>`
            : nothing
        }
      </div>`;
  }
}
customElements.define('metrics-view', MetricsView);

/** A service has the same colour everywhere; a quantile has its own colour if there are no other labels. Undefined: the next free colour. */
function colourOf({ labels }, lines) {
  return Object.keys(labels).join() === 'service'
    ? `--${colourClass(labels.service)}`
    : lines <= 3
      ? QUANTILE_COLOURS[labels.quantile]
      : undefined;
}
