// Shows a JSON value; objects and lists can be expanded.
import { html } from '../core/view.js';
import { count, foreign } from '../core/format.js';

const MOST = 200;

/** A number with its original digits, if JavaScript would write it differently: 3.0, 9007199254740993. */
class Digits {
  constructor(source) {
    this.source = source;
  }
}

/** Parses JSON and keeps the original digits of its numbers, if the browser supports that. @throws {SyntaxError} */
export function exactly(text) {
  return JSON.parse(text, (_, value, context) =>
    typeof value === 'number' && context?.source && context.source !== String(value) ? new Digits(context.source) : value,
  );
}

/** @param value any JSON value @param {string} [text] the exact text of the value, if JavaScript cannot represent it */
export function jsonValue(value, text) {
  if (value === null) {
    return html`<span class="json-null">empty</span>`;
  }
  if (text !== undefined && typeof value !== 'string') {
    return typeof value === 'object' ? jsonValue(exactly(text)) : html`<span class="json-${typeof value}">${foreign(text, 4100)}</span>`;
  }
  if (value instanceof Digits) {
    return html`<span class="json-number">${value.source}</span>`;
  }
  if (typeof value !== 'object') {
    return html`<span class="json-${typeof value}">${foreign(value, 20_000)}</span>`;
  }
  const entries = Object.entries(value);
  const words = Array.isArray(value) ? count(entries.length, 'element') : count(entries.length, 'member');
  return html`<details class="json">
    <summary>${Array.isArray(value) ? `[ ${words} ]` : `{ ${words} }`}</summary>
    <dl>
      ${entries.slice(0, MOST).map(
        ([key, member]) =>
          html` <div>
            <dt>${foreign(key, 200)}</dt>
            <dd>${jsonValue(member)}</dd>
          </div>`,
      )}
    </dl>
    ${entries.length > MOST ? html`<p class="soft">And ${entries.length - MOST} more.</p>` : ''}
  </details>`;
}
