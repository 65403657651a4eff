// Incidents: what fails now, and what has failed.
import { View, html, nothing, note } from '../core/view.js';
import { Clock } from '../core/clock.js';
import { Query } from '../core/query.js';
import { foreign } from '../core/format.js';
import { activeOf, addressOf, chain, confidence, counts, period, suspectName, verdict } from '../core/incidents.js';

class IncidentsView extends View {
  diagnosis = new Query(this, () => '/api/incidents', ['traces', 'metrics'], 1000);
  clock = new Clock(this);

  render() {
    const now = this.diagnosis.data;
    return html` <div class="view-head">
        <h1>Incidents</h1>
        ${now ? html`<p class="soft">${counts(now)}</p>` : nothing}
      </div>
      <div class="stack">${note(this.diagnosis, 'the incidents')} ${now ? this.content(now) : nothing}</div>`;
  }

  content(now) {
    const active = activeOf(now);
    const past = now.incidents.filter(incident => !incident.active);
    return html`${
        active.length
          ? html`<section class="panel" aria-labelledby="active-title">
              <h2 id="active-title">What fails now</h2>
              ${this.list(active)}
            </section>`
          : verdict(now)
      }
      <section class="panel" aria-labelledby="past-title">
        <h2 id="past-title">What has failed</h2>
        ${past.length ? this.list(past) : html`<p class="soft">No incident has ended since the console was started.</p>`}
      </section>`;
  }

  list(incidents) {
    return html`<ul class="incidents">
      ${incidents.map(
        incident =>
          html`<li>
            <p><a href=${addressOf(incident)}>${foreign(incident.sentence, 600)}</a></p>
            <p class="soft">${period(incident)}${this.suspect(incident)}</p>
            ${incident.suspects.length ? chain(incident.suspects[0].path) : nothing}
          </li>`,
      )}
    </ul>`;
  }

  suspect({ suspects: [first] }) {
    return first ? html`. First suspect: ${suspectName(first)}, ${confidence(first)}` : nothing;
  }
}
customElements.define('incidents-view', IncidentsView);
