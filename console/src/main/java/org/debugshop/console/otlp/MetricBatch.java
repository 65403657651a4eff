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
 * The metrics of one request on their way to the store. They become Prometheus series by <a
 * href="https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/">OpenTelemetry's mapping</a>. Invalid
 * data points are reported.
 *
 * <pre>
 * http.server.request.duration, s, histogram    http_server_request_duration_seconds_bucket{http_route="/",le="0.1"}, _count, _sum
 * orders, monotonic sum                         orders_total
 * queue.length, gauge or other sum              queue_length
 * </pre>
 *
 * The order of fields is free, so data points are added before the name of their metric is known, and metrics before their
 * resource. They are stored after the whole request was read, so an unreadable request stores nothing. Not thread-safe.
 */
final class MetricBatch {

    static final int MAX_SAMPLES = 10_000;
    /** The maximum length of all labels of the samples together. */
    static final int MAX_CHARACTERS = 4 * 1024 * 1024;
    /** OpenTelemetry's maximum length of an instrument's name. */
    static final int MAX_NAME = 255;
    private static final int MAX_HELP = 500;

    private static final String NO_ROOM = "a request may have " + MAX_SAMPLES + " samples, with " + MAX_CHARACTERS
            + " characters of labels; a histogram has a sample for each bucket";

    /** A sample whose metric and resource are not known yet. @param suffix the suffix of the name */
    private record Part(String suffix, Map<String, String> labels, double value) {}

    /** @param points the samples of each data point */
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
     * @throws InvalidRecordException if it is invalid or doesn't fit
     */
    void add(PointDraft point, MetricDraft.Kind kind) throws InvalidRecordException {
        // An exporter marks the end of a series this way.
        if ((point.flags & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE) != 0) {
            return;
        }
        if (point.unreadable) {
            throw new InvalidRecordException("a data point must have readable numbers");
        }
        Map<String, String> labels = PrometheusNames.labels(Attributes.of(point.attributes));
        int length = labels.entrySet().stream().mapToInt(label -> label.getKey().length() + label.getValue().length()).sum();
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

    /** Assigns the data points since the last call to this metric. */
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

    /**
     * Rejects the data points since the last call, of a metric that couldn't be read completely. It may have had more data points,
     * so it counts as at least one.
     */
    void rejectMetric(String reason) {
        report.reject(Math.max(1, points.size()), reason);
        points.clear();
    }

    /** Assigns the metrics since the last call to this resource. */
    void endResource(Resource resource) {
        if (!metrics.isEmpty()) {
            resources.add(new OfResource(resource, metrics));
            metrics = new ArrayList<>();
        }
    }

    /** Stores the metrics of a request that was read completely. */
    Batch.Outcome store(SeriesStore series, long epochMillis) {
        long accepted = 0;
        series.describe(families);
        for (OfResource group : resources) {
            String instance = group.resource().attributes().text("service.instance.id");
            List<SeriesStore.Push> pushes = group.metrics().stream().flatMap(metric -> metric.points().stream()
                    .map(point -> new SeriesStore.Push(point.stream().map(part -> sample(metric.name(), part, instance)).toList(),
                            metric.delta())))
                    .toList();
            int full = series.push(group.resource().service(), epochMillis, pushes);
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
        point.quantiles
                .forEach(quantile -> parts.add(new Part("", with(labels, "quantile", number(quantile.quantile())), quantile.value())));
        return parts;
    }

    private static List<Part> distribution(PointDraft point, Map<String, String> labels) {
        return new ArrayList<>(List.of(new Part("_count", labels, point.count), new Part("_sum", labels, point.sum)));
    }

    /** Creates a sample like that of a scrape, with the same text, which identifies the series. */
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

    /** Formats a number without a needless fraction: {@code le="5"}. */
    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15 ? Long.toString((long) number) : Double.toString(number);
    }
}
