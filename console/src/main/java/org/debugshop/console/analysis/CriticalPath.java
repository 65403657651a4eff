package org.debugshop.console.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.debugshop.console.store.Span;

/**
 * The critical path of a trace: if any part of it had been faster, the whole trace would have been. From the end of the root
 * backwards, the time belongs to the child that ended last before that point, and between children to the parent itself:
 *
 * <pre>
 * root    ██████████████████████       ▓▓░░░░░▓░░░░░░░░▓▓▓▓▓   ▓ root's own time
 * child     █████                        ░░░░░                 ░ a child's, divided the same way
 * child         ███  (ends before the next, hides behind it)
 * child          ████████                    ░░░░░░░░
 * </pre>
 *
 * Follows Jaeger's algorithm. Because clocks may differ, children are cut to the time of their parents.
 */
public final class CriticalPath {

    /** A time during which the trace waited for one span. In nanoseconds, with the start since the epoch. */
    public record Segment(Span span, long startNanos, long endNanos) {}

    /** A span, and the part of its time that may count. */
    private record Part(int span, long startNanos, long endNanos) {}

    private CriticalPath() {}

    /**
     * Returns the segments in order of time, without gaps or overlaps, from the start to the end of the root.
     *
     * @param root one of the spans
     */
    public static List<Segment> of(List<Span> trace, Span root) {
        var tree = new SpanTree(trace);
        var segments = new ArrayList<Segment>();
        var open = new ArrayDeque<Part>();
        open.push(new Part(trace.indexOf(root), root.startNanos(), root.endNanos()));
        while (!open.isEmpty()) {
            Part part = open.pop();
            Span span = trace.get(part.span);
            long until = part.endNanos;
            var children = new ArrayList<>(tree.children(part.span));
            children.sort(Comparator.comparingLong((Integer child) -> trace.get(child).endNanos()).reversed());
            for (int child : children) {
                long start = Math.max(trace.get(child).startNanos(), part.startNanos);
                long end = Math.min(trace.get(child).endNanos(), part.endNanos);
                if (end > until || end <= start) {
                    continue;
                }
                if (end < until) {
                    segments.add(new Segment(span, end, until));
                }
                open.push(new Part(child, start, end));
                until = start;
            }
            if (part.startNanos < until) {
                segments.add(new Segment(span, part.startNanos, until));
            }
        }
        segments.sort(Comparator.comparingLong(Segment::startNanos));
        return segments;
    }
}
