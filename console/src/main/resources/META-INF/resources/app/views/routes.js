// Routes: canaries and intercepts, and what the copies of their services do side by side.
import { LitElement } from 'lit';
import { View, html, nothing, note } from '../core/view.js';
import { Clock } from '../core/clock.js';
import { Query } from '../core/query.js';
import { ago, count, duration, foreign, percent, rate } from '../core/format.js';
import { serviceName, tracesOf } from '../core/services.js';

class RoutesView extends View {
  // No event reports a renewal, so the routes are requested again with each scrape.
  routes = new Query(this, () => '/api/routes', ['metrics'], 1000);
  clock = new Clock(this);

  render() {
    const routes = this.routes.data?.routes;
    return html` <div class="view-head">
        <h1>Routes</h1>
        ${routes ? html`<p class="soft">${count(routes.length, 'route')}</p>` : nothing}
      </div>
      <div class="stack">
        <p class="intro">
          A route sends some requests to another copy of a service: a share of the shoppers to a <em>canary</em>, or the requests with a key
          to an <em>intercept</em>. Its owner renews it every few seconds; if it is not renewed, the usual copy gets all requests.
        </p>
        ${note(this.routes, 'the routes')} ${routes ? this.content(routes) : nothing}
      </div>`;
  }

  content(routes) {
    return routes.length
      ? routes.map(route => this.route(route))
      : html`<p class="note" role="status">
          There is no route. <code>./shop intercept SERVICE --key NAME</code> and <code>./shop canary SERVICE</code> make one.
        </p>`;
  }

  route(route) {
    const title = `route-${route.id}`;
    return html`<section class="panel" aria-labelledby=${title}>
      <h2 id=${title}>${serviceName(route.service)} ${this.what(route)}</h2>
      <p class="soft">
        to <code>${foreign(route.url, 100)}</code>, by ${foreign(route.owner, 100)}, for ${ago(Date.now() - new Date(route.since))};
        ${route.acknowledged} of ${count(route.instances, 'instance')} use it
      </p>
      ${route.missing.length ? html`<p class="note warn">Not used by ${route.missing.map((one, i) => html`${i ? ', ' : ''}${foreign(one, 200)}`)}.</p>` : nothing}
      <copies-table .route=${route}></copies-table>
    </section>`;
  }

  what(route) {
    if (route.key === null) {
      return html`canary, ${route.weight} % of the shoppers`;
    }
    const key = html`<code>${foreign(route.key, 40)}</code>`;
    return route.mirror
      ? html`mirrored requests with the key ${key}`
      : html`intercept, key ${key}${route.events ? ', with events' : nothing}`;
  }
}
customElements.define('routes-view', RoutesView);

/** The figures of each version of a route's service, of the last five minutes at most. */
class CopiesTable extends LitElement {
  static properties = { route: { attribute: false } };

  // The route's start is rounded, so that the same question is asked again.
  copies = new Query(
    this,
    () => {
      const young = Date.now() - new Date(this.route.since) < 300_000;
      return `/api/services/${encodeURIComponent(this.route.service)}/copies?since=${young ? encodeURIComponent(this.route.since) : '5m'}`;
    },
    ['traces'],
    2000,
  );

  createRenderRoot() {
    return this;
  }

  render() {
    const now = this.copies.data;
    return html`${note(this.copies, 'the figures')} ${now ? this.table(now) : nothing}`;
  }

  table({ seconds, copies }) {
    const { service, version } = this.route;
    return copies.length
      ? html`<div class="scroll" tabindex="0" role="region" aria-label="The copies of ${service} side by side">
          <table>
            <caption>
              Requests of the last ${ago(seconds * 1000)}
            </caption>
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col" class="number">Requests</th>
                <th scope="col" class="number">Rate</th>
                <th scope="col" class="number">Errors</th>
                <th scope="col" class="number">Median</th>
                <th scope="col" class="number">p95</th>
              </tr>
            </thead>
            <tbody>
              ${copies.map(copy => this.row(copy, service, version))}
            </tbody>
          </table>
        </div>`
      : html`<p class="soft">No request yet.</p>`;
  }

  row(copy, service, version) {
    const link = more => tracesOf(service, { attribute: `service.version=${copy.version}`, ...more });
    return html`<tr>
      <th scope="row">
        <a href=${link({})}>${foreign(copy.version || 'no version', 80)}</a>
        ${copy.version === version ? html`<span class="badge">the route's copy</span>` : nothing}
      </th>
      <td class="number">${copy.requests.toLocaleString('en')}</td>
      <td class="number">${rate(copy.rate)}</td>
      <td class="number"><a class=${copy.error_share ? 'bad' : ''} href=${link({ error: 'true' })}>${percent(copy.error_share)}</a></td>
      <td class="number">${copy.requests ? duration(copy.p50_ms) : '–'}</td>
      <td class="number">${copy.requests ? duration(copy.p95_ms) : '–'}</td>
    </tr>`;
  }
}
customElements.define('copies-table', CopiesTable);
