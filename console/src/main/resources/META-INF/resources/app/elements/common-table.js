// What some traces have in common that others do not have.
import { View, html } from '../core/view.js';
import { count, foreign, percent } from '../core/format.js';

/** Rows about a span have these names instead of an attribute's, see Common.java. */
const SPANS = { span: 'has the span', 'no span': 'lacks the span' };

class CommonTable extends View {
  /** common: the answer of /api/traces/common; link: the address of the traces of a row */
  static properties = { common: { attribute: false }, link: { attribute: false } };

  render() {
    const { selected, others, shared } = this.common;
    if (!shared.length) {
      return html`<p class="note" role="status">
        ${others ? `Nothing separates ${count(selected, 'trace')} clearly from ${others} others of the same operations.` : 'There are no other traces of the same operations to compare with.'}
      </p>`;
    }
    const share = (some, all) => html`${some} of ${all} <span class="soft">${percent(some / all)}</span>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="What these traces have in common">
      <table>
        <caption>
          What ${count(selected, 'trace')} have in common, and ${count(others, 'other')} of the same operations do not
        </caption>
        <thead>
          <tr>
            <th scope="col">Attribute</th>
            <th scope="col">Value</th>
            <th scope="col" class="number">These</th>
            <th scope="col" class="number">Others</th>
          </tr>
        </thead>
        <tbody>
          ${shared.map(
            row =>
              html`<tr>
                <th scope="row">${SPANS[row.attribute] ?? foreign(row.attribute, 160)}</th>
                <td>
                  ${SPANS[row.attribute] || !this.link ? foreign(row.value, 300) : html`<a href=${this.link(row)}>${foreign(row.value, 300)}</a>`}
                </td>
                <td class="number">${share(row.selected, row.of_selected)}</td>
                <td class="number">${share(row.others, row.of_others)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}
customElements.define('common-table', CommonTable);
