// Does the system work, and if not, since when, and where does it start?
import { View, html, nothing } from '../core/view.js';
import { Clock } from '../core/clock.js';
import { ago, count, foreign } from '../core/format.js';
import { activeOf, addressOf, chain, period, verdict } from '../core/incidents.js';

const SHOWN = 3;
/** How long the last incident is mentioned after its end. */
const RECENT = 5 * 60_000;

/** `<verdict-panel .diagnosis=${...}>`: the answer of /api/incidents. */
class VerdictPanel extends View {
  static properties = { diagnosis: { attribute: false } };

  clock = new Clock(this);

  render() {
    const active = activeOf(this.diagnosis);
    if (active.length) {
      return html`<section class="verdict bad" aria-label="State of the system">
        ${active.slice(0, SHOWN).map(incident => this.incident(incident))}
        ${active.length > SHOWN ? html`<p class="detail"><a href="/incidents">And ${count(active.length - SHOWN, 'other incident')}</a></p>` : nothing}
      </section>`;
    }
    return verdict(this.diagnosis, this.last());
  }

  incident(incident) {
    const [first] = incident.suspects;
    const users = incident.symptoms.slice(0, 2).map(symptom => symptom.sentence.replace(/\.$/, ''));
    return html`<div class="incident">
      <p class="headline"><span class="sign" aria-hidden="true">✕</span> ${foreign(incident.sentence, 600)}</p>
      <p class="detail">${period(incident)}. ${users.length ? html`${foreign(users.join('; '), 600)}.` : nothing}</p>
      ${first ? chain(first.path) : nothing}
      <p class="actions">
        <a class="button primary" href=${addressOf(incident)}>Show the evidence</a>
        ${incident.traces.length ? html`<a class="button" href="/traces/${encodeURIComponent(incident.traces[0])}">Show an example trace</a>` : nothing}
      </p>
    </div>`;
  }

  last() {
    const ended = this.diagnosis.incidents.find(incident => Date.now() - new Date(incident.ended) < RECENT);
    return ended
      ? html`<p class="detail">
          The last incident ended ${ago(Date.now() - new Date(ended.ended))} ago:
          <a href=${addressOf(ended)}>${foreign(ended.sentence, 600)}</a>
        </p>`
      : nothing;
  }
}
customElements.define('verdict-panel', VerdictPanel);
