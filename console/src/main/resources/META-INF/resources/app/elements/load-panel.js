// How many requests succeed and fail, as the load generators count them.
import { View, html } from '../core/view.js';
import { foreign, named, percent, plain, rate } from '../core/format.js';
import { tracesOf } from '../core/services.js';
import { sparkline } from './sparkline.js';

class LoadPanel extends View {
  static properties = { overview: { attribute: false } };

  render() {
    const now = this.overview;
    return html`<section class="panel" aria-labelledby="load-title">
      <h2 id="load-title">Load, as the load generators count it</h2>
      ${
        now.load.length
          ? html`<div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Generator</th>
                    <th scope="col" class="number">Succeed</th>
                    <th scope="col" class="number">Fail</th>
                    <th scope="col">Last 10 min</th>
                  </tr>
                </thead>
                <tbody>
                  ${now.load.map(generator => {
                    const share =
                      generator.ok_rate + generator.failed_rate ? generator.failed_rate / (generator.ok_rate + generator.failed_rate) : 0;
                    return html`<tr>
                      <th scope="row">${foreign(named(generator.service), 80)}</th>
                      <td class="number"><a href=${tracesOf(generator.service, { error: 'false' })}>${rate(generator.ok_rate)}</a></td>
                      <td class="number">
                        ${
                          generator.failed_rate
                            ? html`<a class="bad" href=${tracesOf(generator.service, { error: 'true' })}
                                >${rate(generator.failed_rate)} (${percent(share)})</a
                              >`
                            : html`<span class="good">0/s</span>`
                        }
                      </td>
                      <td>
                        ${sparkline(
                          generator.buckets.map(([ok, failed]) => [ok + failed, failed]),
                          `Requests of ${plain(named(generator.service))}, failed ones marked`,
                        )}
                      </td>
                    </tr>`;
                  })}
                </tbody>
              </table>
            </div>`
          : html`<p class="soft">No load generator is scraped.</p>`
      }
    </section>`;
  }
}
customElements.define('load-panel', LoadPanel);
