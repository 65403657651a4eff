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
 * Adds up the counters of replicas that answer in turn at one address, such as that of a Kubernetes Service. Each counts for itself, so
 * a counter would seem to fall whenever another one answers, which everywhere else means that its process was restarted.
 *
 * <pre>
 * answer of      A    A    B    A    B
 * its counter  100  104  900  107  905
 * increase            4    -    3    5    (of B, what it counted before it was first seen is not news)
 * result       100  104  104  107  112
 * </pre>
 *
 * {@code process_start_time_seconds} tells the replicas apart. While each process has begun after the last answer of the one before it,
 * which is a restart, nothing is changed. Gauges are those of the replica that has answered. For one target; not safe for several
 * threads.
 */
final class Replicas {

    private static final String PROCESS = "process_start_time_seconds";
    static final int MAX_REPLICAS = 16;
    /** Of one replica; those beyond stay as they are. */
    private static final int MAX_COUNTERS = 5000;

    /** By their series, the last counters of each process, the one that answered longest ago first. */
    private final LinkedHashMap<Double, Map<String, Double>> lastOfProcess = new LinkedHashMap<>(16, 0.75f, true);
    /** By their series, the results; null as long as there is one replica. */
    private Map<String, Double> results;
    private double process;
    private long lastMillis;

    /** @param epochMillis when the scrape began, later than that of the scrape before */
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
            boolean hasRoom = results.size() < MAX_COUNTERS || results.containsKey(sample.series());
            merged.add(hasRoom && isCounter(sample.name(), scraped.families())
                    ? added(sample, last.get(sample.series()), isKnown || isNew)
                    : sample);
        }
        note(scraped, last);
        return new Exposition(merged, scraped.families());
    }

    /** @param wholeIsNews whether all that a counter has is an increase, if it is seen for the first time */
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
