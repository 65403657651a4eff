// The figures of every service and every call.
import { View, html, nothing } from '../core/view.js';
import { duration, foreign, named, percent, rate } from '../core/format.js';
import { address } from '../core/router.js';
import { serviceName, tracesOf } from '../core/services.js';
import { sparkline } from './sparkline.js';

class FiguresTables extends View {
  static properties = { overview: { attribute: false } };

  render() {
    const now = this.overview;
    const row = (entry, name, links, link) => {
      const f = entry.figures;
      return html`<tr>
        <th scope="row">${name}</th>
        <td class="number"><a href=${link({})}>${rate(f.rate)}</a></td>
        <td class="number"><a class=${f.error_share ? 'bad' : ''} href=${link({ error: 'true' })}>${percent(f.error_share)}</a></td>
        <td class="number">
          <a href=${link({ min_duration_ms: f.p50_ms ? Math.floor(f.p50_ms) : '' })}>${f.requests ? duration(f.p50_ms) : '–'}</a>
        </td>
        <td class="number">
          <a href=${link({ min_duration_ms: f.p95_ms ? Math.floor(f.p95_ms) : '' })}>${f.requests ? duration(f.p95_ms) : '–'}</a>
        </td>
        <td>${sparkline(f.buckets, 'Requests of the last ten minutes, failed ones marked')}</td>
      </tr>`;
    };
    const head = what =>
      html`<thead>
        <tr>
          <th scope="col">${what}</th>
          <th scope="col" class="number">Rate</th>
          <th scope="col" class="number">Errors</th>
          <th scope="col" class="number">Median</th>
          <th scope="col" class="number">p95</th>
          <th scope="col">Last 10 min</th>
        </tr>
      </thead>`;
    return html`<details class="panel figures">
      <summary><h2>All figures in tables</h2></summary>
      <div class="two">
        <div class="scroll">
          <table>
            ${head('Service')}
            <tbody>
              ${now.services.map(service => row(service, serviceName(service.name), nothing, more => tracesOf(service.name, more)))}
            </tbody>
          </table>
        </div>
        <div class="scroll">
          <table>
            ${head('Call')}
            <tbody>
              ${now.edges.map(edge =>
                row(edge, html`${foreign(named(edge.from), 80)} → ${foreign(named(edge.to), 80)}`, nothing, more =>
                  address('/traces', { service: edge.from, since: '5m', ...more }),
                ),
              )}
            </tbody>
          </table>
        </div>
      </div>
    </details>`;
  }
}
customElements.define('figures-tables', FiguresTables);
