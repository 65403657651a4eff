package org.debugshop.console.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.debugshop.console.store.Span;

/**
 * The tree of the spans that have arrived of a trace. Spans are identified by their index in the list that it was built from.
 *
 * <pre>
 * spans     0 load generator (root)   1 CLIENT, parent 0   2 SERVER, parent 1   3 parent unknown
 * parent    -1                        0                    1                    -1
 * depth      0                        1                    2                     0
 * </pre>
 *
 * A span whose parent has not arrived is a root. If parents form a cycle, the first span of the list is a root.
 */
final class SpanTree {

    final List<Span> spans;
    private final int[] parent;
    private final int[] depth;
    private final List<List<Integer>> children;

    SpanTree(List<Span> spans) {
        this.spans = spans;
        parent = new int[spans.size()];
        depth = new int[spans.size()];
        children = new ArrayList<>(spans.size());
        Map<Long, Integer> byId = HashMap.newHashMap(spans.size());
        for (int i = 0; i < spans.size(); i++) {
            byId.putIfAbsent(spans.get(i).spanId(), i);
            children.add(new ArrayList<>(0));
        }
        var roots = new ArrayList<Integer>();
        for (int i = 0; i < spans.size(); i++) {
            Span span = spans.get(i);
            int above = span.isRoot() ? -1 : byId.getOrDefault(span.parentId(), -1);
            parent[i] = above == i ? -1 : above;
            if (parent[i] < 0) {
                roots.add(i);
            } else {
                children.get(parent[i]).add(i);
            }
        }
        var reached = new boolean[spans.size()];
        roots.forEach(root -> descend(root, reached));
        for (int i = 0; i < spans.size(); i++) {
            if (!reached[i]) {
                children.get(parent[i]).remove((Integer) i);
                parent[i] = -1;
                descend(i, reached);
            }
        }
    }

    private void descend(int root, boolean[] reached) {
        var open = new ArrayDeque<Integer>();
        open.push(root);
        while (!open.isEmpty()) {
            int span = open.pop();
            reached[span] = true;
            depth[span] = parent[span] < 0 ? 0 : depth[parent[span]] + 1;
            children.get(span).forEach(open::push);
        }
    }

    /** Returns the parent's index; -1 if there is none. */
    int parent(int span) {
        return parent[span];
    }

    /** Returns the depth; 0 for a root. */
    int depth(int span) {
        return depth[span];
    }

    /** Returns the children in the order of the list. */
    List<Integer> children(int span) {
        return children.get(span);
    }
}
