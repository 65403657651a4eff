package org.debugshop.console.otlp;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.keyValue;
import static org.hamcrest.Matchers.equalTo;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class ReceivedMetricsTest {

    private static final Attributes ROUTE = Attributes.of(AttributeKey.stringKey("http.route"), "/");

    @Inject
    OtlpServer otlp;

    private Response post(byte[] body) {
        return given().port(otlp.port()).contentType("application/x-protobuf").body(body).post("/v1/metrics");
    }

    private static Map<Map<String, String>, Float> values(String name, String service) {
        List<Map<String, Object>> series = given().queryParam("service", service).get("/api/metrics/" + name).then().statusCode(200)
                .extract()
                .path("$");
        return series.stream().collect(Collectors.toMap(found -> {
            @SuppressWarnings("unchecked")
            var labels = new TreeMap<>((Map<String, String>) found.get("labels"));
            labels.keySet().removeAll(List.of("service", "instance"));
            return labels;
        }, found -> {
            var points = (List<?>) found.get("points");
            return ((Number) ((List<?>) points.getLast()).get(1)).floatValue();
        }));
    }

    @ParameterizedTest
    @CsvSource({"cumulative", "delta"})
    void shouldStoreWhatTheSdkSends(String temporality) {
        String service = "metered-" + temporality;
        var exporter = OtlpHttpMetricExporter.builder().setEndpoint("http://localhost:" + otlp.port() + "/v1/metrics")
                .setAggregationTemporalitySelector(temporality.equals("delta")
                        ? AggregationTemporalitySelector.deltaPreferred()
                        : AggregationTemporalitySelector.alwaysCumulative())
                .build();
        try (var provider = SdkMeterProvider.builder()
                .setResource(Resource.builder().put("service.name", service).put("service.instance.id", "i-1").build())
                .registerView(InstrumentSelector.builder().setName("http.server.request.duration").build(),
                        View.builder().setAggregation(Aggregation.explicitBucketHistogram(List.of(0.1, 1.0))).build())
                .registerMetricReader(PeriodicMetricReader.create(exporter)).build()) {
            var meter = provider.get("test");
            var orders = meter.counterBuilder("orders.placed").setDescription("Orders taken").setUnit("{order}").build();
            orders.add(3, ROUTE);
            meter.upDownCounterBuilder("queue.length").build().add(-2);
            var gauge = meter.gaugeBuilder("room.temperature").setUnit("Cel").build();
            gauge.set(21.5);
            var durations = meter.histogramBuilder("http.server.request.duration").setUnit("s").build();
            durations.record(0.05, ROUTE);
            durations.record(0.5, ROUTE);
            durations.record(5, ROUTE);
            assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
        }

        var route = Map.of("http_route", "/");
        assertThat(values("orders_placed_total", service)).isEqualTo(Map.of(route, 3f));
        assertThat(values("queue_length", service)).isEqualTo(Map.of(Map.of(), -2f));
        assertThat(values("room_temperature_celsius", service)).isEqualTo(Map.of(Map.of(), 21.5f));
        assertThat(values("http_server_request_duration_seconds_bucket", service)).isEqualTo(Map.of(
                Map.of("http_route", "/", "le", "0.1"), 1f, Map.of("http_route", "/", "le", "1"), 2f,
                Map.of("http_route", "/", "le", "+Inf"), 3f));
        assertThat(values("http_server_request_duration_seconds_sum", service)).isEqualTo(Map.of(route, 5.55f));
        given().queryParam("service", service).get("/api/metrics/orders_placed_total").then().body("labels[0].instance", equalTo("i-1"));
        given().get("/api/charts").then().body("find { it.name == 'orders_placed_total' }.kind", equalTo("COUNTER"))
                .body("find { it.name == 'orders_placed_total' }.help", equalTo("Orders taken"))
                .body("find { it.name == 'http_server_request_duration_seconds' }.kind", equalTo("HISTOGRAM"))
                .body("find { it.name == 'room_temperature_celsius' }.kind", equalTo("GAUGE"));
    }

    @Test
    void shouldAcceptJsonAndDropInvalidMetrics() {
        var answer = given().port(otlp.port()).contentType("application/json").body("""
                {"resourceMetrics":[{"scopeMetrics":[{"metrics":[
                  {"name":"json.size","unit":"By","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[
                    {"asInt":"7","timeUnixNano":"1","attributes":[{"key":"a b","value":{"intValue":"1"}}],"unknown":{}}]}},
                  {"name":"json.bad","gauge":{"dataPoints":[{"asInt":1e21}]}},
                  {"name":"json.gone","gauge":{"dataPoints":[{"asDouble":1,"flags":1}]}},
                  {"name":"json.ratio","unit":"1","gauge":{"dataPoints":[{"asDouble":0.5}]}}]}],
                 "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"json-metered"}}]}}]}""").post("/v1/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.path("partialSuccess.rejectedDataPoints").toString()).isEqualTo("1");
        assertThat(answer.path("partialSuccess.errorMessage").toString())
                .contains("\"asInt\" must be an integer of 64 bits and was left out");
        assertThat(values("json_size_bytes_total", "json-metered")).isEqualTo(Map.of(Map.of("a_b", "1"), 7f));
        assertThat(values("json_ratio", "json-metered")).isEqualTo(Map.of(Map.of(), 0.5f));
        assertThat(values("json_gone", "json-metered")).isEmpty();
    }

    @Test
    void shouldKeepSummariesAndRejectExponentialHistograms() throws Exception {
        var summary = Metric.newBuilder().setName("rpc").setUnit("ms").setSummary(Summary.newBuilder()
                .addDataPoints(SummaryDataPoint.newBuilder().setCount(4).setSum(8).addQuantileValues(
                        SummaryDataPoint.ValueAtQuantile.newBuilder().setQuantile(0.5).setValue(2))));
        var exponential = Metric.newBuilder().setName("exp").setExponentialHistogram(ExponentialHistogram.newBuilder()
                .addDataPoints(ExponentialHistogramDataPoint.newBuilder().setCount(1)).addDataPoints(
                        ExponentialHistogramDataPoint.newBuilder().setCount(2)));

        var answer = ExportMetricsServiceResponse.parseFrom(post(request("summed", summary, exponential)).asByteArray());

        assertThat(answer.getPartialSuccess().getRejectedDataPoints()).isEqualTo(2);
        assertThat(answer.getPartialSuccess().getErrorMessage()).contains("exponential histograms are not kept");
        assertThat(values("rpc_milliseconds", "summed")).isEqualTo(Map.of(Map.of("quantile", "0.5"), 2f));
        assertThat(values("rpc_milliseconds_count", "summed")).isEqualTo(Map.of(Map.of(), 4f));
        given().get("/api/charts").then().body("findAll { it.name == 'rpc_milliseconds' }.kind", equalTo(List.of("SUMMARY")));
    }

    @Test
    void shouldStoreNothingOfAnUnreadableRequest() {
        byte[] whole = request("broken", Metric.newBuilder().setName("broken").setGauge(Gauge.newBuilder()
                .addDataPoints(NumberDataPoint.newBuilder().setAsInt(1))));
        var broken = Arrays.copyOf(whole, whole.length + 2);
        broken[whole.length] = 10;
        broken[whole.length + 1] = 50;

        assertThat(post(broken).statusCode()).isEqualTo(400);
        assertThat(values("broken", "broken")).isEmpty();
    }

    private static byte[] request(String service, Metric.Builder... metrics) {
        var scope = ScopeMetrics.newBuilder();
        List.of(metrics).forEach(scope::addMetrics);
        return ExportMetricsServiceRequest.newBuilder().addResourceMetrics(ResourceMetrics.newBuilder()
                .setResource(io.opentelemetry.proto.resource.v1.Resource.newBuilder().addAttributes(keyValue("service.name", service)))
                .addScopeMetrics(scope)).build().toByteArray();
    }
}
