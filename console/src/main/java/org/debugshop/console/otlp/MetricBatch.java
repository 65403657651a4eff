package org.debugshop.console.otlp;

import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Exposition.Family;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;

/**
 * The metrics of one request on their way to the store, as series of Prometheus by
 * <a href="https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/">OpenTelemetry's mapping</a>;
 * the bad data points are reported:
 *
 * <pre>
 * http.server.request.duration, s, histogram    http_server_request_duration_seconds_bucket{http_route="/",le="0.1"}, _count, _sum
 * orders, monotonic sum                         orders_total
 * queue.length, gauge or other sum              queue_length
 * </pre>
 *
 * Field order is free, so data points are added before their metric is named, and metrics before their resource. All are handed over when
 * the request has been read to its end, so an unreadable one leaves nothing behind. Not safe for several threads.
 */
final class MetricBatch {

    static final int MAX_SAMPLES = 10_000;
    /** All samples together may have so many characters of labels. */
    static final int MAX_CHARACTERS = 4 * 1024 * 1024;
    /** OpenTelemetry's bound for the name of an instrument. */
    static final int MAX_NAME = 255;
    private static final int MAX_HELP = 500;

    private static final String NO_ROOM = "a request may have " + MAX_SAMPLES + " samples, with " + MAX_CHARACTERS
            + " characters of labels; a histogram has a sample for each bucket";

    /** A sample before the metric and the resource are known. @param suffix of the name */
    private record Part(String suffix, Map<String, String> labels, double value) {}

    /** @param parts of each data point */
    private record Named(String name, boolean delta, List<List<Part>> points) {}

    private record OfResource(Resource resource, List<Named> metrics) {}

    private final Report report;
    private final List<OfResource> resources = new ArrayList<>();
    private List<Named> metrics = new ArrayList<>();
    private List<List<Part>> points = new ArrayList<>();
    private final Map<String, Family> families = new HashMap<>();
    private int samples;
    private long characters;

    MetricBatch(Report report) {
        this.report = report;
    }

    /**
     * Adds a data point of the metric that {@link #endMetric} will name.
     *
     * @throws InvalidRecordException if it breaks a rule, or there is no room
     */
    void add(PointDraft point, MetricDraft.Kind kind) throws InvalidRecordException {
        // An exporter marks a series so that has ended.
        if ((point.flags & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE) != 0) {
            return;
        }
        if (point.unreadable) {
            throw new InvalidRecordException("a data point must have readable numbers");
        }
        Map<String, String> labels = PrometheusNames.labels(Attributes.of(point.attributes));
        int length = labels.entrySet().stream().mapToInt(each -> each.getKey().length() + each.getValue().length()).sum();
        int more = switch (kind) {
            case GAUGE, SUM -> 1;
            case HISTOGRAM -> 3 + point.bounds.size();
            case SUMMARY -> 2 + point.quantiles.size();
            case EXPONENTIAL_HISTOGRAM -> throw new InvalidRecordException("exponential histograms are not kept, those with explicit "
                    + "buckets are: OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=explicit_bucket_histogram");
        };
        if (samples + more > MAX_SAMPLES || characters + (long) more * length > MAX_CHARACTERS) {
            throw new InvalidRecordException(NO_ROOM);
        }
        points.add(switch (kind) {
            case GAUGE, SUM -> number(point, labels);
            case HISTOGRAM -> histogram(point, labels);
            default -> summary(point, labels);
        });
        samples += more;
        characters += (long) more * length;
    }

    void reject(String reason) {
        report.reject(1, reason);
    }

    /** The data points added since the last call are of this metric. */
    void endMetric(MetricDraft metric) {
        if (metric.name.isBlank() || metric.name.length() > MAX_NAME) {
            report.reject(points.size(), "a metric must have a name, of at most " + MAX_NAME + " characters");
            points.clear();
        } else if (!points.isEmpty()) {
            String type = switch (metric.kind) {
                case GAUGE -> "gauge";
                case SUM -> metric.monotonic ? "counter" : "gauge";
                case HISTOGRAM, EXPONENTIAL_HISTOGRAM -> "histogram";
                case SUMMARY -> "summary";
            };
            String name = PrometheusNames.metric(metric.name, metric.unit, type);
            String help = metric.description.substring(0, Math.min(metric.description.length(), MAX_HELP));
            families.putIfAbsent(name, new Family(type, help, ""));
            metrics.add(new Named(name, metric.temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA_VALUE, points));
            points = new ArrayList<>();
        }
    }

    /** Likewise, but of a metric that could not be read to its end: it may have had more data points, so it counts as one at least. */
    void rejectMetric(String reason) {
        report.reject(Math.max(1, points.size()), reason);
        points.clear();
    }

    /** The metrics that ended since the last call are of this resource. */
    void endResource(Resource resource) {
        if (!metrics.isEmpty()) {
            resources.add(new OfResource(resource, metrics));
            metrics = new ArrayList<>();
        }
    }

    /** The end of a request that could be read. */
    Batch.Outcome store(SeriesStore series, long epochMillis) {
        long accepted = 0;
        series.describe(families);
        for (OfResource each : resources) {
            String instance = each.resource().attributes().text("service.instance.id");
            List<SeriesStore.Push> pushes = each.metrics().stream().flatMap(metric -> metric.points().stream()
                    .map(point -> new SeriesStore.Push(point.stream().map(part -> sample(metric.name(), part, instance)).toList(),
                            metric.delta())))
                    .toList();
            int full = series.push(each.resource().service(), epochMillis, pushes);
            accepted += pushes.size() - full;
            report.reject(full,
                    "there is no room for more than " + SeriesStore.MAX_PUSHED_SERIES + " series, or for one with labels this long");
        }
        return new Batch.Outcome(accepted, report.rejected(), report.problem());
    }

    private static List<Part> number(PointDraft point, Map<String, String> labels) throws InvalidRecordException {
        if (point.value == null) {
            throw new InvalidRecordException("a data point must have a value");
        }
        return List.of(new Part("", labels, point.value));
    }

    private static List<Part> histogram(PointDraft point, Map<String, String> labels) throws InvalidRecordException {
        int bounds = point.bounds.size();
        boolean buckets = !point.bucketCounts.isEmpty();
        if (buckets && point.bucketCounts.size() != bounds + 1) {
            throw new InvalidRecordException("a histogram must have one bucket more than bounds");
        }
        List<Part> parts = distribution(point, labels);
        long below = 0;
        for (int i = 0; buckets && i < bounds; i++) {
            below += point.bucketCounts.get(i);
            parts.add(new Part("_bucket", with(labels, "le", number(point.bounds.get(i))), below));
        }
        parts.add(new Part("_bucket", with(labels, "le", "+Inf"), point.count));
        return parts;
    }

    private static List<Part> summary(PointDraft point, Map<String, String> labels) {
        List<Part> parts = distribution(point, labels);
        point.quantiles.forEach(each -> parts.add(new Part("", with(labels, "quantile", number(each.quantile())), each.value())));
        return parts;
    }

    private static List<Part> distribution(PointDraft point, Map<String, String> labels) {
        return new ArrayList<>(List.of(new Part("_count", labels, point.count), new Part("_sum", labels, point.sum)));
    }

    /** As a scrape would have it, its text included, by which a series is known again. */
    private static Sample sample(String metric, Part part, String instance) {
        String name = metric + part.suffix();
        Map<String, String> labels = part.labels();
        if (instance != null) {
            labels = new TreeMap<>(labels);
            String own = labels.put("instance", instance);
            if (own != null) {
                labels.put("exported_instance", own);
            }
        }
        var text = new StringBuilder(name).append('{');
        List<String> pairs = new ArrayList<>();
        labels.forEach((key, value) -> {
            text.append(key).append("=\"").append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append("\",");
            pairs.add(key);
            pairs.add(value);
        });
        return new Sample(text.append('}').toString(), name, pairs, part.value(), Optional.empty());
    }

    private static Map<String, String> with(Map<String, String> labels, String name, String value) {
        var more = new TreeMap<>(labels);
        more.put(name, value);
        return more;
    }

    /** Whole numbers without a fraction: {@code le="5"}. */
    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15 ? Long.toString((long) number) : Double.toString(number);
    }
}
