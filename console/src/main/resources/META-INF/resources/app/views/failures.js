// Failures: the faults that can be switched on, by the failure that they cause.
import { View, html, nothing, note } from '../core/view.js';
import { Query } from '../core/query.js';
import { change } from '../core/router.js';
import { count } from '../core/format.js';
import { textField } from '../elements/search-fields.js';
import '../elements/failure-card.js';
import '../elements/incident-game.js';

const TOPICS = {
  errors: 'Errors',
  latency: 'Slow responses',
  data: 'Wrong data',
  messaging: 'Events',
  resources: 'Resources',
  releases: 'Releases',
  external: 'From outside',
};

class FailuresView extends View {
  // The switches can also be used on the services' own pages, which send no event, so the state is requested again with each scrape.
  failures = new Query(this, () => '/api/failures', ['failures', 'metrics'], 500);

  render() {
    const all = this.failures.data;
    const broken = all?.filter(failure => failure.active).length;
    const none = all?.every(failure => failure.active === null) ? 'state not known' : 'none broken';
    return html` <div class="view-head">
        <h1>Failures</h1>
        ${all ? html`<p class="soft">${broken ? html`<span class="bad-text">${broken} of ${all.length} broken</span>` : `${count(all.length, 'failure')}, ${none}`}</p>` : nothing}
      </div>
      <div class="stack">
        <p class="intro">
          Break something, then find out where it starts and why. Use what the services report: the <a href="/">overview</a>, the
          <a href="/traces?error=true">failed traces</a>, the <a href="/logs?level=WARN">logs</a>. Then heal it and watch it recover.
        </p>
        <incident-game @changed=${() => this.failures.refresh()}></incident-game>
        ${this.search()} ${note(this.failures, 'the failures')} ${all ? this.groups(all) : nothing}
      </div>`;
  }

  /** The failures whose name or texts have all the words that were typed, in groups. */
  groups(all) {
    const words = (this.params.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter(failure => {
      const text = [failure.id, failure.topic, failure.title, failure.simulates, failure.symptom.text].join(' ').toLowerCase();
      return words.every(word => text.includes(word));
    });
    return found.length
      ? [...Map.groupBy(found, failure => failure.topic)].map(
          ([topic, failures]) =>
            html`<section class="stack" aria-labelledby="topic-${topic}">
              <h2 class="topic" id="topic-${topic}">${TOPICS[topic] ?? topic}</h2>
              ${failures.map(failure => this.card(failure, all))}
            </section>`,
        )
      : html`<p class="note" role="status">No failure has these words.</p>`;
  }

  search() {
    return html`<form class="panel search" role="search" aria-label="Search failures" @submit=${event => event.preventDefault()}>
      ${textField('q', 'Search', { type: 'search', live: true, wide: true, hint: 'slow, payment, order …' })}
    </form>`;
  }

  card(failure, all) {
    const chosen = this.params.get('failure') ?? (all.length === 1 ? all[0].id : '');
    const open = chosen === failure.id;
    const hints = open ? Math.max(0, Number.parseInt(this.params.get('hints') ?? '0', 10) || 0) : 0;
    const move = params => change({ failure: failure.id, ...params }, { replace: true });
    return html`<failure-card
      .failure=${failure}
      .open=${open}
      .hints=${hints}
      .answered=${open && this.params.get('answer') === 'true'}
      @fold=${() => change({ failure: open ? 'none' : failure.id, hints: '', answer: '' }, { replace: true })}
      @hint=${() => move({ hints: hints + 1 })}
      @answer=${() => move({ answer: 'true' })}
      @changed=${() => this.failures.refresh()}
    ></failure-card>`;
  }
}
customElements.define('failures-view', FailuresView);
