// How a service looks wherever it is named: its colour, its health in words, links to its traces.
import { html } from './view.js';
import { foreign, named } from './format.js';
import { address } from './router.js';
import { get } from './api.js';

const known = [];

/** The class that gives a service its colour. New names get the next one, so that no service changes its colour while the page is open. */
export function colourClass(service) {
  let index = known.indexOf(service);
  if (index < 0) {
    index = known.push(service) - 1;
  }
  return `service-${index % 10}`;
}

/** Assigns colours in the order of the names, before any is shown. */
export function learn(services) {
  [...services].sort().forEach(colourClass);
}

/** Resolves when the current services have their colours, the same in every view, or after 1.5 s without an answer. */
export const coloured = Promise.race([
  get('/api/services')
    .then(services => learn(services.map(service => service.name)))
    .catch(() => {}),
  new Promise(enough => {
    setTimeout(enough, 1500);
  }),
]);

export function serviceName(service) {
  return html`<span class="service"><i class="swatch ${colourClass(service)}"></i>${foreign(named(service), 80)}</span>`;
}

export const HEALTH = {
  DOWN: { words: 'down', mark: 'bad', sign: '✕' },
  FAILING: { words: 'failing', mark: 'bad', sign: '✕' },
  RECOVERING: { words: 'recovering', mark: 'warn', sign: '↗' },
  SLOW: { words: 'slow', mark: 'warn', sign: '◷' },
  OK: { words: 'healthy', mark: 'good', sign: '✓' },
  QUIET: { words: 'no requests', mark: '', sign: '–' },
};

export function tracesOf(service, more = {}) {
  return address('/traces', { service, since: '5m', ...more });
}
