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

/**
 * Returns how to tell the copies of each service apart: a function that names the copy of a span, or null if there is one copy only.
 *
 * @param spans of a trace
 * @param services the answer of /api/services, with the versions that each service has had; null if there is none yet
 */
export function copiesOf(spans, services) {
  const versions = new Map((services ?? []).map(service => [service.name, new Set(service.versions)]));
  const instances = new Map();
  for (const { service, resource } of spans) {
    versions.set(service, (versions.get(service) ?? new Set()).add(resource['service.version'] ?? ''));
    instances.set(service, (instances.get(service) ?? new Set()).add(resource['service.instance.id'] ?? ''));
  }
  return ({ service, resource }) =>
    versions.get(service)?.size > 1
      ? String(resource['service.version'] ?? 'no version')
      : instances.get(service)?.size > 1
        ? String(resource['service.instance.id'] ?? 'no instance').slice(0, 8)
        : null;
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
