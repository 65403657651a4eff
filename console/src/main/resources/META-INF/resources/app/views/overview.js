// The state of the system: does it work, where does a failure start, what changed, which service calls which.
import { View, html, nothing, note } from '../core/view.js';
import { MediaQuery } from '../core/media-query.js';
import { Query } from '../core/query.js';
import { ago, count, foreign, named } from '../core/format.js';
import { activeOf, pathsOf } from '../core/incidents.js';
import { learn } from '../core/services.js';
import '../elements/changes-panel.js';
import '../elements/figures-tables.js';
import '../elements/load-panel.js';
import '../elements/service-graph.js';
import '../elements/verdict-panel.js';

class OverviewView extends View {
  overview = new Query(this, () => '/api/overview', ['traces', 'metrics'], 1500);
  diagnosis = new Query(this, () => '/api/incidents', ['traces', 'metrics'], 1000);
  narrow = new MediaQuery(this, '(max-width: 56rem)');
  graph = new Query(this, () => `/api/graph?direction=${this.narrow.matches ? 'down' : 'right'}`);
  #shape = '';

  willUpdate() {
    const now = this.overview.data;
    if (now) {
      learn(now.services.map(service => service.name));
      // The layout is requested again only if services or calls were added or removed.
      const shape = JSON.stringify([now.services.map(service => service.name), now.edges.map(edge => [edge.from, edge.to])]);
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
        No service has sent anything yet. Services send their traces to this console's OTLP port; the first traces arrive about a second
        after the first request.
      </p>`;
    }
    const diagnosis = this.diagnosis.data;
    // An older diagnosis without an incident proves nothing.
    const known = diagnosis && (!this.diagnosis.error || activeOf(diagnosis).length);
    return html` ${note(this.diagnosis, 'the diagnosis')} ${known ? html`<verdict-panel .diagnosis=${diagnosis}></verdict-panel>` : nothing}
      ${now.dead_letters.map(letters => this.deadLetters(letters))}
      <section class="panel" aria-labelledby="graph-title">
        <h2 id="graph-title">Which service calls which</h2>
        ${note(this.graph, 'the layout')}
        ${
          this.graph.data
            ? html`<service-graph
                .layout=${this.graph.data}
                .overview=${now}
                .paths=${diagnosis ? pathsOf(activeOf(diagnosis)) : []}
              ></service-graph>`
            : nothing
        }
      </section>
      <div class="two"><changes-panel .overview=${now}></changes-panel> <load-panel .overview=${now}></load-panel></div>
      <figures-tables .overview=${now}></figures-tables>`;
  }

  deadLetters({ topic, events, services }) {
    return html`<p class="note warn">
      ${count(events, 'event')} of the topic ${foreign(named(topic), 80)} ${events === 1 ? 'was' : 'were'} put
      aside${services.map((service, i) => html`${i ? ', ' : ' by '}${foreign(named(service), 80)}`)}. <code>./shop events</code> lists
      ${events === 1 ? 'it' : 'them'} with the reason. <code>./shop events replay</code> sends ${events === 1 ? 'it' : 'them'} back to the
      topic.
    </p>`;
  }
}
customElements.define('overview-view', OverviewView);
