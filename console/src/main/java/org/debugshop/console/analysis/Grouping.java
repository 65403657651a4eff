package org.debugshop.console.analysis;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.debugshop.console.analysis.Chart.Show;

/**
 * How the series of a {@link Chart} are grouped into lines.
 *
 * @param by the label whose values have one line each; {@link Chart#EACH} if each series has its own line, empty if all share one
 * @param labels the labels that distinguish the lines
 */
record Grouping(String by, SortedSet<String> labels) {

    /** Up to this many series are drawn as separate lines. */
    private static final int FEW_SERIES = 8;

    /**
     * Chooses a grouping that suits the series, unless the request names a label.
     *
     * @param known the names of all labels of the metric
     */
    static Grouping of(Optional<String> asked, Show show, Collection<SortedMap<String, String>> series, Set<String> known) {
        var bare = new HashSet<Map<String, String>>();
        series.forEach(own -> bare.add(withoutBound(own)));
        var by = asked.orElseGet(() -> suited(show, bare, known));
        var labels = new TreeSet<String>();
        if (by.equals(Chart.EACH)) {
            labels.addAll(differing(bare));
            if (labels.isEmpty() && !bare.isEmpty()) {
                labels.add("service");
            }
        } else if (!by.isEmpty()) {
            labels.add(by);
        }
        return new Grouping(by, labels);
    }

    private static String suited(Show show, Set<Map<String, String>> series, Set<String> known) {
        if (show == Show.QUANTILES) {
            return "";
        }
        if (series.size() <= FEW_SERIES) {
            return Chart.EACH;
        }
        boolean severalServices = series.stream().map(own -> own.get("service")).distinct().count() > 1;
        return severalServices || !known.contains("uri") ? "service" : "uri";
    }

    /** Returns the labels whose values differ between series. */
    private static Set<String> differing(Set<Map<String, String>> series) {
        var differing = new HashSet<String>();
        var seen = new HashMap<String, String>();
        series.forEach(own -> own.forEach((name, value) -> {
            if (!value.equals(seen.computeIfAbsent(name, _ -> value))) {
                differing.add(name);
            }
        }));
        series.forEach(own -> seen.keySet().stream().filter(name -> !own.containsKey(name)).forEach(differing::add));
        return differing;
    }

    /** Returns the labels of the line that a series belongs to. */
    Map<String, String> lineOf(Map<String, String> series) {
        var line = new TreeMap<String, String>();
        labels.forEach(name -> Optional.ofNullable(series.get(name)).ifPresent(value -> line.put(name, value)));
        return line;
    }

    /** Returns the labels without the upper bound of a histogram's bucket. */
    static SortedMap<String, String> withoutBound(Map<String, String> labels) {
        var rest = new TreeMap<>(labels);
        rest.remove("le");
        return rest;
    }
}
