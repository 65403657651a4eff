// The system at a glance: does it work, where does it fail first, what changed, who calls whom.
import { View, html, nothing, note } from '../view.js';
import { Answer } from '../answer.js';
import { ago, count, duration, foreign, named, percent, plain, rate, time } from '../format.js';
import { address } from '../router.js';
import { learn, serviceName, tracesOf } from '../services.js';
import { sparkline } from '../sparkline.js';
import '../service-graph.js';

const narrow = matchMedia('(max-width: 56rem)');

class OverviewView extends View {
  overview = new Answer(this, () => '/api/overview', ['traces', 'metrics'], 1500);
  graph = new Answer(this, () => `/api/graph?direction=${narrow.matches ? 'down' : 'right'}`);
  #shape = '';

  connectedCallback() {
    super.connectedCallback();
    narrow.addEventListener('change', this.#again);
    this.clock = setInterval(() => this.requestUpdate(), 5000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    narrow.removeEventListener('change', this.#again);
    clearInterval(this.clock);
  }

  #again = () => this.requestUpdate();

  willUpdate() {
    const now = this.overview.data;
    if (now) {
      learn(now.services.map(each => each.name));
      // The layout is asked for again only when the system has another shape.
      const shape = JSON.stringify([now.services.map(each => each.name), now.edges.map(each => [each.from, each.to])]);
      if (shape !== this.#shape) {
        this.#shape = shape;
        this.graph.refresh();
      }
    }
  }

  render() {
    const now = this.overview.data;
    return html` <div class="view-head">
        <h1>Overview</h1>
        ${
          now
            ? html`<p class="soft">
                ${count(now.services.length, 'service')}, figures of the last
                minute${now.covered_seconds < 60 ? html` (so far ${ago(now.covered_seconds * 1000)})` : nothing}
              </p>`
            : nothing
        }
      </div>
      <div class="stack">${note(this.overview, 'the overview')} ${now ? this.content(now) : nothing}</div>`;
  }

  content(now) {
    if (now.services.length === 0) {
      return html`<p class="note">
        Nothing has been heard of any service yet. Services send their traces to this console's OTLP port; the first arrive about a second
        after the first request.
      </p>`;
    }
    return html` ${this.verdict(now)}
      <section class="panel graph-panel" aria-labelledby="graph-title">
        <h2 id="graph-title">Who calls whom</h2>
        ${note(this.graph, 'the layout')}
        ${this.graph.data ? html`<service-graph .layout=${this.graph.data} .overview=${now}></service-graph>` : nothing}
      </section>
      <div class="two">${this.changes(now)} ${this.load(now)}</div>
      ${this.services(now)}`;
  }

  /** The one thing to know, first. */
  verdict(now) {
    const active = now.origins.filter(each => each.active);
    const failing = now.services.filter(each => ['FAILING', 'DOWN'].includes(each.figures.health));
    if (active.length) {
      return html`<section class="verdict bad" aria-label="State of the system" role="region">
        ${active.slice(0, 3).map(
          origin =>
            html` <div class="origin">
              <p class="headline">
                <span class="sign" aria-hidden="true">✕</span> Failures start here: <strong>${foreign(named(origin.service), 80)}</strong>${
                  origin.reason ? html`, <q>${foreign(origin.reason, 300)}</q>` : nothing
                }
              </p>
              <p class="detail">
                ${count(origin.traces, 'failed trace')} since ${time(origin.first_seen)} (${ago(Date.now() - new Date(origin.first_seen))}
                ago)${
                  origin.seen_by.length
                    ? html`; seen up the chain by ${origin.seen_by.map((each, i) => html`${i ? ', ' : ''}${foreign(named(each), 80)}`)}`
                    : nothing
                }.
                ${origin.declared ? nothing : html`No service says so itself: it is the deepest part that failed.`}
              </p>
              <p class="actions">
                <a class="button primary" href="/traces/${origin.example}">Show a failed trace</a>
                <a class="button" href=${tracesOf(origin.service, { error: 'true', since: '15m' })}
                  >All failed traces of ${foreign(named(origin.service), 80)}</a
                >
              </p>
            </div>`,
        )}
        ${active.length > 3 ? html`<p class="soft">And ${count(active.length - 3, 'other origin')}.</p>` : nothing}
      </section>`;
    }
    if (failing.length) {
      return html`<section class="verdict bad" aria-label="State of the system">
        <p class="headline">
          <span class="sign" aria-hidden="true">✕</span>
          ${failing.map((each, i) => html`${i ? ', ' : ''}<strong>${foreign(named(each.name), 80)}</strong>`)}
          ${failing.length > 1 ? 'fail' : failing[0].figures.health === 'DOWN' ? 'does not answer' : 'fails'}
        </p>
      </section>`;
    }
    const ended = now.origins.find(each => Date.now() - new Date(each.last_seen) < 300_000);
    const slow = now.services.filter(each => each.figures.health === 'SLOW');
    return html`<section class="verdict ${slow.length ? 'warn' : 'good'}" aria-label="State of the system">
      <p class="headline">
        <span class="sign" aria-hidden="true">${slow.length ? '◷' : '✓'}</span> ${
          slow.length
            ? html`Nothing fails, but ${slow.map((each, i) => html`${i ? ', ' : ''}<strong>${foreign(named(each.name), 80)}</strong>`)}
              ${slow.length > 1 ? 'are' : 'is'} slower than before`
            : now.services.some(each => each.figures.health === 'RECOVERING')
              ? 'Nothing fails any more'
              : 'Nothing fails'
        }
      </p>
      ${
        ended
          ? html`<p class="detail">
              The last failure ended ${ago(Date.now() - new Date(ended.last_seen))} ago. It started in
              ${foreign(named(ended.service), 80)}${ended.reason ? html`: <q>${foreign(ended.reason, 300)}</q>` : nothing}.
              <a href="/traces/${ended.example}">Show a trace of it</a>
            </p>`
          : nothing
      }
    </section>`;
  }

  changes(now) {
    const unsure = now.services.filter(each => !each.figures.comparable).map(each => each.name);
    return html`<section class="panel" aria-labelledby="changes-title">
      <h2 id="changes-title">
        What changed in the last
        ${now.covered_seconds >= 890 ? '15 minutes' : now.covered_seconds < 90 ? 'minute' : ago(now.covered_seconds * 1000)}
      </h2>
      ${
        now.changes.length
          ? html`<ul class="changes">
              ${this.grouped(now.changes).map(
                group =>
                  html` <li>
                    <span class="when"
                      >${time(group[0].began)}<br /><span class="soft">${ago(Date.now() - new Date(group[0].began))} ago</span></span
                    >
                    <ul>
                      ${group.map(each => html`<li>${this.change(each)}</li>`)}
                    </ul>
                  </li>`,
              )}
            </ul>`
          : html`<p>
              ${
                now.origins.some(each => each.active)
                  ? 'What fails has done so as long as this console remembers.'
                  : 'Nothing moved away from what it was before.'
              }
            </p>`
      }
      ${
        unsure.length
          ? html`<p class="soft">
              Too few requests so far to compare: ${unsure.map((each, i) => html`${i ? ', ' : ''}${foreign(named(each), 80)}`)}. It takes 20
              before and 5 after.
            </p>`
          : nothing
      }
    </section>`;
  }

  /** What began within some seconds belongs together; of it, where the failures start comes first. */
  grouped(changes) {
    const groups = [];
    for (const each of changes) {
      const last = groups.at(-1)?.at(-1);
      if (last && new Date(last.began) - new Date(each.began) < 8000) {
        groups.at(-1).push(each);
      } else {
        groups.push([each]);
      }
    }
    const origins = this.overview.data.origins.map(each => each.service);
    return groups.map(group => group.reverse().sort((one, other) => origins.includes(other.service) - origins.includes(one.service)));
  }

  change(each) {
    const who = html`<a
      href=${tracesOf(each.to ?? each.service, { error: each.measure === 'ERRORS' && each.after > each.before ? 'true' : '', since: '15m' })}
      >${each.to ? html`${foreign(named(each.service), 80)} → ${foreign(named(each.to), 80)}` : foreign(named(each.service), 80)}</a
    >`;
    const errors = each.measure === 'ERRORS';
    const write = errors ? percent : duration;
    const worse = each.after > each.before;
    const badge = worse ? (errors ? ['bad', 'failing'] : ['warn', 'slower']) : ['good', errors ? 'recovered' : 'quick again'];
    return html`<span class="badge ${badge[0]}">${badge[1]}</span> ${who}
      <span class="number nowrap">${errors ? 'errors' : 'median'} ${write(each.before)} → ${write(each.after)}</span>
      <span class="soft nowrap">(${each.requests_before.toLocaleString('en')} → ${count(each.requests_after, 'request')})</span>`;
  }

  load(now) {
    return html`<section class="panel" aria-labelledby="load-title">
      <h2 id="load-title">Load, as the load generators count it</h2>
      ${
        now.load.length
          ? html`<div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Generator</th>
                    <th scope="col" class="number">Succeed</th>
                    <th scope="col" class="number">Fail</th>
                    <th scope="col">Last 10 min</th>
                  </tr>
                </thead>
                <tbody>
                  ${now.load.map(each => {
                    const share = each.ok_rate + each.failed_rate ? each.failed_rate / (each.ok_rate + each.failed_rate) : 0;
                    return html`<tr>
                      <th scope="row">${foreign(named(each.service), 80)}</th>
                      <td class="number"><a href=${tracesOf(each.service, { error: 'false' })}>${rate(each.ok_rate)}</a></td>
                      <td class="number">
                        ${
                          each.failed_rate
                            ? html`<a class="bad" href=${tracesOf(each.service, { error: 'true' })}
                                >${rate(each.failed_rate)} (${percent(share)})</a
                              >`
                            : html`<span class="good">0/s</span>`
                        }
                      </td>
                      <td>
                        ${sparkline(
                          each.buckets.map(([ok, failed]) => [ok + failed, failed]),
                          `Requests of ${plain(named(each.service))}, failed ones marked`,
                        )}
                      </td>
                    </tr>`;
                  })}
                </tbody>
              </table>
            </div>`
          : html`<p class="soft">No load generator is scraped.</p>`
      }
    </section>`;
  }

  services(now) {
    const row = (each, name, links, link) => {
      const f = each.figures;
      return html`<tr>
        <th scope="row">${name}</th>
        <td class="number"><a href=${link({})}>${rate(f.rate)}</a></td>
        <td class="number"><a class=${f.error_share ? 'bad' : ''} href=${link({ error: 'true' })}>${percent(f.error_share)}</a></td>
        <td class="number">
          <a href=${link({ min_duration_ms: f.p50_ms ? Math.floor(f.p50_ms) : '' })}>${f.requests ? duration(f.p50_ms) : '–'}</a>
        </td>
        <td class="number">
          <a href=${link({ min_duration_ms: f.p95_ms ? Math.floor(f.p95_ms) : '' })}>${f.requests ? duration(f.p95_ms) : '–'}</a>
        </td>
        <td>${sparkline(f.buckets, 'Requests of the last ten minutes, failed ones marked')}</td>
      </tr>`;
    };
    const head = what =>
      html`<thead>
        <tr>
          <th scope="col">${what}</th>
          <th scope="col" class="number">Rate</th>
          <th scope="col" class="number">Errors</th>
          <th scope="col" class="number">Median</th>
          <th scope="col" class="number">p95</th>
          <th scope="col">Last 10 min</th>
        </tr>
      </thead>`;
    return html`<details class="panel figures">
      <summary><h2>All figures as tables</h2></summary>
      <div class="two">
        <div class="scroll">
          <table>
            ${head('Service')}
            <tbody>
              ${now.services.map(each => row(each, serviceName(each.name), nothing, more => tracesOf(each.name, more)))}
            </tbody>
          </table>
        </div>
        <div class="scroll">
          <table>
            ${head('Call')}
            <tbody>
              ${now.edges.map(each =>
                row(each, html`${foreign(named(each.from), 80)} → ${foreign(named(each.to), 80)}`, nothing, more =>
                  address('/traces', { service: each.from, since: '5m', ...more }),
                ),
              )}
            </tbody>
          </table>
        </div>
      </div>
    </details>`;
  }
}
customElements.define('overview-view', OverviewView);
