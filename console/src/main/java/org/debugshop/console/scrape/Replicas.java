package org.debugshop.console.scrape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.debugshop.console.store.Exposition;
import org.debugshop.console.store.Exposition.Family;
import org.debugshop.console.store.Sample;

/**
 * Adds up the counters of replicas that answer in turn at one address, such as that of a Kubernetes Service. Each replica counts
 * for itself, so a counter would seem to fall whenever another replica answers. Everywhere else, a fall means that the process was
 * restarted.
 *
 * <pre>
 * answer of      A    A    B    A    B
 * its counter  100  104  900  107  905
 * increase            4    -    3    5    (of B, what it counted before it was first seen is not news)
 * result       100  104  104  107  112
 * </pre>
 *
 * The replicas are distinguished by {@code process_start_time_seconds}. If each process started after the last answer of the
 * previous one, that is a restart, and nothing is changed. Gauges are those of the replica that answered. Use one instance per
 * target. Not thread-safe.
 */
final class Replicas {

    private static final String PROCESS = "process_start_time_seconds";
    private static final String TARGET_INFO = "target_info";
    static final int MAX_REPLICAS = 16;
    /** The maximum number of counters of one replica; others don't change. */
    private static final int MAX_COUNTERS = 5000;

    /** The last counters of each process, by series; the process that answered longest ago is first. */
    private final LinkedHashMap<Double, Map<String, Double>> lastOfProcess = new LinkedHashMap<>(16, 0.75f, true);
    /** The results, by series; null as long as there is only one replica. */
    private Map<String, Double> results;
    private double process;
    private long lastMillis;

    /** @param epochMillis when the scrape started, later than the previous scrape */
    Exposition merge(Exposition scraped, long epochMillis) {
        OptionalDouble begun = scraped.samples().stream().filter(sample -> sample.name().equals(PROCESS)).mapToDouble(Sample::value)
                .findFirst();
        if (begun.isEmpty()) {
            return scraped;
        }
        boolean isNew = begun.getAsDouble() * 1000 > lastMillis;
        boolean isOther = begun.getAsDouble() != process;
        process = begun.getAsDouble();
        lastMillis = epochMillis;
        if (results == null && isOther && !isNew) {
            results = new HashMap<>(lastOfProcess.isEmpty() ? Map.of() : lastOfProcess.lastEntry().getValue());
        }
        if (results == null) {
            if (isOther) {
                lastOfProcess.clear();
            }
            note(scraped, lastOfProcess.computeIfAbsent(process, _ -> new HashMap<>()));
            return scraped;
        }
        boolean isKnown = lastOfProcess.containsKey(process);
        Map<String, Double> last = lastOfProcess.computeIfAbsent(process, _ -> new HashMap<>());
        if (lastOfProcess.size() > MAX_REPLICAS) {
            lastOfProcess.pollFirstEntry();
        }
        List<Sample> merged = new ArrayList<>(scraped.samples().size());
        for (Sample sample : scraped.samples()) {
            // The sums aren't those of this process.
            if (sample.name().equals(TARGET_INFO)) {
                continue;
            }
            boolean hasRoom = results.size() < MAX_COUNTERS || results.containsKey(sample.series());
            merged.add(hasRoom && isCounter(sample.name(), scraped.families())
                    ? added(sample, last.get(sample.series()), isKnown || isNew)
                    : sample);
        }
        note(scraped, last);
        return new Exposition(merged, scraped.families());
    }

    /** @param wholeIsNews whether the whole value is an increase, if the counter is seen for the first time */
    private Sample added(Sample sample, Double last, boolean wholeIsNews) {
        double increase = last != null ? Math.max(0, sample.value() - last) : wholeIsNews ? sample.value() : 0;
        double result = results.merge(sample.series(), increase, Double::sum);
        return new Sample(sample.series(), sample.name(), sample.labels(), result, sample.exemplar());
    }

    private static void note(Exposition scraped, Map<String, Double> last) {
        for (Sample sample : scraped.samples()) {
            if (isCounter(sample.name(), scraped.families()) && (last.size() < MAX_COUNTERS || last.containsKey(sample.series()))) {
                last.put(sample.series(), sample.value());
            }
        }
    }

    private static boolean isCounter(String name, Map<String, Family> families) {
        if (name.endsWith("_total") || families.getOrDefault(name, Family.UNKNOWN).type().equals("counter")) {
            return true;
        }
        int suffix = name.lastIndexOf('_');
        return suffix > 0 && switch (name.substring(suffix)) {
            case "_bucket", "_count", "_sum" -> switch (families.getOrDefault(name.substring(0, suffix), Family.UNKNOWN).type()) {
                case "histogram", "summary" -> true;
                default -> false;
            };
            default -> false;
        };
    }
}
