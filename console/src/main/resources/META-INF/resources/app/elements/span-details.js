// All details of one span.
import { html, nothing } from '../core/view.js';
import { count, duration, foreign, levelMark, named, messageOf, time } from '../core/format.js';
import { address } from '../core/router.js';
import { serviceName } from '../core/services.js';
import { jsonValue } from './json-value.js';
import { alteredNote } from './altered.js';

/** Keys and values, each value a link to the traces that have it. @param {object} texts the values that are no text, as text */
function table(attributes, texts, search) {
  const keys = Object.keys(attributes);
  const link = key => {
    const text = texts[key] ?? attributes[key];
    return search && text !== null && text.length < 200
      ? html`<a href=${address('/traces', { attribute: `${key}=${text}` })} title="Traces with this value">${foreign(text, 4100)}</a>`
      : jsonValue(attributes[key], texts[key]);
  };
  return keys.length
    ? html`<table class="attributes">
        <tbody>
          ${keys.sort().map(
            key =>
              html`<tr class=${/^shop\..*failure$|^error\.|^exception\./.test(key) ? 'telling' : ''}>
                <th scope="row">${foreign(key, 200)}</th>
                <td>${link(key)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`
    : html`<p class="soft">None.</p>`;
}

export function spanDetails(node, tree, { origin, copy, close }) {
  const { span } = node;
  return html`<section class="panel details" aria-label="Details of the selected span">
    <div class="details-head">
      <h2>${serviceName(span.service)} ${foreign(named(span.name), 300)}</h2>
      <button class="icon" aria-label="Close the details" @click=${close}>✕</button>
    </div>
    ${
      node.origin
        ? html`<p class="note bad">
            The failure starts here${origin.reason ? html`: <q>${foreign(origin.reason, 1000)}</q>` : nothing}.
            ${origin.declared ? 'The service reported this itself, with a shop.failure event.' : 'No service reported the cause; this is the deepest span that failed.'}
          </p>`
        : nothing
    }
    ${alteredNote(span.altered)}
    <dl class="facts">
      <div>
        <dt>Status</dt>
        <dd>
          ${span.status === 'ERROR' ? html`<span class="badge bad">failed</span>` : span.status === 'OK' ? 'ok' : 'unset'}
          ${foreign(span.status_message, 1000)}
        </dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd>${duration(span.duration_us / 1000)}, from ${duration(node.start / 1000)} on</dd>
      </div>
      <div>
        <dt>Began</dt>
        <dd>${time(span.start, { millis: true })}</dd>
      </div>
      ${
        copy
          ? html`<div>
              <dt>Copy</dt>
              <dd>${foreign(copy, 200)}</dd>
            </div>`
          : nothing
      }
      <div>
        <dt>Kind</dt>
        <dd>${span.kind.toLowerCase()}</dd>
      </div>
      <div>
        <dt>On the critical path</dt>
        <dd>${node.critical.length ? duration(node.critical.reduce((sum, [, took]) => sum + took, 0) / 1000) : 'no'}</dd>
      </div>
      <div>
        <dt>Descendants</dt>
        <dd>${count(node.below, 'span')}</dd>
      </div>
    </dl>
    ${
      node.logs.length
        ? html`<h3>Logs</h3>
            ${logLines(node.logs)}`
        : nothing
    }
    ${
      span.events.length
        ? html`<h3>Events</h3>
            ${span.events.map(
              event =>
                html`<div class="event">
                  <p>
                    <strong>${foreign(named(event.name), 200)}</strong>
                    <span class="soft">${event.time ? time(event.time, { millis: true }) : 'no time'}</span>
                  </p>
                  ${table(event.attributes, event.attribute_texts)}
                </div>`,
            )}`
        : nothing
    }
    <h3>Attributes</h3>
    ${table(span.attributes, span.attribute_texts, true)}
    ${
      span.links.length
        ? html`<h3>Links</h3>
            <ul>
              ${span.links.map(
                link =>
                  html`<li>
                    <a href=${address(`/traces/${encodeURIComponent(link.trace_id)}`, { span: link.span_id })}
                      >Trace <code>${link.trace_id}</code></a
                    >${table(link.attributes, link.attribute_texts)}
                  </li>`,
              )}
            </ul>`
        : nothing
    }
    <details>
      <summary><h3>Resource</h3></summary>
      ${span.resource_values_left_out ? html`<p class="note warn">${count(span.resource_values_left_out, 'attribute')} left out: too large or not readable.</p>` : nothing}
      ${table(span.resource, span.resource_texts, true)}
      <p class="soft">Instrumentation: ${foreign(span.scope || 'unnamed', 200)}, span <code>${span.span_id}</code></p>
    </details>
  </section>`;
}

export function logLines(logs) {
  return html`<ol class="log-lines">
    ${logs.map(
      log =>
        html`<li class=${levelMark(log.level)}>
          <span class="badge ${levelMark(log.level)}">${log.level}</span>
          <span class="soft">${time(log.time, { millis: true })}</span>
          ${messageOf(log, 20_000)}
        </li>`,
    )}
  </ol>`;
}
