// A value of JSON, of which objects and lists can be unfolded.
import { html } from './view.js';
import { count, foreign } from './format.js';

const MOST = 200;

/** @param value anything that JSON can say */
export function jsonValue(value) {
  if (value === null || typeof value !== 'object') {
    return html`<span class="json-${value === null ? 'null' : typeof value}"
      >${foreign(typeof value === 'string' ? value : JSON.stringify(value), 4100)}</span
    >`;
  }
  const entries = Object.entries(value);
  const words = Array.isArray(value) ? count(entries.length, 'element') : count(entries.length, 'member');
  return html`<details class="json">
    <summary>${Array.isArray(value) ? `[ ${words} ]` : `{ ${words} }`}</summary>
    <dl>
      ${entries.slice(0, MOST).map(
        ([key, each]) =>
          html` <div>
            <dt>${foreign(key, 200)}</dt>
            <dd>${jsonValue(each)}</dd>
          </div>`,
      )}
    </dl>
    ${entries.length > MOST ? html`<p class="soft">And ${entries.length - MOST} more.</p>` : ''}
  </details>`;
}
