package org.debugshop.console.otlp;

import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Exposition.Family;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.Seen;
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

    /** A data point. @param index its place among the {@code hashes} of its metric */
    private record Point(List<Part> parts, int index, boolean timed) {}

    /**
     * @param name the name in Prometheus
     * @param sent the name that was sent
     * @param hashes the hashes of all data points, with the rejected ones; see {@link Seen#identity}
     * @param position the position in the request
     */
    private record Named(String name, String sent, boolean delta, List<Point> points, List<Long> hashes, int position) {}

    private record OfResource(Resource resource, List<Named> metrics) {}

    private final Report report;
    private final Seen seen;
    private final List<OfResource> resources = new ArrayList<>();
    private List<Named> metrics = new ArrayList<>();
    private List<Point> points = new ArrayList<>();
    private List<Long> hashes = new ArrayList<>();
    private final BitSet repeated = new BitSet();
    private int read;
    private long duplicates;
    private final Map<String, Family> families = new HashMap<>();
    private int samples;
    private long characters;

    MetricBatch(Report report) {
        this(report, null);
    }

    /** @param seen recognises data points that arrive again, which are not stored again; null if that doesn't matter */
    MetricBatch(Report report, Seen seen) {
        this.report = report;
        this.seen = seen;
    }

    /**
     * Adds a data point of the metric that {@link #endMetric} will name.
     *
     * @throws InvalidRecordException if it is invalid or doesn't fit
     */
    void add(PointDraft point, MetricDraft.Kind kind) throws InvalidRecordException {
        Attributes attributes = Attributes.of(point.attributes);
        if (seen != null) {
            hashes.add(hash(point, attributes));
        }
        // An exporter marks the end of a series this way.
        if ((point.flags & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE) != 0) {
            return;
        }
        if (point.unreadable) {
            throw new InvalidRecordException("a data point must have readable numbers");
        }
        Map<String, String> labels = PrometheusNames.labels(attributes);
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
        points.add(new Point(switch (kind) {
            case GAUGE, SUM -> number(point, labels);
            case HISTOGRAM -> histogram(point, labels);
            default -> summary(point, labels);
        }, hashes.size() - 1, point.timeNanos != 0));
        samples += more;
        characters += (long) more * length;
    }

    private static long hash(PointDraft point, Attributes attributes) {
        long hash = Seen.mix(Seen.hash(attributes::forEach), point.timeNanos);
        return point.timeNanos != 0
                ? hash
                : Seen.mix(Seen.mix(hash, Double.hashCode(point.sum) + point.count), Objects.hashCode(point.value));
    }

    void reject(String reason) {
        report.reject(1, reason);
    }

    /** Assigns the data points since the last call to this metric. */
    void endMetric(MetricDraft metric) {
        int position = read++;
        if (metric.name.isBlank() || metric.name.length() > MAX_NAME) {
            report.reject(points.size(), "a metric must have a name, of at most " + MAX_NAME + " characters");
            forget(position);
        } else if (metric.kind == null || points.isEmpty() && hashes.isEmpty()) {
            forget(position);
        } else {
            String type = switch (metric.kind) {
                case GAUGE -> "gauge";
                case SUM -> metric.monotonic ? "counter" : "gauge";
                case HISTOGRAM, EXPONENTIAL_HISTOGRAM -> "histogram";
                case SUMMARY -> "summary";
            };
            String name = PrometheusNames.metric(metric.name, metric.unit, type);
            if (!points.isEmpty()) {
                String help = metric.description.substring(0, Math.min(metric.description.length(), MAX_HELP));
                families.putIfAbsent(name, new Family(type, help, ""));
            }
            metrics.add(new Named(name, metric.name,
                    metric.temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA_VALUE, points, hashes, position));
            points = new ArrayList<>();
            hashes = new ArrayList<>();
        }
    }

    private void forget(int position) {
        repeated.set(position);
        points.clear();
        hashes.clear();
    }

    /**
     * Rejects the data points since the last call, of a metric that couldn't be read completely. It may have had more data points,
     * so it counts as at least one.
     */
    void rejectMetric(String reason) {
        report.reject(Math.max(1, points.size()), reason);
        forget(read++);
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
            List<SeriesStore.Push> pushes = new ArrayList<>();
            for (Named metric : group.metrics()) {
                BitSet known = known(group.resource().service(), instance == null ? "" : instance, metric);
                for (Point point : metric.points()) {
                    if (seen != null && point.timed() && known.get(point.index())) {
                        duplicates++;
                        accepted++;
                    } else {
                        pushes.add(new SeriesStore.Push(
                                point.parts().stream().map(part -> sample(metric.name(), part, instance)).toList(), metric.delta()));
                    }
                }
            }
            int full = series.push(group.resource().service(), epochMillis, pushes);
            accepted += pushes.size() - full;
            report.reject(full,
                    "there is no room for more than " + SeriesStore.MAX_PUSHED_SERIES + " series, or for one with labels this long");
        }
        return new Batch.Outcome(accepted, report.rejected(), report.problem());
    }

    /** Returns which data points have arrived before, by their index; empty if that doesn't matter. */
    private BitSet known(String service, String instance, Named metric) {
        var known = new BitSet();
        for (int i = 0; i < metric.hashes().size(); i++) {
            known.set(i, !seen.add(Seen.identity(service, instance, metric.sent(), metric.hashes().get(i))));
        }
        if (seen != null && known.cardinality() == metric.hashes().size()) {
            repeated.set(metric.position());
        }
        return known;
    }

    /** Returns how many metrics the request has had so far. */
    int read() {
        return read;
    }

    /** Returns the positions of the metrics that were invalid, or of which all data points had arrived before. */
    BitSet repeated() {
        return repeated;
    }

    /** Returns how many data points were not stored because they had arrived before. */
    long duplicates() {
        return duplicates;
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
