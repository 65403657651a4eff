// What several views show of incidents, in the same words.
import { html, nothing } from './view.js';
import { ago, count, duration, foreign, named, number, percent, rate, time } from './format.js';

/** The evidence may only link to these pages. */
const PAGES = [
  [/^\/traces\/[^/?#]+/, 'Trace'],
  [/^\/traces(?=$|\?)/, 'Traces'],
  [/^\/logs(?=$|\?)/, 'Logs'],
  [/^\/charts(?=$|\?)/, 'Chart'],
  [/^\/compare\?/, 'Comparison'],
];

/** The look and the sign of the states without an incident. */
const CALM = { healthy: ['good', '✓'], unclear: ['warn', '!'], learning: ['unsure', '…'] };

/** The state of a system without an active incident, and what else is worth a line. */
export function verdict(diagnosis, more = nothing) {
  const [look, sign] = CALM[diagnosis.state] ?? CALM.learning;
  return html`<section class="verdict ${look}" aria-label="State of the system">
    <p class="headline"><span class="sign" aria-hidden="true">${sign}</span> ${foreign(diagnosis.sentence, 600)}</p>
    ${more}
  </section>`;
}

export function activeOf(diagnosis) {
  return diagnosis.incidents.filter(incident => incident.active);
}

export function addressOf(incident) {
  return `/incidents/${encodeURIComponent(incident.id)}`;
}

/** The name of the component. A suspect without one is the load. */
export function suspectName(suspect) {
  return suspect.component === null ? 'the load' : foreign(named(suspect.component), 80);
}

export function confidence(suspect) {
  return html`<span class="nowrap">confidence ${Math.round(suspect.confidence * 100)} %</span>`;
}

/** The component where it starts, then those that pass it on, up to where users see it; nothing if that is only one. */
export function chain(path) {
  return path.length > 1
    ? html`<ol class="chain" aria-label="Path from the origin to the users">
        ${path.map(component => html`<li><span>${foreign(named(component), 80)}</span></li>`)}
      </ol>`
    : nothing;
}

/** The paths to mark in the graph: the one of the first suspect of each of these incidents. */
export function pathsOf(incidents) {
  return incidents.map(({ suspects: [first] }) => first?.path ?? []).filter(path => path.length);
}

/** When it began, and how long ago or for how long. */
export function period(incident) {
  const began = new Date(incident.began);
  return incident.ended === null
    ? html`Since ${time(incident.began)} (${ago(Date.now() - began)} ago)`
    : html`From ${time(incident.began)} to ${time(incident.ended)} (${ago(new Date(incident.ended) - began)})`;
}

/** The value of a symptom. @param {string} unit share, ms, /s or '' */
export function measured(value, unit) {
  if (value === null || value === undefined) return '–';
  return unit === 'share'
    ? percent(value)
    : unit === 'ms'
      ? duration(value)
      : unit === '/s'
        ? rate(value)
        : `${number(value)} ${unit}`.trim();
}

/** 31 of 31 (100 %) */
export function part(some, all) {
  return all ? `${some.toLocaleString('en')} of ${all.toLocaleString('en')} (${percent(some / all)})` : `${some} of ${all}`;
}

/** The sentences for, or against, a suspect, each with a link to what shows it. */
export function evidence(suspect, supports) {
  const found = suspect.evidence.filter(piece => piece.supports === supports);
  return found.length
    ? html`<ul class="evidence ${supports ? 'for' : 'against'}">
        ${found.map(piece => html`<li>${foreign(piece.sentence, 600)} ${link(piece.link)}</li>`)}
      </ul>`
    : nothing;
}

function link(href) {
  const page = PAGES.find(([pattern]) => pattern.test(href ?? ''));
  return page ? html`<a href=${href}>${page[1]}</a>` : nothing;
}

/** 1 active, 3 past */
export function counts(diagnosis) {
  const active = activeOf(diagnosis).length;
  const past = diagnosis.incidents.length - active;
  return active || past
    ? html`${active ? html`<span class="bad-text">${active} active</span>, ` : nothing}${past} past`
    : count(0, 'incident');
}
