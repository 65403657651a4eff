// Does the system work, and if not, since when, and where does it start?
import { View, html, nothing } from '../core/view.js';
import { Clock } from '../core/clock.js';
import { ago, count, foreign, named } from '../core/format.js';
import { activeOf, addressOf, chain, period } from '../core/incidents.js';

const SHOWN = 3;
/** How long the last incident is mentioned after its end. */
const RECENT = 5 * 60_000;

/** `<verdict-panel .overview=${...} .diagnosis=${...}>`: the answers of /api/overview and /api/incidents. */
class VerdictPanel extends View {
  static properties = { overview: { attribute: false }, diagnosis: { attribute: false } };

  clock = new Clock(this);

  render() {
    const active = activeOf(this.diagnosis);
    if (active.length) {
      return html`<section class="verdict bad" aria-label="State of the system">
        ${active.slice(0, SHOWN).map(incident => this.incident(incident))}
        ${active.length > SHOWN ? html`<p class="detail"><a href="/incidents">And ${count(active.length - SHOWN, 'other incident')}</a></p>` : nothing}
      </section>`;
    }
    const down = this.named('DOWN');
    const failing = this.named('FAILING');
    if (down.length || failing.length) {
      return html`<section class="verdict warn" aria-label="State of the system">
        <p class="headline">
          <span class="sign" aria-hidden="true">!</span>
          ${down.length ? html`${this.list(down)} ${down.length > 1 ? 'do' : 'does'} not answer` : nothing}${down.length && failing.length ? '; ' : nothing}
          ${failing.length ? html`${this.list(failing)} ${failing.length > 1 ? 'fail' : 'fails'}` : nothing}
        </p>
        <p class="detail">
          ${
            this.diagnosis.state === 'learning'
              ? foreign(this.diagnosis.sentence, 600)
              : 'This is no incident so far. Either it has just begun, or it was the same before.'
          }
        </p>
      </section>`;
    }
    const healthy = this.diagnosis.state === 'healthy';
    return html`<section class="verdict ${healthy ? 'good' : 'unsure'}" aria-label="State of the system">
      <p class="headline"><span class="sign" aria-hidden="true">${healthy ? '✓' : '…'}</span> ${foreign(this.diagnosis.sentence, 600)}</p>
      ${this.last()}
    </section>`;
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

  named(health) {
    return this.overview.services.filter(service => service.figures.health === health).map(service => service.name);
  }

  list(names) {
    return names.map((name, i) => html`${i ? ', ' : ''}<strong>${foreign(named(name), 80)}</strong>`);
  }
}
customElements.define('verdict-panel', VerdictPanel);
