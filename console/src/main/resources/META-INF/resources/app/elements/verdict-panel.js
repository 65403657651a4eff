// Does the system work, and if not, where does it fail first?
import { View, html, nothing } from '../core/view.js';
import { Clock } from '../core/clock.js';
import { ago, count, foreign, named, time } from '../core/format.js';
import { tracesOf } from '../core/services.js';

class VerdictPanel extends View {
  static properties = { overview: { attribute: false } };

  clock = new Clock(this);

  render() {
    const now = this.overview;
    const active = now.origins.filter(origin => origin.active);
    const failing = now.services.filter(service => ['FAILING', 'DOWN'].includes(service.figures.health));
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
                    ? html`; seen up the chain by ${origin.seen_by.map((caller, i) => html`${i ? ', ' : ''}${foreign(named(caller), 80)}`)}`
                    : nothing
                }.
                ${origin.declared ? nothing : html`No service reported the cause; this is the deepest part that failed.`}
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
          ${failing.map((service, i) => html`${i ? ', ' : ''}<strong>${foreign(named(service.name), 80)}</strong>`)}
          ${failing.length > 1 ? 'fail' : failing[0].figures.health === 'DOWN' ? 'does not answer' : 'fails'}
        </p>
      </section>`;
    }
    const ended = now.origins.find(origin => Date.now() - new Date(origin.last_seen) < 300_000);
    const slow = now.services.filter(service => service.figures.health === 'SLOW');
    return html`<section class="verdict ${slow.length ? 'warn' : 'good'}" aria-label="State of the system">
      <p class="headline">
        <span class="sign" aria-hidden="true">${slow.length ? '◷' : '✓'}</span> ${
          slow.length
            ? html`Nothing fails, but
              ${slow.map((service, i) => html`${i ? ', ' : ''}<strong>${foreign(named(service.name), 80)}</strong>`)}
              ${slow.length > 1 ? 'are' : 'is'} slower than before`
            : now.services.some(service => service.figures.health === 'RECOVERING')
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
}
customElements.define('verdict-panel', VerdictPanel);
