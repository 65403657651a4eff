// The graph of services and calls. The server computes the layout; colours and widths follow from the figures.
import { LitElement, html, svg, nothing } from 'lit';
import { duration, named, percent, plain, rate } from '../core/format.js';
import { sparkbars } from './sparkline.js';
import { HEALTH, tracesOf } from '../core/services.js';

/** The server's prefix for the name of a topic. */
const TOPIC = 'topic ';
const QUIET = { requests: 0, rate: 0, error_share: 0, p95_ms: 0, health: 'QUIET', buckets: [] };

class ServiceGraph extends LitElement {
  static properties = { layout: { attribute: false }, overview: { attribute: false } };

  createRenderRoot() {
    return this;
  }

  render() {
    const { width, height } = this.layout;
    const services = new Map(this.overview.services.map(service => [service.name, service.figures]));
    const edges = new Map(this.overview.edges.map(edge => [`${edge.from}\n${edge.to}`, edge]));
    const origins = new Map(this.overview.origins.filter(origin => origin.active).map(origin => [origin.service, origin]));
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Graph of services; the same figures are in the tables below">
      <svg class="graph" viewBox="0 0 ${width} ${height}" width=${width} height=${height}>
        <defs>
          ${['good', 'bad', 'warn', 'quiet'].map(
            mark => svg`
          <marker id="arrow-${mark}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse" markerUnits="userSpaceOnUse">
            <path class="arrow ${mark}" d="M0 0 8 4 0 8z"></path></marker>`,
          )}
        </defs>
        ${this.layout.edges.map(edge => this.edge(edge, edges.get(`${edge.from}\n${edge.to}`)))}
        ${this.layout.nodes.map(node => this.node(node, services.get(node.name), origins.get(node.name)))}
      </svg>
    </div>`;
  }

  edge(at, known) {
    const f = known?.figures ?? QUIET;
    const mark = f.requests === 0 ? 'quiet' : f.health === 'FAILING' ? 'bad' : f.health === 'OK' ? 'good' : 'warn';
    const [start, ...controls] = at.points;
    let path = `M${start.x} ${start.y}`;
    for (let i = 0; i + 2 < controls.length; i += 3) {
      path += `C${controls
        .slice(i, i + 3)
        .map(point => `${point.x} ${point.y}`)
        .join(' ')}`;
    }
    if (controls.length % 3) {
      path += controls
        .slice(controls.length - (controls.length % 3))
        .map(point => `L${point.x} ${point.y}`)
        .join('');
    }
    const words = `Calls from ${plain(named(at.from).slice(0, 200))} to ${plain(named(at.to).slice(0, 200))}: ${rate(f.rate)}, ${percent(f.error_share)} errors, p95 ${duration(f.p95_ms)}`;
    const traced = at.from.startsWith(TOPIC) ? at.to : at.from;
    return svg`<a href=${tracesOf(traced, { error: f.health === 'FAILING' ? 'true' : '' })} aria-label=${words}>
      <g class="call ${mark}"><title>${words}${known?.inferred ? ' (the callee sent no spans of some)' : ''}</title>
      <path class="hit" d=${path}></path>
      <path class="line" d=${path} marker-end="url(#arrow-${mark})"></path>
      ${
        f.requests
          ? svg`<g transform="translate(${at.label.x} ${at.label.y})">
        <rect class="plate" x="-48" y="-17" width="96" height="34" rx="6"></rect>
        <text class="label" y="-3">${rate(f.rate)}${f.error_share ? svg`<tspan class="bad"> ${percent(f.error_share)}</tspan>` : nothing}</text>
        <text class="label soft" y="11">${duration(f.p95_ms)}</text></g>`
          : nothing
      }</g></a>`;
  }

  /** Draws a node that sends no spans and so has no figures: a topic or an engine. */
  silent(at) {
    const { node_width: width, node_height: height } = this.layout;
    const topic = at.name.startsWith(TOPIC) ? at.name.slice(TOPIC.length) : '';
    const name = plain(named(topic || at.name).slice(0, 24));
    const words = topic ? `Topic ${name}` : `${name}, which sends no telemetry`;
    const traces = topic ? { attribute: `messaging.destination.name=${topic}` } : {};
    return svg`<a href=${tracesOf('', traces)} aria-label=${words}>
      <g class="node quiet silent" transform="translate(${at.x} ${at.y})"><title>${words}</title>
      <rect class="box" y=${height / 4} width=${width} height=${height / 2} rx=${height / 4}></rect>
      <text class="name" x=${width / 2} y=${height / 2 - 2} text-anchor="middle">${name}</text>
      <text class="figure soft" x=${width / 2} y=${height / 2 + 14} text-anchor="middle">${topic ? 'topic' : 'no telemetry'}</text></g></a>`;
  }

  node(at, figures, origin) {
    if (!figures) {
      return this.silent(at);
    }
    const f = figures;
    const { node_width: width, node_height: height } = this.layout;
    const health = HEALTH[f.health];
    const words = `${plain(named(at.name).slice(0, 200))}: ${health.words}, ${rate(f.rate)}, ${percent(f.error_share)} errors, p95 ${duration(f.p95_ms)}${
      origin ? `. Failures start here: ${plain(origin.reason?.slice(0, 300) ?? 'no reason given')}` : ''
    }`;
    const whole = plain(named(at.name).slice(0, 30));
    const name = whole.length > 25 ? `${whole.slice(0, 24)}…` : whole;
    return svg`<a href=${tracesOf(at.name, { error: origin || f.health === 'FAILING' ? 'true' : '' })} aria-label=${words}>
      <g class="node ${health.mark || 'quiet'} ${origin ? 'origin' : ''}" transform="translate(${at.x} ${at.y})"><title>${words}</title>
      ${origin ? svg`<rect class="halo" x="-5" y="-5" width=${width + 10} height=${height + 10} rx="14"></rect>` : nothing}
      <rect class="box" width=${width} height=${height} rx="10"></rect>
      <rect class="edge-mark" width="6" height=${height} rx="3"></rect>
      <text class="name ${name.length > 20 ? 'long' : ''}" x="16" y="22">${name}</text>
      <text class="sign" x=${width - 12} y="22">${health.sign}</text>
      <text class="figure" x="16" y="42">${
        f.requests
          ? svg`${rate(f.rate)} · <tspan class=${f.error_share ? 'bad' : ''}>${percent(f.error_share)} errors</tspan>`
          : health.words
      }</text>
      <text class="figure soft" x="16" y="58">${f.requests ? `p95 ${duration(f.p95_ms)}` : nothing}</text>
      ${sparkbars(f.buckets, 16, 66, width - 32, 18)}
      ${
        origin
          ? svg`<g class="flag" transform="translate(${width / 2} -12)"><rect x="-72" y="-10" width="144" height="20" rx="10"></rect>
        <text y="4">failures start here</text></g>`
          : nothing
      }</g></a>`;
  }
}
customElements.define('service-graph', ServiceGraph);
