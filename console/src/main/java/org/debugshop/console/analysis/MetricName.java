package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.debugshop.console.store.Exposition.Family;
import org.debugshop.console.store.SeriesStore;

/**
 * A metric as users select it. A histogram is one metric, although its series have three names.
 *
 * @param name the name for queries: that of a counter ends in {@code _total}, that of a histogram has no suffix
 * @param unit {@code seconds}, {@code bytes} and so on, taken from the suffix of the name; empty if it has none
 * @param help the service's help text; empty if there is none
 */
public record MetricName(String name, Kind kind, String unit, String help) {

    public enum Kind {
        COUNTER, GAUGE,
        /** {@code _bucket}, {@code _count} and {@code _sum} */
        HISTOGRAM,
        /** {@code _count} and {@code _sum} */
        SUMMARY
    }

    private static final List<String> UNITS = List.of("seconds", "bytes", "percent", "ratio");

    /** Returns all metrics in alphabetical order. */
    public static List<MetricName> all(SeriesStore series) {
        Set<String> names = new HashSet<>(series.names());
        List<MetricName> all = new ArrayList<>();
        for (String name : series.names()) {
            String stem = stem(name);
            if (stem.equals(name) || !isDistribution(stem, names)) {
                all.add(of(name, names, series));
            } else if (name.endsWith("_count")) {
                all.add(of(stem, names, series));
            }
        }
        all.sort((one, other) -> one.name.compareTo(other.name));
        // A summary has series of its own name in addition to its count and sum, so it occurs twice.
        return all.stream().distinct().toList();
    }

    /** @param names the names of all series */
    static MetricName of(String name, Set<String> names, SeriesStore series) {
        boolean total = name.endsWith("_total");
        Family described = series.family(name);
        // OpenMetrics names the family of a counter without the suffix of its series.
        Family family = described == Family.UNKNOWN && total
                ? series.family(name.substring(0, name.length() - "_total".length()))
                : described;
        Kind kind = names.contains(name + "_bucket") && isDistribution(name, names)
                ? Kind.HISTOGRAM
                : isDistribution(name, names)
                        ? Kind.SUMMARY
                        : total || family.type().equals("counter") ? Kind.COUNTER : Kind.GAUGE;
        String plain = total
                ? name.substring(0, name.length() - "_total".length())
                : name.endsWith("_max") ? name.substring(0, name.length() - 4) : name;
        String unit = UNITS.stream().filter(known -> plain.endsWith("_" + known)).findFirst().orElse("");
        return new MetricName(name, kind, unit, family.help());
    }

    private static boolean isDistribution(String stem, Set<String> names) {
        return names.contains(stem + "_count") && names.contains(stem + "_sum");
    }

    private static String stem(String name) {
        for (String ending : List.of("_bucket", "_count", "_sum")) {
            if (name.endsWith(ending)) {
                return name.substring(0, name.length() - ending.length());
            }
        }
        return name;
    }
}
