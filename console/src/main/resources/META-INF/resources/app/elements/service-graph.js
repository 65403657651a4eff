// The graph of services and calls. The server computes the layout; colours and widths follow from the figures.
import { LitElement, html, svg, nothing } from 'lit';
import { duration, named, percent, plain, rate } from '../core/format.js';
import { sparkbars } from './sparkline.js';
import { HEALTH, tracesOf } from '../core/services.js';

/** The server's prefix for the name of a topic. */
const TOPIC = 'topic ';
const ON_PATH = 'On the path of the failure';
/** Figures for a call that is drawn without any. */
const QUIET = { requests: 0, rate: 0, error_share: 0, p95_ms: 0, health: 'QUIET', buckets: [] };

function key(from, to) {
  return `${from}\n${to}`;
}

/**
 * `<service-graph .layout=${...} .overview=${...} .paths=${[['checkout', 'gateway']]}>`: each path is marked, from the component where a
 * failure starts to where users see it. Without an overview, only names are drawn.
 */
class ServiceGraph extends LitElement {
  static properties = { layout: { attribute: false }, overview: { attribute: false }, paths: { attribute: false } };

  constructor() {
    super();
    this.paths = [];
  }

  createRenderRoot() {
    return this;
  }

  render() {
    const { width, height } = this.layout;
    const services = new Map((this.overview?.services ?? []).map(service => [service.name, service.figures]));
    const edges = new Map((this.overview?.edges ?? []).map(edge => [key(edge.from, edge.to), edge]));
    const marks = this.marks();
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Graph of services">
      <svg class="graph" viewBox="0 0 ${width} ${height}" width=${width} height=${height}>
        <defs>
          ${['good', 'bad', 'warn', 'quiet'].map(
            mark => svg`
          <marker id="arrow-${mark}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse" markerUnits="userSpaceOnUse">
            <path class="arrow ${mark}" d="M0 0 8 4 0 8z"></path></marker>`,
          )}
        </defs>
        ${this.layout.edges.map(edge => this.edge(edge, edges.get(key(edge.from, edge.to)), marks))}
        ${this.layout.nodes.map(node => this.node(node, services.get(node.name), marks))}
      </svg>
    </div>`;
  }

  /** The names of the nodes on the paths, those where a path starts, and the keys of the calls between neighbours on a path. */
  marks() {
    const names = new Set(this.layout.nodes.map(node => node.name));
    const calls = new Set(this.layout.edges.map(edge => key(edge.from, edge.to)));
    const between = (one, other) => [key(one, other), key(other, one)].filter(call => calls.has(call));
    const marks = { nodes: new Set(), origins: new Set(), calls: new Set() };
    for (const path of this.paths) {
      const drawn = path.map(name => (names.has(name) ? name : TOPIC + name));
      drawn.forEach(name => marks.nodes.add(name));
      marks.origins.add(drawn[0]);
      for (let i = 1; i < drawn.length; i++) {
        const direct = between(drawn[i - 1], drawn[i]);
        if (direct.length) {
          direct.forEach(call => marks.calls.add(call));
          continue;
        }
        // A path may leave out the topic between a producer and its consumer.
        for (const topic of names) {
          const [before, after] = [between(drawn[i - 1], topic), between(topic, drawn[i])];
          if (topic.startsWith(TOPIC) && before.length && after.length) {
            marks.nodes.add(topic);
            [...before, ...after].forEach(call => marks.calls.add(call));
          }
        }
      }
    }
    return marks;
  }

  edge(at, known, marks) {
    const onPath = marks.calls.has(key(at.from, at.to));
    const f = known?.figures ?? QUIET;
    const mark = !this.overview
      ? 'good'
      : f.requests === 0
        ? 'quiet'
        : f.health === 'FAILING'
          ? 'bad'
          : f.health === 'OK'
            ? 'good'
            : 'warn';
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
    const ends = `Calls from ${plain(named(at.from).slice(0, 200))} to ${plain(named(at.to).slice(0, 200))}`;
    const figures = this.overview ? `: ${rate(f.rate)}, ${percent(f.error_share)} errors, p95 ${duration(f.p95_ms)}` : '';
    const words = `${ends}${figures}${onPath ? `. ${ON_PATH}` : ''}`;
    const traced = at.from.startsWith(TOPIC) ? at.to : at.from;
    return svg`<a href=${tracesOf(traced, { error: f.health === 'FAILING' ? 'true' : '' })} aria-label=${words}>
      <g class="call ${mark}"><title>${words}${known?.inferred ? ' (the callee sent no spans of some)' : ''}</title>
      <path class="hit" d=${path}></path>
      ${onPath ? svg`<path class="band" d=${path}></path>` : nothing}
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

  /** The frame around a node on a path, and the flag above the one where it starts. */
  frame(name, marks, y, height) {
    const { node_width: width } = this.layout;
    const origin = marks.origins.has(name);
    return marks.nodes.has(name)
      ? svg`<rect class=${origin ? 'halo' : 'halo passed'} x="-5" y=${y - 5} width=${width + 10} height=${height + 10} rx="14"></rect>
      ${
        origin
          ? svg`<g class="flag" transform="translate(${width / 2} ${y - 12})"><rect x="-50" y="-10" width="100" height="20" rx="10"></rect>
        <text y="4">it starts here</text></g>`
          : nothing
      }`
      : nothing;
  }

  /** What a screen reader adds to the name of a node. */
  place(name, marks) {
    return marks.origins.has(name) ? '. It starts here' : marks.nodes.has(name) ? `. ${ON_PATH}` : '';
  }

  /** Draws a node without figures: a topic or an engine, which send no spans, or any if there is no overview. */
  silent(at, marks) {
    const { node_width: width, node_height: height } = this.layout;
    const topic = at.name.startsWith(TOPIC) ? at.name.slice(TOPIC.length) : '';
    const name = plain(named(topic || at.name).slice(0, 24));
    const kind = topic ? 'topic' : this.overview ? 'no telemetry' : '';
    const words = `${topic ? `Topic ${name}` : kind ? `${name}, which sends no telemetry` : name}${this.place(at.name, marks)}`;
    const [service, more] = topic ? ['', { attribute: `messaging.destination.name=${topic}` }] : [kind ? '' : at.name, {}];
    return svg`<a href=${tracesOf(service, more)} aria-label=${words}>
      <g class="node quiet silent" transform="translate(${at.x} ${at.y})"><title>${words}</title>
      ${this.frame(at.name, marks, height / 4, height / 2)}
      <rect class="box" y=${height / 4} width=${width} height=${height / 2} rx=${height / 4}></rect>
      <text class="name" x=${width / 2} y=${height / 2 + (kind ? -2 : 5)} text-anchor="middle">${name}</text>
      <text class="figure soft" x=${width / 2} y=${height / 2 + 14} text-anchor="middle">${kind || nothing}</text></g></a>`;
  }

  node(at, figures, marks) {
    if (!figures) {
      return this.silent(at, marks);
    }
    const f = figures;
    const { node_width: width, node_height: height } = this.layout;
    const health = HEALTH[f.health];
    const words = `${plain(named(at.name).slice(0, 200))}: ${health.words}, ${rate(f.rate)}, ${percent(f.error_share)} errors, p95 ${duration(f.p95_ms)}${this.place(at.name, marks)}`;
    const whole = plain(named(at.name).slice(0, 30));
    const name = whole.length > 25 ? `${whole.slice(0, 24)}…` : whole;
    return svg`<a href=${tracesOf(at.name, { error: f.health === 'FAILING' ? 'true' : '' })} aria-label=${words}>
      <g class="node ${health.mark || 'quiet'}" transform="translate(${at.x} ${at.y})"><title>${words}</title>
      ${this.frame(at.name, marks, 0, height)}
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
      ${sparkbars(f.buckets, 16, 66, width - 32, 18)}</g></a>`;
  }
}
customElements.define('service-graph', ServiceGraph);
