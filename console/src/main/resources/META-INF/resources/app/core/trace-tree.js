// Turns a trace from the API into a tree for drawing.

/** Microseconds since the epoch, with decimals, of RFC 3339 with nanoseconds. */
export function micros(iso) {
  const [, second, fraction = '0'] = /^(.{19})(?:\.(\d+))?/.exec(iso);
  return Date.parse(`${second}Z`) * 1000 + Number(`0.${fraction}`) * 1e6;
}

/** A server's span may lie outside its client's span by this many microseconds before the clocks count as different. */
const SKEW = 50_000;

/**
 * Finds pairs of services whose clocks seem to differ: the server's span begins before its client's, or after the client's successful end. A
 * failed call is no evidence: the server may have started after the client gave up.
 */
function skews(nodes) {
  const pairs = new Map();
  for (const { span, start, parent } of nodes) {
    const crosses = parent?.span.kind === 'CLIENT' && span.kind === 'SERVER' && parent.span.service !== span.service;
    if (crosses && !span.altered?.time_replaced && !parent.span.altered?.time_replaced) {
      const late = parent.span.status === 'ERROR' ? 0 : start - parent.start - parent.duration;
      const by = Math.max(parent.start - start, late);
      const key = JSON.stringify([parent.span.service, span.service]);
      if (by > SKEW && by > (pairs.get(key)?.by ?? 0)) {
        pairs.set(key, { from: parent.span.service, to: span.service, by });
      }
    }
  }
  return [...pairs.values()];
}

/**
 * @param trace of /api/traces/{id}
 * @returns {{nodes: object[], start: number, duration: number, byId: Map, services: Map, loose: object[], skews: object[]}} skews: {from, to, by} of
 *   services whose clocks seem to differ, by so many microseconds; nodes in the order of the tree, each with
 *   {span, start, duration, depth, parent, children, below, failedBelow, logs, critical, origin}; start counts from the trace's, in microseconds
 */
export function treeOf(trace) {
  const byId = new Map();
  const all = trace.spans.map(span => {
    const node = {
      span,
      at: micros(span.start),
      duration: span.duration_us,
      depth: 0,
      parent: null,
      children: [],
      below: 0,
      failedBelow: false,
      logs: [],
      critical: [],
      origin: trace.origin?.span_id === span.span_id,
    };
    if (!byId.has(span.span_id)) {
      byId.set(span.span_id, node);
    }
    return node;
  });
  const start = all.reduce((least, node) => Math.min(least, node.at), Infinity);
  const end = all.reduce((most, node) => Math.max(most, node.at + node.duration), 0);
  const roots = [];
  for (const node of all) {
    node.start = node.at - start;
    const parent = byId.get(node.span.parent_span_id);
    if (parent && parent !== node) {
      node.parent = parent;
      parent.children.push(node);
    } else {
      roots.push(node);
    }
  }
  for (const segment of trace.critical_path ?? []) {
    byId.get(segment.span_id)?.critical.push([micros(segment.start) - start, segment.duration_us]);
  }
  const loose = [];
  for (const log of trace.logs ?? []) {
    (byId.get(log.span_id)?.logs ?? loose).push({ ...log, at: micros(log.time) - start });
  }
  const nodes = [];
  const reached = new Set();
  const walk = root => {
    const open = [root];
    while (open.length) {
      const node = open.pop();
      reached.add(node);
      nodes.push(node);
      node.depth = node.parent ? node.parent.depth + 1 : 0;
      for (let i = node.children.length - 1; i >= 0; i--) {
        open.push(node.children[i]);
      }
    }
  };
  roots.forEach(walk);
  for (const node of all) {
    if (!reached.has(node)) {
      // The parents form a cycle: its first span becomes a root.
      node.parent.children.splice(node.parent.children.indexOf(node), 1);
      node.parent = null;
      walk(node);
    }
  }
  for (let i = nodes.length - 1; i >= 0; i--) {
    const { parent } = nodes[i];
    if (parent) {
      parent.below += nodes[i].below + 1;
      parent.failedBelow ||= nodes[i].failedBelow || nodes[i].span.status === 'ERROR';
    }
  }
  const services = new Map();
  nodes.forEach(({ span }) => services.set(span.service, (services.get(span.service) ?? 0) + 1));
  return { nodes, start, duration: Math.max(1, end - start), byId, services, loose, skews: skews(nodes) };
}

/** The nodes that are not below a collapsed one. @param {Set<string>} collapsed ids of spans */
export function visible(nodes, collapsed) {
  const seen = [];
  for (let i = 0; i < nodes.length; i++) {
    seen.push(nodes[i]);
    if (collapsed.has(nodes[i].span.span_id)) {
      i += nodes[i].below;
    }
  }
  return seen;
}
