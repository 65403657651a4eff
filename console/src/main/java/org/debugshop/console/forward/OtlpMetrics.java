package org.debugshop.console.forward;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.console.scrape.Targets.Target;
import org.debugshop.console.store.Exposition;
import org.debugshop.console.store.Exposition.Family;

/**
 * Converts the scrapes of one target to OTLP, by <a
 * href="https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/">OpenTelemetry's rules</a>: names don't
 * change, the help text becomes the description, counters become monotonic cumulative sums, and histograms have explicit bounds.
 * NaN means that there is no value, so it is left out.
 *
 * <p>{@code _created} becomes the start time of a sum, if there is one. Otherwise the start is when the series was first seen, or
 * when its value fell, because then the process was restarted. Not thread-safe.
 */
final class OtlpMetrics {

    private static final Pattern TRACE_ID = Pattern.compile("[0-9a-fA-F]{32}");
    private static final Pattern SPAN_ID = Pattern.compile("[0-9a-fA-F]{16}");
    private static final InstrumentationScope SCOPE = InstrumentationScope.newBuilder().setName("org.debugshop.console.scrape").build();

    /** The metric whose labels are the attributes of the resource. */
    private static final String TARGET_INFO = "target_info";

    /** Attributes of resources by the labels that they become in Prometheus, which has no dots. Other labels stay as they are. */
    private static final Map<String, String> ATTRIBUTES = Stream.of("service.name", "service.namespace", "service.version",
            "service.instance.id", "deployment.environment.name", "host.name", "host.id", "host.arch", "container.id", "container.name",
            "k8s.cluster.name", "k8s.namespace.name", "k8s.node.name", "k8s.pod.name", "k8s.pod.uid", "k8s.deployment.name",
            "k8s.statefulset.name", "k8s.container.name", "cloud.provider", "cloud.platform", "cloud.region", "cloud.availability_zone",
            "cloud.account.id", "os.type", "os.name", "os.version", "process.pid", "process.runtime.name", "process.runtime.version",
            "telemetry.sdk.name", "telemetry.sdk.language", "telemetry.sdk.version")
            .collect(Collectors.toUnmodifiableMap(name -> name.replace('.', '_'), name -> name));

    private record Series(String metric, List<String> labels) {}

    private record Begun(long startNanos, double value) {}

    /** The resource if the target doesn't name its own: where it was scraped. */
    private final Resource scraped;
    private Resource resource;
    /** The sums and histograms of the last scrape only, so that this map doesn't grow. */
    private Map<Series, Begun> begun = Map.of();

    /** @param environment {@code deployment.environment.name} */
    OtlpMetrics(Target target, String environment) {
        URI url = target.url();
        int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
        scraped = Resource.newBuilder()
                .addAttributes(attribute("service.name", target.service()))
                .addAttributes(attribute("service.instance.id", url.getHost() + ":" + port))
                .addAttributes(attribute("deployment.environment.name", environment))
                .addAttributes(attribute("server.address", url.getHost()))
                .addAttributes(KeyValue.newBuilder().setKey("server.port").setValue(AnyValue.newBuilder().setIntValue(port)))
                .addAttributes(attribute("url.scheme", url.getScheme()))
                .build();
        resource = scraped;
    }

    /**
     * Returns the resource in {@code target_info}, which is that of the target's spans and log records. Without it, for example if
     * several replicas answer at the same address, the resource is where the target was scraped.
     */
    private Resource resource(Exposition exposition) {
        return exposition.samples().stream().filter(sample -> sample.name().equals(TARGET_INFO)).findFirst().map(info -> {
            var own = Resource.newBuilder();
            for (int i = 0; i < info.labels().size(); i += 2) {
                String label = info.labels().get(i);
                own.addAttributes(attribute(ATTRIBUTES.getOrDefault(label, label), info.labels().get(i + 1)));
            }
            return own.build();
        }).orElse(scraped);
    }

    /** Returns {@code up} 1 and all metrics of the target. */
    ExportMetricsServiceRequest up(long epochMillis, Exposition exposition) {
        long now = epochMillis * 1_000_000;
        resource = resource(exposition);
        List<Metric> metrics = new ArrayList<>();
        metrics.add(upMetric(now, 1));
        Map<Series, Begun> seen = new HashMap<>();
        for (ScrapedMetric each : ScrapedMetric.of(exposition)) {
            if (each.name().equals(TARGET_INFO)) {
                continue;
            }
            Metric.Builder metric = metric(each.name(), each.family());
            switch (each.family().type()) {
                case "counter" -> metric.setSum(sum(each, true, now, seen));
                case "info", "stateset" -> metric.setSum(sum(each, false, now, seen));
                case "histogram" -> metric.setHistogram(histogram(each, now, seen));
                case "summary" -> metric.setSummary(summary(each, now, seen));
                default -> metric.setGauge(gauge(each, now));
            }
            if (hasPoints(metric)) {
                metrics.add(metric.build());
            }
        }
        begun = seen;
        return request(metrics);
    }

    /** Returns {@code up} 0 alone, because a target that is down has no metrics. The resource is that of the last answer. */
    ExportMetricsServiceRequest down(long epochMillis) {
        return request(List.of(upMetric(epochMillis * 1_000_000, 0)));
    }

    private ExportMetricsServiceRequest request(List<Metric> metrics) {
        return ExportMetricsServiceRequest.newBuilder().addResourceMetrics(ResourceMetrics.newBuilder().setResource(resource)
                .addScopeMetrics(ScopeMetrics.newBuilder().setScope(SCOPE).addAllMetrics(metrics))).build();
    }

    private static Metric upMetric(long now, double value) {
        return metric("up", new Family("gauge", "Whether the target answered the scrape", ""))
                .setGauge(Gauge.newBuilder().addDataPoints(NumberDataPoint.newBuilder().setTimeUnixNano(now).setAsDouble(value))).build();
    }

    private static Metric.Builder metric(String name, Family family) {
        return Metric.newBuilder().setName(name).setDescription(family.help()).setUnit(unit(family.unit()))
                .addMetadata(attribute("prometheus.type", family.type()));
    }

    private static boolean hasPoints(Metric.Builder metric) {
        return metric.getGauge().getDataPointsCount() + metric.getSum().getDataPointsCount() + metric.getHistogram().getDataPointsCount()
                + metric.getSummary().getDataPointsCount() > 0;
    }

    private static Gauge gauge(ScrapedMetric scraped, long now) {
        var gauge = Gauge.newBuilder();
        scraped.points().forEach((labels, point) -> {
            if (!Double.isNaN(point.value)) {
                gauge.addDataPoints(NumberDataPoint.newBuilder().addAllAttributes(attributes(labels)).setTimeUnixNano(now)
                        .setAsDouble(point.value));
            }
        });
        return gauge.build();
    }

    private Sum sum(ScrapedMetric scraped, boolean monotonic, long now, Map<Series, Begun> seen) {
        var sum = Sum.newBuilder().setIsMonotonic(monotonic)
                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
        scraped.points().forEach((labels, point) -> {
            if (!Double.isNaN(point.value)) {
                sum.addDataPoints(NumberDataPoint.newBuilder().addAllAttributes(attributes(labels))
                        .setStartTimeUnixNano(start(scraped, labels, point, monotonic ? point.value : 0, now, seen)).setTimeUnixNano(now)
                        .setAsDouble(point.value).addAllExemplars(exemplars(point, now)));
            }
        });
        return sum.build();
    }

    /** Converts a histogram. Prometheus' buckets are cumulative, OTLP's are not, and its last bucket has no bound. */
    private Histogram histogram(ScrapedMetric scraped, long now, Map<Series, Begun> seen) {
        var histogram = Histogram.newBuilder().setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
        scraped.points().forEach((labels, point) -> {
            if (Double.isNaN(point.count)) {
                return;
            }
            var data = HistogramDataPoint.newBuilder().addAllAttributes(attributes(labels))
                    .setStartTimeUnixNano(start(scraped, labels, point, point.count, now, seen)).setTimeUnixNano(now)
                    .addAllExemplars(exemplars(point, now));
            if (!Double.isNaN(point.sum)) {
                data.setSum(point.sum);
            }
            // A target may count on while it writes. Receivers check that the buckets add up to the count.
            long below = 0;
            for (var bucket : point.buckets.entrySet()) {
                long upTo = Math.max(below, bucket.getValue().longValue());
                data.addBucketCounts(upTo - below);
                below = upTo;
                if (bucket.getKey() != Double.POSITIVE_INFINITY) {
                    data.addExplicitBounds(bucket.getKey());
                }
            }
            if (!point.buckets.isEmpty() && !point.buckets.containsKey(Double.POSITIVE_INFINITY)) {
                long all = Math.max(below, (long) point.count);
                data.addBucketCounts(all - below);
                below = all;
            }
            histogram.addDataPoints(data.setCount(point.buckets.isEmpty() ? (long) point.count : below));
        });
        return histogram.build();
    }

    private Summary summary(ScrapedMetric scraped, long now, Map<Series, Begun> seen) {
        var summary = Summary.newBuilder();
        scraped.points().forEach((labels, point) -> {
            if (!Double.isNaN(point.count)) {
                var data = SummaryDataPoint.newBuilder().addAllAttributes(attributes(labels))
                        .setStartTimeUnixNano(start(scraped, labels, point, point.count, now, seen)).setTimeUnixNano(now)
                        .setCount((long) point.count).setSum(Double.isNaN(point.sum) ? 0 : point.sum);
                point.quantiles.forEach((quantile, value) -> data.addQuantileValues(
                        SummaryDataPoint.ValueAtQuantile.newBuilder().setQuantile(quantile).setValue(value)));
                summary.addDataPoints(data);
            }
        });
        return summary.build();
    }

    private long start(ScrapedMetric scraped, List<String> labels, ScrapedMetric.Point point, double value, long now,
            Map<Series, Begun> seen) {
        var series = new Series(scraped.name(), labels);
        Begun known = begun.get(series);
        long start = point.created > 0
                ? Math.min(now, (long) (point.created * 1e9))
                : known == null || value < known.value ? now : known.startNanos;
        seen.put(series, new Begun(start, value));
        return start;
    }

    private static List<Exemplar> exemplars(ScrapedMetric.Point point, long now) {
        List<Exemplar> exemplars = new ArrayList<>();
        point.exemplars.forEach(source -> {
            if (TRACE_ID.matcher(source.traceId()).matches()) {
                var exemplar = Exemplar.newBuilder().setAsDouble(source.value())
                        .setTimeUnixNano(Double.isNaN(source.seconds()) ? now : (long) (source.seconds() * 1e9))
                        .setTraceId(bytes(source.traceId()));
                if (SPAN_ID.matcher(source.spanId()).matches()) {
                    exemplar.setSpanId(bytes(source.spanId()));
                }
                exemplars.add(exemplar.build());
            }
        });
        return exemplars;
    }

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    /** Converts labels. In Prometheus, an empty label means no label. */
    private static List<KeyValue> attributes(List<String> labels) {
        List<KeyValue> attributes = new ArrayList<>();
        for (int i = 0; i < labels.size(); i += 2) {
            if (!labels.get(i + 1).isEmpty()) {
                attributes.add(attribute(labels.get(i), labels.get(i + 1)));
            }
        }
        return attributes;
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setStringValue(value)).build();
    }

    /** Converts common units of Prometheus to UCUM; others don't change. */
    private static String unit(String word) {
        int per = word.indexOf("_per_");
        if (per > 0) {
            return unit(word.substring(0, per)) + "/" + unit(word.substring(per + "_per_".length()));
        }
        return switch (word) {
            case "seconds", "second" -> "s";
            case "milliseconds" -> "ms";
            case "bytes" -> "By";
            case "ratio" -> "1";
            case "percent" -> "%";
            case "celsius" -> "Cel";
            default -> word;
        };
    }
}
