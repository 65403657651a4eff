package org.debugshop.launcher.console;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.debugshop.launcher.console.Trace.Span;

/**
 * A span and its descendants. A root is a span without a parent, a span whose parent is missing, or the first span of a cycle of parents.
 * No method is recursive, because a trace may be thousands of calls deep.
 */
final class SpanNode {

    /** How many spans at each end of a long path to the origin are always shown. */
    static final int WAY = 15;

    final Span span;
    final List<SpanNode> children = new ArrayList<>();
    SpanNode parent;
    int depth;

    private SpanNode(Span span) {
        this.span = span;
    }

    /** Returns all spans of the trace. Each precedes its descendants, and siblings are sorted by their start. */
    static List<SpanNode> inOrder(Trace trace) {
        var nodes = trace.spans().stream().map(SpanNode::new).toList();
        var byId = new HashMap<String, SpanNode>();
        nodes.forEach(node -> byId.putIfAbsent(node.span.id(), node));
        var roots = new ArrayList<SpanNode>();
        for (var node : nodes) {
            node.parent = node.span.parentId() == null ? null : byId.get(node.span.parentId());
            if (node.parent == null || node.parent == node) {
                node.parent = null;
                roots.add(node);
            } else {
                node.parent.children.add(node);
            }
        }
        var byStart = Comparator.comparing((SpanNode node) -> node.span.start());
        nodes.forEach(node -> node.children.sort(byStart));
        roots.sort(byStart);
        var ordered = new ArrayList<SpanNode>();
        var reached = Collections.<SpanNode>newSetFromMap(new IdentityHashMap<>());
        roots.forEach(root -> walk(root, ordered, reached));
        for (var node : nodes) {
            if (!reached.contains(node)) {
                node.parent.children.remove(node);
                node.parent = null;
                walk(node, ordered, reached);
            }
        }
        return ordered;
    }

    private static void walk(SpanNode root, List<SpanNode> ordered, Set<SpanNode> reached) {
        var stack = new ArrayDeque<SpanNode>();
        stack.push(root);
        while (!stack.isEmpty()) {
            var node = stack.pop();
            reached.add(node);
            ordered.add(node);
            node.depth = node.parent == null ? 0 : node.parent.depth + 1;
            node.children.reversed().forEach(stack::push);
        }
    }

    /**
     * Returns the part of a large trace that is shown: the path to the origin (if it is long, both its ends), and then as many of the upper
     * levels as there is room for.
     *
     * @param room the number of spans, at least 2 * {@link #WAY}
     */
    static Set<SpanNode> selection(List<SpanNode> nodes, Optional<SpanNode> origin, int room) {
        var way = new ArrayList<SpanNode>();
        for (var node = origin.orElse(null); node != null; node = node.parent) {
            way.add(node);
        }
        var selected = new HashSet<SpanNode>();
        for (var i = 0; i < way.size(); i++) {
            if (i < WAY || i >= way.size() - WAY) {
                selected.add(way.get(i));
            }
        }
        nodes.stream().sorted(Comparator.comparingInt(node -> node.depth)).takeWhile(_ -> selected.size() < room).forEach(selected::add);
        return selected;
    }
}
