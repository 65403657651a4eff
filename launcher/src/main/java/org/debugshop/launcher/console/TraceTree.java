package org.debugshop.launcher.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.debugshop.launcher.console.Trace.Log;
import org.debugshop.launcher.console.Trace.Origin;
import org.debugshop.launcher.console.Trace.Span;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.terminal.Terminal.Style;

/**
 * A trace as readable text: a tree of spans, each with its start, its duration and its logs, and with a mark where the failure started. A
 * line names the service only if it differs from that of the parent.
 *
 * <pre>
 *     at    took  (milliseconds)
 *    0.0    12.5  load-generator-instabook create booking session ERROR
 *    0.4    12.0  └ CLIENT POST /booking/session ERROR 500
 *    1.9    10.1    └ instabook SERVER POST /booking/session ERROR 500
 * </pre>
 */
public final class TraceTree {

    /** The limits of spans, and of logs for each span, without {@code --all}. */
    public static final int MAX_SPANS = 100;
    static final int MAX_LOGS = 10;

    private static final int MARGIN = 16;
    /** Deeper spans are drawn at this level, with their depth as a number. */
    private static final int MAX_LEVEL = 14;
    private static final int NARROWEST = 30;
    private static final DateTimeFormatter LOCAL_TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private final Trace trace;
    private final Terminal terminal;
    private final Strokes strokes;
    private final List<SpanNode> nodes;
    private final Optional<SpanNode> origin;
    private final Set<SpanNode> shown;
    private final Map<String, List<Log>> logs;
    private final int maxLogs;
    private final Instant start;
    private final List<String> lines = new ArrayList<>();

    /** The lines of a tree, each two characters wide. {@code mark} points at the origin. */
    private record Strokes(String child, String lastChild, String past, String mark, String more) {
        static final Strokes UNICODE = new Strokes("├ ", "└ ", "│ ", "◀", "…");
        static final Strokes ASCII = new Strokes("+ ", "+ ", "| ", "<-", "...");
    }

    /** Text with a style, which may be null. */
    private record Piece(String text, Style style) {}

    /** @param all whether to show every span and log without limits */
    public TraceTree(Trace trace, Terminal terminal, boolean all) {
        this.trace = trace;
        this.terminal = terminal;
        strokes = terminal.unicode() ? Strokes.UNICODE : Strokes.ASCII;
        nodes = SpanNode.inOrder(trace);
        origin = trace.origin().flatMap(from -> nodes.stream().filter(node -> node.span.id().equals(from.spanId())).findFirst());
        shown = SpanNode.selection(nodes, origin, all ? Integer.MAX_VALUE : MAX_SPANS);
        maxLogs = all ? Integer.MAX_VALUE : MAX_LOGS;
        logs = trace.logs().stream().filter(log -> log.spanId() != null).collect(Collectors.groupingBy(Log::spanId));
        start = trace.start();
    }

    /** Returns the lines. They are no wider than the terminal, unless a single word is. */
    public List<String> lines() {
        var services = trace.spans().stream().map(Span::service).distinct().count();
        add("", "  ", new Piece("Trace %s at %s: %s ms, %s in %s".formatted(trace.id(), LOCAL_TIME.format(start),
                millis(Duration.between(start, trace.end())), counted(trace.spans().size(), "span"), counted(services, "service")), null));
        var orphans = trace.orphans();
        if (orphans > 0) {
            add("", "", new Piece("Not all of it is here: " + counted(orphans, "span") + " without the parent.", Style.YELLOW));
        }
        lines.add("%6s %7s  %s".formatted("at", "took", "(milliseconds)"));
        drawSpans();
        var ids = trace.spans().stream().map(Span::id).collect(Collectors.toSet());
        drawLogs("", trace.logs().stream().filter(log -> log.spanId() == null || !ids.contains(log.spanId())).toList(), true);
        lines.add("");
        add("", "", new Piece(trace.origin().map(Origin::sentence).orElse("No span of it failed."),
                trace.origin().isEmpty() ? Style.GREEN : Style.RED));
        return lines;
    }

    /** Counts spans that are not shown at their nearest ancestor that is shown. */
    private void drawSpans() {
        var anchors = new HashMap<SpanNode, SpanNode>();
        var below = new HashMap<SpanNode, List<SpanNode>>();
        var hidden = new HashMap<SpanNode, Integer>();
        for (var node : nodes) {
            var above = node.parent == null || shown.contains(node.parent) ? node.parent : anchors.get(node.parent);
            anchors.put(node, above);
            if (shown.contains(node)) {
                below.computeIfAbsent(above, _ -> new ArrayList<>()).add(node);
            } else {
                hidden.merge(above, 1, Integer::sum);
            }
        }
        var prefixes = new HashMap<SpanNode, String>();
        for (var node : nodes.stream().filter(shown::contains).toList()) {
            var above = anchors.get(node);
            var outer = above == null ? "" : prefixes.get(above);
            var last = below.get(above).getLast() == node;
            var deep = outer.length() / 2 >= MAX_LEVEL;
            var stroke = above == null
                    ? ""
                    : deep ? strokes.child() + node.depth + " deep: " : last ? strokes.lastChild() : strokes.child();
            var inner = above == null || deep ? outer : outer + (last ? "  " : strokes.past());
            prefixes.put(node, inner);
            drawSpan(node, outer + stroke, inner + (below.containsKey(node) ? strokes.past() : "  "), hidden.getOrDefault(node, 0));
        }
        if (hidden.containsKey(null)) {
            add(" ".repeat(MARGIN), "", new Piece(strokes.more() + " " + counted(hidden.get(null), "more span"), Style.FAINT));
        }
    }

    /**
     * @param prefix the start of the span's line
     * @param below the start of the lines below it
     * @param hidden how many of its descendants are not shown
     */
    private void drawSpan(SpanNode node, String prefix, String below, int hidden) {
        var span = node.span;
        var pieces = new ArrayList<Piece>();
        if (node.parent == null || !shown.contains(node.parent) || !node.parent.span.service().equals(span.service())) {
            pieces.add(new Piece(span.service(), Style.CYAN));
        }
        if (!span.kind().equals("INTERNAL")) {
            pieces.add(new Piece(span.kind(), Style.FAINT));
        }
        pieces.add(new Piece(span.name(), null));
        if (span.isError()) {
            pieces.add(new Piece("ERROR", Style.RED));
        }
        if (span.httpStatus() != null) {
            pieces.add(new Piece(span.httpStatus(), span.isError() ? Style.RED : Style.GREEN));
        }
        if (hidden > 0) {
            pieces.add(new Piece(strokes.more() + " " + counted(hidden, "more span") + " below", Style.FAINT));
        }
        var times = "%6s %7s  ".formatted(millis(Duration.between(start, span.start())),
                millis(Duration.ofNanos(span.durationMicros() * 1000)));
        var indent = " ".repeat(MARGIN) + below;
        add(times + prefix, indent, pieces.toArray(Piece[]::new));
        if (origin.filter(node::equals).isPresent()) {
            var reason = trace.origin().map(Origin::reason).map(words -> ": " + words).orElse("");
            add(indent, indent + "  ", new Piece(strokes.mark() + " started here" + reason, Style.RED));
        }
        drawLogs(below, logs.getOrDefault(span.id(), List.of()), false);
    }

    private void drawLogs(String prefix, List<Log> records, boolean withService) {
        var indent = " ".repeat(MARGIN) + prefix;
        for (var log : records.stream().limit(maxLogs).toList()) {
            var style = switch (log.level()) {
                case "ERROR", "FATAL" -> Style.RED;
                case "WARN" -> Style.YELLOW;
                default -> Style.FAINT;
            };
            add(indent, indent + "  ", new Piece(log.level(), style),
                    new Piece((withService ? log.service() + ": " : "") + log.message(), null));
        }
        if (records.size() > maxLogs) {
            add(indent, indent, new Piece(strokes.more() + " " + counted(records.size() - maxLogs, "more log record"), Style.FAINT));
        }
    }

    /** Adds words, in several lines if they do not fit. All lines after the first begin with {@code next}. */
    private void add(String first, String next, Piece... pieces) {
        var room = terminal.live() ? Math.max(NARROWEST, terminal.columns() - 1) : Integer.MAX_VALUE;
        var line = new StringBuilder(first);
        var width = first.length();
        var blank = "";
        for (var piece : pieces) {
            var run = new StringBuilder();
            for (var word : piece.text().strip().split(" +")) {
                if (word.isEmpty()) {
                    continue;
                }
                if (!blank.isEmpty() && width + 1 + word.length() > room) {
                    lines.add(line.append(styled(run, piece.style())).toString());
                    line = new StringBuilder(next);
                    run = new StringBuilder();
                    width = next.length();
                    blank = "";
                }
                (run.isEmpty() ? line : run).append(blank);
                run.append(word);
                width += blank.length() + word.length();
                blank = " ";
            }
            line.append(styled(run, piece.style()));
        }
        lines.add(line.toString());
    }

    private String styled(StringBuilder text, Style style) {
        return style == null || text.isEmpty() ? text.toString() : terminal.styled(text.toString(), style);
    }

    private static String counted(long count, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", duration.toNanos() / 1e6);
    }
}
