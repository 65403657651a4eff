// One incident: what users see, where it starts and why, what else was suspected, and what to check next.
import { View, html, nothing, note } from '../core/view.js';
import { Clock } from '../core/clock.js';
import { MediaQuery } from '../core/media-query.js';
import { Query } from '../core/query.js';
import { foreign, named, time } from '../core/format.js';
import { chain, confidence, evidence, measured, part, pathsOf, period, suspectName } from '../core/incidents.js';
import { address } from '../core/router.js';
import { learn } from '../core/services.js';
import '../elements/service-graph.js';

class IncidentView extends View {
  incident = new Query(this, () => `/api/incidents/${encodeURIComponent(this.incidentId)}`, ['traces', 'metrics'], 1000);
  // The figures in the graph are those of now. An incident that has ended is drawn without them.
  overview = new Query(this, () => this.incident.data?.active && '/api/overview', ['traces', 'metrics'], 1500);
  narrow = new MediaQuery(this, '(max-width: 56rem)');
  graph = new Query(this, () => this.incident.data && `/api/graph?direction=${this.narrow.matches ? 'down' : 'right'}`);
  clock = new Clock(this);

  get incidentId() {
    const part = this.path.split('/')[2] ?? '';
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  willUpdate() {
    learn((this.overview.data?.services ?? []).map(service => service.name));
  }

  render() {
    const incident = this.incident.data;
    return html` <nav class="crumbs" aria-label="Where this is">
        <a href="/incidents">Incidents</a> <span aria-hidden="true">›</span> ${foreign(this.incidentId, 40)}
      </nav>
      <div class="view-head"><h1>Incident ${foreign(this.incidentId, 40)}</h1></div>
      <div class="stack">
        ${note(this.incident, 'the incident')}
        ${
          this.incident.error?.status === 404
            ? html`<p>The console keeps the newest incidents only, and none after a restart. <a href="/incidents">To the incidents</a></p>`
            : nothing
        }
        ${incident ? this.content(incident) : nothing}
      </div>`;
  }

  content(incident) {
    const [first, ...others] = incident.suspects;
    return html`<section class="verdict ${incident.active ? 'bad' : 'unsure'}" aria-label="What happens">
        <p class="headline">
          <span class="sign" aria-hidden="true">${incident.active ? '✕' : '✓'}</span> ${foreign(incident.sentence, 600)}
        </p>
        <p class="detail">${period(incident)}. ${incident.active ? 'It continues.' : 'It has ended.'}</p>
      </section>
      ${this.symptoms(incident)}
      ${first ? this.first(first, incident) : html`<p class="note">No suspect yet: the figures of all components are as they were before.</p>`}
      <div class="two">${this.next(incident)} ${this.common(incident)}</div>
      <div class="two">${this.others(others)} ${this.changes(incident)}</div>`;
  }

  symptoms(incident) {
    return html`<section class="panel" aria-labelledby="symptoms-title">
      <h2 id="symptoms-title">What users ${incident.active ? 'see' : 'saw'}</h2>
      <div class="scroll">
        <table class="symptoms">
          <thead>
            <tr>
              <th scope="col">Symptom</th>
              <th scope="col">Where</th>
              <th scope="col" class="number">Before</th>
              <th scope="col" class="number">${incident.active ? 'Now' : 'During it'}</th>
              <th scope="col" class="number">Requests</th>
              <th scope="col">Since</th>
            </tr>
          </thead>
          <tbody>
            ${incident.symptoms.map(
              symptom =>
                html`<tr>
                  <th scope="row">${foreign(symptom.sentence, 400)}</th>
                  <td>
                    <a href=${this.tracesOf(incident, symptom)}
                      >${foreign(named(symptom.component), 80)}${symptom.operation === null ? nothing : html` ${foreign(symptom.operation, 160)}`}</a
                    >
                  </td>
                  <td class="number">${measured(symptom.before, symptom.unit)}</td>
                  <td class="number bad-text">${measured(symptom.now, symptom.unit)}</td>
                  <td class="number">${symptom.requests ? symptom.requests.toLocaleString('en') : '–'}</td>
                  <td>${time(symptom.began)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  tracesOf(incident, { component, operation, measure }) {
    return address('/traces', {
      service: component,
      operation: operation ?? '',
      error: measure === 'errors' ? 'true' : '',
      since: incident.began,
      until: incident.ended ?? '',
    });
  }

  first(suspect, incident) {
    return html`<section class="panel" aria-labelledby="first-title">
      <h2 id="first-title">Where it most likely starts: ${suspectName(suspect)}</h2>
      <p class="reason">${foreign(suspect.sentence, 600)} <span class="soft">(${confidence(suspect)})</span></p>
      ${chain(suspect.path)}
      <div class="two">${this.pieces(suspect, true, 'Evidence for it')} ${this.pieces(suspect, false, 'Evidence against it')}</div>
      ${this.drawn(suspect, incident)}
    </section>`;
  }

  drawn(suspect, incident) {
    const overview = incident.active ? this.overview.data : null;
    return suspect.path.length && this.graph.data && (overview || !incident.active)
      ? html`<service-graph .layout=${this.graph.data} .overview=${overview} .paths=${pathsOf([incident])}></service-graph>`
      : nothing;
  }

  pieces(suspect, supports, title) {
    const found = evidence(suspect, supports);
    return found === nothing
      ? nothing
      : html`<div>
          <h3>${title}</h3>
          ${found}
        </div>`;
  }

  others(suspects) {
    return html`<section class="panel" aria-labelledby="others-title">
      <h2 id="others-title">Other suspects, and why they rank lower</h2>
      ${
        suspects.length
          ? html`<ol class="suspects" start="2">
              ${suspects.map(
                suspect =>
                  html`<li>
                    <p><strong>${suspectName(suspect)}</strong>, ${confidence(suspect)}. ${foreign(suspect.sentence, 600)}</p>
                    ${evidence(suspect, false)} ${evidence(suspect, true)}
                  </li>`,
              )}
            </ol>`
          : html`<p class="soft">There is no other.</p>`
      }
    </section>`;
  }

  common(incident) {
    return html`<section class="panel" aria-labelledby="common-title">
      <h2 id="common-title">What the failing requests have in common</h2>
      ${
        incident.common.length
          ? html`<div class="scroll">
              <table class="common">
                <thead>
                  <tr>
                    <th scope="col">Attribute</th>
                    <th scope="col">Value</th>
                    <th scope="col" class="number">Failing requests</th>
                    <th scope="col" class="number">Good requests</th>
                  </tr>
                </thead>
                <tbody>
                  ${incident.common.map(
                    row =>
                      html`<tr>
                        <th scope="row"><code>${foreign(row.attribute, 120)}</code></th>
                        <td>
                          <a
                            href=${address('/traces', { attribute: `${row.attribute}=${row.value}`, since: incident.began, until: incident.ended ?? '' })}
                            ><code>${foreign(row.value, 200)}</code></a
                          >
                        </td>
                        <td class="number">${part(row.failing, row.of_failing)}</td>
                        <td class="number">${part(row.good, row.of_good)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
          : html`<p class="soft">Nothing that distinguishes them from the good ones.</p>`
      }
    </section>`;
  }

  changes(incident) {
    return html`<section class="panel" aria-labelledby="changes-title">
      <h2 id="changes-title">What else changed</h2>
      ${
        incident.changes.length
          ? html`<ul class="changes">
              ${incident.changes.map(
                change =>
                  html`<li>
                    <span class="when">${time(change.at)}</span>
                    <div>
                      ${foreign(change.sentence, 400)}
                      <p>
                        <span class="badge ${change.cause ? 'bad' : ''}">${change.cause ? 'likely the cause' : 'not the cause'}</span>
                        <span class="soft">${foreign(change.reason ?? '', 400)}</span>
                      </p>
                    </div>
                  </li>`,
              )}
            </ul>`
          : html`<p class="soft">No service was started or changed around that time.</p>`
      }
    </section>`;
  }

  next(incident) {
    return html`<section class="panel" aria-labelledby="next-title">
      <h2 id="next-title">What to check next</h2>
      <ol class="next">
        ${incident.next.map(step => html`<li>${foreign(step, 600)}</li>`)}
      </ol>
      ${
        incident.traces.length
          ? html`<h3>Example traces, the newest first</h3>
              <ul class="examples">
                ${incident.traces.map(
                  id =>
                    html`<li>
                      <a href="/traces/${encodeURIComponent(id)}"><code>${foreign(id, 64)}</code></a>
                    </li>`,
                )}
              </ul>`
          : nothing
      }
    </section>`;
  }
}
customElements.define('incident-view', IncidentView);
