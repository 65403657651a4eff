package org.debugshop.console.analysis;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.SeriesStore.Point;

/**
 * Events that could not be processed and wait to be replayed, by the metrics of the services that consume them:
 * {@code shop_dead_letters_waiting} has their number, which each consumer of a topic looks up in Kafka, and {@code shop_dead_letters_total}
 * which consumers have put some aside since they were started.
 */
final class PutAside {

    private static final String WAITING = "shop_dead_letters_waiting";
    private static final String TOTAL = "shop_dead_letters_total";
    private static final int MAX_SERIES = 100;
    /** A number that is older says nothing of now. */
    private static final long NEWEST_MILLIS = 30_000;

    private PutAside() {}

    /** By topic. */
    static List<Overview.DeadLetters> of(SeriesStore series, long nowMillis) {
        // Every consumer of a topic looks up the same number, and the newest counts.
        var waiting = new TreeMap<String, Point>();
        newest(series, WAITING, nowMillis, (labels, point) -> waiting.merge(labels.getOrDefault("topic", ""), point,
                BinaryOperator.maxBy(Comparator.comparing(Point::epochMillis).thenComparing(Point::value))));
        var services = new HashMap<String, SortedSet<String>>();
        newest(series, TOTAL, nowMillis, (labels, point) -> {
            if (point.value() > 0) {
                services.computeIfAbsent(labels.getOrDefault("topic", ""), _ -> new TreeSet<>()).add(labels.getOrDefault("service", ""));
            }
        });
        return waiting.entrySet().stream().filter(topic -> topic.getValue().value() > 0)
                .map(topic -> new Overview.DeadLetters(topic.getKey(), Math.round(topic.getValue().value()),
                        List.copyOf(services.getOrDefault(topic.getKey(), new TreeSet<>()))))
                .toList();
    }

    private static void newest(SeriesStore series, String name, long nowMillis, BiConsumer<Map<String, String>, Point> reader) {
        for (var found : series.find(name, Map.of(), nowMillis - NEWEST_MILLIS, nowMillis, MAX_SERIES, Optional.empty()).series()) {
            if (!found.points().isEmpty()) {
                reader.accept(found.labels(), found.points().getLast());
            }
        }
    }
}
