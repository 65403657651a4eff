package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.ValueText;

/**
 * What traces have in common that others do not have.
 *
 * <pre>
 * selected                                         others
 *   product.id 3   currency EUR   GET /product       product.id 1   currency EUR   GET /product   GET /ads
 *   product.id 3   currency USD   GET /product       product.id 2   currency EUR   GET /product   GET /ads
 *   ...                                              ...
 * product.id 3            31 of 31      4 of 300
 * no span ad-service GET  31 of 31      0 of 300
 * </pre>
 *
 * A trace has a value if any of its spans, or the resource of one, has it. What only says how a request failed, such as the status of
 * an answer, is left out, because all failed requests have it in common.
 */
public final class Common {

    /** The attribute of a row whose value is a service and one of its operations: the traces have such a span. */
    public static final String SPAN = "span";
    /** The same: the traces have no such span. */
    public static final String NO_SPAN = "no span";

    static final int MAX_ROWS = 20;
    /** Many values occur in the very same traces, such as an id and the path that contains it. The shortest of them are enough. */
    private static final int MAX_ALIKE = 3;
    private static final int MAX_ROWS_OF_AN_ATTRIBUTE = 3;
    private static final int MAX_VALUES = 50_000;
    private static final int MAX_LENGTH = 300;
    /** The confidence of the bounds, as a number of standard deviations: high, because hundreds of values are compared. */
    private static final double Z = 3;
    private static final double LEAST_DIFFERENCE = 0.1;
    /** Numbers that are given to a process or connection at random. */
    private static final Set<String> MEANINGLESS = Set.of("thread.id", "thread.name", "client.port", "network.peer.port",
            "network.local.port", "net.peer.port", "net.host.port");

    /**
     * A value, or the presence or absence of a span.
     *
     * @param attribute the name of the attribute; {@link #SPAN} or {@link #NO_SPAN} for a span
     * @param value as {@link ValueText}; for a list, it may be one of its elements
     * @param selected how many of the {@code ofSelected} selected traces have it
     * @param others how many of the {@code ofOthers} other traces have it
     */
    public record Shared(String attribute, String value, int selected, int ofSelected, int others, int ofOthers) {

        /**
         * Returns the least difference of the shares that the numbers allow with high confidence (Newcombe's interval of two Wilson
         * intervals). So 31 of 31 counts more than 3 of 3.
         */
        public double difference() {
            double one = (double) selected / ofSelected;
            double other = (double) others / ofOthers;
            return one - other - Math.hypot(one - wilson(selected, ofSelected, -1), wilson(others, ofOthers, 1) - other);
        }

        private static double wilson(int count, int of, int side) {
            double share = (double) count / of;
            double square = Z * Z / of;
            return (share + square / 2 + side * Math.sqrt(square * (share * (1 - share) + square / 4))) / (1 + square);
        }
    }

    /** In how many traces something occurs. */
    private static final class Count {
        private int lastTrace = -1;
        private int selected;
        private int others;
        /** Two with the same sum occur in the same traces. */
        private long sum;
        private boolean onSuccess;
    }

    private record Row(Shared shared, double difference, long traces) {}

    private final Map<String, Map<String, Count>> values = new HashMap<>();
    private final Map<String, Map<String, Count>> spans = new HashMap<>();
    private int distinct;
    private int trace;
    private boolean selecting = true;
    private long allTraces;

    private Common() {}

    /**
     * Returns what separates the selected traces from the others best, best first; nothing if there are no others.
     *
     * @param selected the spans of each selected trace
     * @param others the spans of traces to compare them with, such as successful ones of the same operations
     */
    public static List<Shared> of(List<List<Span>> selected, List<List<Span>> others) {
        if (selected.isEmpty() || others.isEmpty()) {
            return List.of();
        }
        var common = new Common();
        selected.forEach(common::count);
        common.selecting = false;
        others.forEach(common::count);
        return common.rows(selected.size(), others.size());
    }

    private void count(List<Span> spansOfTrace) {
        var resources = new ArrayList<Resource>();
        for (Span span : spansOfTrace) {
            note(counts(spans, span.service(), span.name(), true), true);
            span.attributes().forEach((key, value) -> note(key, value, !span.isError()));
            if (!resources.contains(span.resource())) {
                resources.add(span.resource());
                span.resource().attributes().forEach((key, value) -> note(key, value, true));
            }
        }
        allTraces += mixed(trace);
        trace++;
    }

    private void note(String key, Object value, boolean onSuccess) {
        if (value instanceof List<?> list) {
            list.stream().filter(element -> !(element instanceof List || element instanceof Map))
                    .forEach(element -> note(key, element, onSuccess));
        } else if (value != null && !MEANINGLESS.contains(key) && !Declarations.isReason(key)) {
            String text = ValueText.of(value);
            if (text.length() <= MAX_LENGTH && key.length() <= MAX_LENGTH) {
                // What no selected trace has can't be in common.
                note(counts(values, key, text, selecting), onSuccess);
            }
        }
    }

    private Count counts(Map<String, Map<String, Count>> counts, String key, String value, boolean creating) {
        Map<String, Count> ofKey = counts.get(key);
        Count count = ofKey == null ? null : ofKey.get(value);
        if (count == null && creating && distinct < MAX_VALUES) {
            distinct++;
            count = new Count();
            counts.computeIfAbsent(key, _ -> new HashMap<>()).put(value, count);
        }
        return count;
    }

    private void note(Count count, boolean onSuccess) {
        if (count == null) {
            return;
        }
        count.onSuccess |= onSuccess;
        if (count.lastTrace != trace) {
            count.lastTrace = trace;
            count.sum += mixed(trace);
            count.selected += selecting ? 1 : 0;
            count.others += selecting ? 0 : 1;
        }
    }

    private static long mixed(int number) {
        long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
        return (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L;
    }

    private List<Shared> rows(int selected, int others) {
        var rows = new ArrayList<Row>();
        values.forEach((key, ofKey) -> ofKey.forEach((value, count) -> {
            if (count.onSuccess || !isOutcome(key)) {
                offer(rows, new Shared(key, value, count.selected, selected, count.others, others), count.sum);
            }
        }));
        spans.forEach((service, ofService) -> ofService.forEach((name, count) -> {
            String value = service + " " + name;
            offer(rows, new Shared(SPAN, value, count.selected, selected, count.others, others), count.sum);
            offer(rows, new Shared(NO_SPAN, value, selected - count.selected, selected, others - count.others, others),
                    allTraces - count.sum);
        }));
        rows.sort(Comparator.comparingDouble(Row::difference).reversed().thenComparing(row -> isSpan(row.shared))
                .thenComparing(row -> row.shared.value.length()).thenComparing(row -> row.shared.attribute)
                .thenComparing(row -> row.shared.value));
        var alike = new HashMap<Long, Integer>();
        var ofAttribute = new HashMap<String, Integer>();
        return rows.stream()
                .filter(row -> alike.merge(row.traces, 1, Integer::sum) <= MAX_ALIKE
                        && ofAttribute.merge(row.shared.attribute, 1, Integer::sum) <= MAX_ROWS_OF_AN_ATTRIBUTE)
                .limit(MAX_ROWS).map(Row::shared).toList();
    }

    private static void offer(List<Row> rows, Shared shared, long traces) {
        double difference = shared.selected < 2 ? 0 : shared.difference();
        if (difference >= LEAST_DIFFERENCE) {
            rows.add(new Row(shared, difference, traces));
        }
    }

    /** Returns whether an attribute that only failed spans have says how they failed. */
    private static boolean isOutcome(String key) {
        return key.startsWith("error") || key.startsWith("exception") || key.contains("response") || key.contains("status");
    }

    private static boolean isSpan(Shared shared) {
        return shared.attribute.equals(SPAN) || shared.attribute.equals(NO_SPAN);
    }
}
