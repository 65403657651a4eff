// The system at a glance.
import { View, html, note } from '../view.js';
import { Answer } from '../answer.js';
import { percent, rate, duration } from '../format.js';

class OverviewView extends View {
  services = new Answer(this, () => '/api/services?since=5m', ['traces']);

  render() {
    return html`
      <div class="view-head"><h1>Overview</h1></div>
      <section class="panel" aria-label="Services">
        ${note(this.services, 'the services')}
        <table><thead><tr><th>Service</th><th class="number">Rate</th><th class="number">Errors</th><th class="number">p95</th></tr></thead>
        <tbody>${this.services.data?.map(each => html`<tr><td><bdi>${each.name}</bdi></td><td class="number">${rate(each.rate)}</td>
          <td class="number">${percent(each.error_share)}</td><td class="number">${duration(each.p95_ms)}</td></tr>`)}</tbody></table>
      </section>`;
  }
}
customElements.define('overview-view', OverviewView);
