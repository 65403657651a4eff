package org.debugshop.defaults.telemetry;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.Collector.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Corrects what Micrometer exposes and the <a href="https://prometheus.io/docs/specs/om/open_metrics_spec/">OpenMetrics
 * specification</a> doesn't allow. Some versions of Prometheus drop a whole scrape because of one such line.
 *
 * <ul>
 * <li>Only totals of counters and buckets of histograms have exemplars.
 * <li>A sample whose suffix doesn't belong to the type of its family gets its own family. Micrometer writes the samples of a long
 * task timer into a summary: {@code x_seconds_active_count} becomes {@code x_active}, and {@code x_seconds_duration_sum} becomes
 * {@code x_active_seconds}.
 * <li>Times are in seconds, the base unit of Prometheus: {@code x_ns_total} becomes {@code x_seconds_total}.
 * <li>A gauge has no suffix of a histogram: {@code x_connection_count} becomes {@code x_connections}. A name of the semantic
 * conventions is kept.
 * <li>Families of the same name become one, and each has a help text.
 * </ul>
 */
final class OpenMetrics {

    /** A unit of time in a name that isn't the base unit. */
    private static final Pattern SMALL_UNIT = Pattern.compile("_([mn])s(?=_|$)");

    /** A gauge with a suffix of a histogram, which no histogram has. */
    private static final String BY_CONVENTION = "db_client_connection_count";

    private static final String UNDESCRIBED = "A metric of a library, which does not describe it";

    private final Map<String, MetricFamilySamples> families = new LinkedHashMap<>();

    private OpenMetrics() {}

    static Collection<MetricFamilySamples> of(Enumeration<MetricFamilySamples> exposed) {
        var corrected = new OpenMetrics();
        while (exposed.hasMoreElements()) {
            MetricFamilySamples family = exposed.nextElement();
            for (Sample sample : family.samples) {
                corrected.add(family, sample);
            }
        }
        return corrected.families.values();
    }

    private void add(MetricFamilySamples family, Sample sample) {
        boolean named = sample.name.startsWith(family.name);
        if (named && belongs(sample.name.substring(family.name.length()), family.type)) {
            add(family.name, family.type, family.help, sample.name, sample);
        } else {
            String name = sample.name.replaceFirst("_seconds_active_count$", "_active")
                    .replaceFirst("_seconds_duration_sum$", "_active_seconds");
            add(name, Type.GAUGE, family.help, name, sample);
        }
    }

    private void add(String familyName, Type type, String help, String sampleName, Sample sample) {
        var unit = SMALL_UNIT.matcher(familyName);
        double factor = !unit.find() ? 1 : unit.group(1).equals("n") ? 1e-9 : 1e-3;
        String inSeconds = unit.replaceAll("_seconds");
        String name = type == Type.GAUGE && !inSeconds.equals(BY_CONVENTION) ? inSeconds.replaceFirst("_count$", "s") : inSeconds;
        families.computeIfAbsent(
                name, _ -> new MetricFamilySamples(name, type, help.isBlank() ? UNDESCRIBED : help, new ArrayList<>())).samples
                .add(new Sample(
                        name + sampleName.substring(familyName.length()), sample.labelNames, sample.labelValues, sample.value * factor,
                        mayHaveExemplar(sampleName, type) ? sample.exemplar : null));
    }

    private static boolean mayHaveExemplar(String sampleName, Type type) {
        return switch (type) {
            case COUNTER -> sampleName.endsWith("_total");
            case HISTOGRAM, GAUGE_HISTOGRAM -> sampleName.endsWith("_bucket");
            default -> false;
        };
    }

    /** Returns whether samples with this suffix are part of a family of this type. */
    private static boolean belongs(String suffix, Type type) {
        return switch (type) {
            case COUNTER -> List.of("_total", "_created").contains(suffix);
            case SUMMARY -> List.of("", "_count", "_sum", "_created").contains(suffix);
            case HISTOGRAM -> List.of("_bucket", "_count", "_sum", "_created").contains(suffix);
            case GAUGE_HISTOGRAM -> List.of("_bucket", "_gcount", "_gsum").contains(suffix);
            case INFO -> suffix.equals("_info");
            default -> suffix.isEmpty();
        };
    }
}
