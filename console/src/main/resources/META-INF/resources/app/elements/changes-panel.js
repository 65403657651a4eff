// Which services and calls have become slower, faster, failing or healthy, and when.
import { View, html, nothing } from '../core/view.js';
import { Clock } from '../core/clock.js';
import { ago, count, duration, foreign, named, percent, time } from '../core/format.js';
import { tracesOf } from '../core/services.js';

class ChangesPanel extends View {
  static properties = { overview: { attribute: false } };

  clock = new Clock(this);

  render() {
    const now = this.overview;
    const unsure = now.services.filter(service => !service.figures.comparable).map(service => service.name);
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
                      ${group.map(change => html`<li>${this.change(change)}</li>`)}
                    </ul>
                  </li>`,
              )}
            </ul>`
          : html`<p>
              ${
                now.origins.some(origin => origin.active)
                  ? 'What fails now has failed since before the oldest data of this console.'
                  : 'Error rates and durations are as they were before.'
              }
            </p>`
      }
      ${
        unsure.length
          ? html`<p class="soft">
              Too few requests so far to compare: ${unsure.map((name, i) => html`${i ? ', ' : ''}${foreign(named(name), 80)}`)}. A
              comparison needs 20 requests before a change and 5 after it.
            </p>`
          : nothing
      }
    </section>`;
  }

  /** Groups changes that began within eight seconds; in a group, the origin of failures comes first. */
  grouped(changes) {
    const groups = [];
    for (const change of changes) {
      const last = groups.at(-1)?.at(-1);
      if (last && new Date(last.began) - new Date(change.began) < 8000) {
        groups.at(-1).push(change);
      } else {
        groups.push([change]);
      }
    }
    const origins = this.overview.origins.map(origin => origin.service);
    return groups.map(group => group.reverse().sort((one, other) => origins.includes(other.service) - origins.includes(one.service)));
  }

  change(change) {
    const who = html`<a
      href=${tracesOf(change.to ?? change.service, { error: change.measure === 'ERRORS' && change.after > change.before ? 'true' : '', since: '15m' })}
      >${change.to ? html`${foreign(named(change.service), 80)} → ${foreign(named(change.to), 80)}` : foreign(named(change.service), 80)}</a
    >`;
    const errors = change.measure === 'ERRORS';
    const write = errors ? percent : duration;
    const worse = change.after > change.before;
    const badge = worse ? (errors ? ['bad', 'failing'] : ['warn', 'slower']) : ['good', errors ? 'recovered' : 'back to normal'];
    return html`<span class="badge ${badge[0]}">${badge[1]}</span> ${who}
      <span class="number nowrap">${errors ? 'errors' : 'median'} ${write(change.before)} → ${write(change.after)}</span>
      <span class="soft nowrap">(${change.requests_before.toLocaleString('en')} → ${count(change.requests_after, 'request')})</span>`;
  }
}
customElements.define('changes-panel', ChangesPanel);
