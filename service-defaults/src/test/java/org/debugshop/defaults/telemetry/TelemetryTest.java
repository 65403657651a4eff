package org.debugshop.defaults.telemetry;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Metrics;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.awaitility.Awaitility;
import org.debugshop.defaults.EchoResource;
import org.debugshop.defaults.events.Events;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(TelemetryTest.Exporters.class)
class TelemetryTest {

    public static class Exporters implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.otel.simple", "true", "OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=shop.a.b,k8s.pod.name=a");
        }

        @Produces
        @Singleton
        InMemorySpanExporter spans() {
            return InMemorySpanExporter.create();
        }

        @Produces
        @Singleton
        InMemoryLogRecordExporter logs() {
            return InMemoryLogRecordExporter.create();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"db.system", "db.system.name"})
    void shouldNotStartATraceWithADatabaseQuery(String system) {
        var question = tracer.spanBuilder("select").setSpanKind(SpanKind.CLIENT).setAttribute(system, "postgresql");

        var alone = question.setNoParent().startSpan();
        var request = tracer.spanBuilder("request").startSpan();
        var within = question.setParent(Context.root().with(request)).startSpan();

        assertThat(alone.getSpanContext().isSampled()).isFalse();
        assertThat(within.getSpanContext().isSampled()).isTrue();
        List.of(alone, within, request).forEach(Span::end);
    }

    @Test
    void shouldDescribeADatabaseByTheStableNames() {
        var request = tracer.spanBuilder("request").startSpan();
        trace = request.getSpanContext().getTraceId();
        for (var names : List.of(List.of("db.system.name", "db.query.text"), List.of("db.system", "db.statement"))) {
            tracer.spanBuilder("select").setParent(Context.root().with(request)).setSpanKind(SpanKind.CLIENT)
                    .setAttribute(names.getFirst(), "orders").setAttribute(names.getLast(), "select 1").startSpan()
                    .setAttribute("network.peer.address", "db.example").setAttribute("network.peer.port", 5432).end();
        }
        request.end();

        assertThat(spans(3)).filteredOn(span -> span.getKind() == SpanKind.CLIENT).hasSize(2).allSatisfy(span -> {
            assertThat(text(span, "db.system.name")).isEqualTo("postgresql");
            assertThat(text(span, "db.namespace")).isEqualTo("orders");
            assertThat(text(span, "db.query.text")).isEqualTo("select 1");
            assertThat(text(span, "server.address")).isEqualTo("db.example");
            assertThat(span.getAttributes().get(AttributeKey.longKey("server.port"))).isEqualTo(5432);
        });
        assertThat(System.getProperty("otel.semconv-stability.opt-in")).contains("database");
    }

    private static String text(SpanData span, String attribute) {
        return span.getAttributes().get(AttributeKey.stringKey(attribute));
    }

    @Test
    void shouldGiveTheTypeOfTheErrorIfARecordCannotBeSent() {
        var origin = Map.of("traceparent", "00-" + trace + "-b7ad6b7169203331-01");

        assertThatThrownBy(() -> Events.send("orders", "o-1", origin, new RecordHeaders(),
                () -> Uni.createFrom().failure(new IllegalStateException("no broker"))).await().atMost(Duration.ofSeconds(20)))
                .isInstanceOf(IllegalStateException.class);

        var span = spans(1).getFirst();
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getAttributes().get(Failure.ERROR_TYPE)).isEqualTo("java.lang.IllegalStateException");
        assertThat(text(span, "kafka.message.key")).isEqualTo("o-1");
        assertThat(text(span, "messaging.system.name")).isEqualTo("kafka");
    }

    @Test
    void shouldKeepTheBaggageOfARequestInItsEvents() {
        var headers = new RecordHeaders();
        Map<String, String> origin;
        try (var _ = Baggage.builder().put("debug-shop.intercept", "ann").build().makeCurrent()) {
            origin = Events.currentContext();
        }
        Events.send("orders", "o-1", origin, headers, () -> Uni.createFrom().voidItem()).await().atMost(Duration.ofSeconds(20));

        var record = new ConsumerRecord<>("orders", 0, 0, "o-1", "{}");
        headers.forEach(record.headers()::add);
        var keys = new ArrayList<String>();
        Events.process(record, new RecordHeaders(), "group", () -> {
            keys.add(Baggage.current().getEntryValue("debug-shop.intercept"));
            keys.add(Events.currentContext().get("baggage"));
            return Uni.createFrom().voidItem();
        }).await().atMost(Duration.ofSeconds(20));
        assertThat(keys).containsExactly("ann", "debug-shop.intercept=ann");
    }

    @Test
    void shouldHaveOneResourceForSpansLogsAndMetrics() {
        traced().get("/echo/refused").then().statusCode(401);

        var id = spans(1).getFirst().getResource().getAttribute(ServiceResource.INSTANCE_ID);
        assertThat(id).isNotBlank().isEqualTo(log().getResource().getAttribute(ServiceResource.INSTANCE_ID));
        assertThat(given().accept("application/openmetrics-text").get("/metrics").asString()).contains("# TYPE target info\n")
                .containsPattern("\ntarget_info\\{deployment_environment_name=\"local\",.*service_instance_id=\"" + id
                        + "\",service_name=\"service-defaults\",service_version=\"1.0.0\"} 1.0\n");
    }

    @TestHTTPResource("/")
    URI base;

    @Inject
    Tracer tracer;

    @Inject
    InMemorySpanExporter spans;

    @Inject
    InMemoryLogRecordExporter logs;

    /** The trace of this test: spans of earlier tests may still arrive. */
    private String trace;

    @BeforeEach
    void newTrace() {
        trace = "%032x".formatted(new BigInteger(120, new SecureRandom()).add(BigInteger.ONE));
    }

    private RequestSpecification traced() {
        return given().header("traceparent", "00-" + trace + "-b7ad6b7169203331-01");
    }

    private LogRecordData log() {
        return Awaitility.await().until(() -> logs.getFinishedLogRecordItems().stream()
                .filter(record -> record.getSpanContext().getTraceId().equals(trace)).findFirst(), Optional::isPresent).orElseThrow();
    }

    private List<SpanData> spans(int count) {
        var found = Awaitility.await().until(
                () -> spans.getFinishedSpanItems().stream().filter(span -> span.getTraceId().equals(trace)).toList(),
                list -> list.size() >= count);
        assertThat(found.size()).isEqualTo(count);
        return found;
    }

    @Test
    void shouldMarkAFailureOnlyOnTheSpanWhereItStarts() {
        traced().get("/echo/refused").then().statusCode(401);

        var span = spans(1).getFirst();
        assertThat(span.getName()).isEqualTo("GET /echo/refused");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getStatus().getDescription()).isEqualTo("No more patience");
        assertThat(span.getAttributes().get(Failure.ERROR_TYPE)).isEqualTo("out_of_patience");
        assertThat(span.getAttributes().get(EchoResource.REASON)).isEqualTo("No more patience");
        assertThat(span.getEvents()).anyMatch(event -> event.getName().equals("shop.failure")
                && "No more patience".equals(event.getAttributes().get(EchoResource.REASON)));
        assertThat(span.getResource().getAttribute(AttributeKey.stringKey("service.name"))).isEqualTo("service-defaults");
        assertThat(span.getResource().getAttribute(AttributeKey.stringKey("service.version"))).isEqualTo("1.0.0");
        assertThat(span.getResource().getAttribute(AttributeKey.stringKey("deployment.environment.name"))).isEqualTo("local");
        assertThat(span.getResource().getAttribute(AttributeKey.stringKey("service.instance.id"))).isEqualTo("shop.a.b");
        assertThat(span.getResource().getAttribute(AttributeKey.stringKey("k8s.pod.name"))).isEqualTo("a");
    }

    @Path("/echo")
    interface EchoClient {
        @GET
        @Path("refused")
        Uni<String> refused();

        @GET
        @Path("thing/{id}")
        Uni<String> thing(@PathParam("id") int id);
    }

    /** Vert.x starts a span only when it has a connection. */
    @Test
    void shouldRecordACallThatIsRefusedAConnection() throws IOException {
        try (var closed = new Socket()) {
            closed.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // bound, so that nothing else listens there
            var client = QuarkusRestClientBuilder.newBuilder().baseUri(URI.create("http://127.0.0.1:" + closed.getLocalPort()))
                    .build(EchoClient.class);
            var root = tracer.spanBuilder("root").startSpan();
            trace = root.getSpanContext().getTraceId();
            try (var _ = root.makeCurrent()) {
                assertThatThrownBy(() -> Upstream.named("closed-service").call(client.thing(7)).await().atMost(Duration.ofSeconds(20)))
                        .isInstanceOf(UpstreamFailure.class);
            }

            var span = spans(1).getFirst();
            assertThat(span.getName()).isEqualTo("GET /echo/thing/{id}");
            assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(span.getParentSpanId()).isEqualTo(root.getSpanContext().getSpanId());
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.getStatus().getDescription()).contains("Connection refused");
            assertThat(text(span, "server.address")).isEqualTo("127.0.0.1");
            assertThat(span.getAttributes().get(AttributeKey.longKey("server.port"))).isEqualTo(closed.getLocalPort());
            assertThat(text(span, "http.request.method")).isEqualTo("GET");
            assertThat(text(span, "url.full")).isEqualTo("http://127.0.0.1:" + closed.getLocalPort() + "/echo/thing/7");
            assertThat(text(span, "error.type")).isEqualTo("java.net.ConnectException");
            root.end();
        }
        assertThat(given().get("/metrics").asString())
                .contains("shop_upstream_failures_total{reason=\"unreachable\",upstream=\"closed-service\",} 1.0",
                        "shop_upstream_failures_total{reason=\"timeout\",upstream=\"closed-service\",} 0.0",
                        "shop_upstream_active_calls{upstream=\"closed-service\",} 0.0",
                        "shop_upstream_retries_total{upstream=\"closed-service\",} 0.0")
                .doesNotContain("reason=\"refused\"");
    }

    @Test
    void shouldRecordACallOnceIfItHasAConnection() {
        var client = QuarkusRestClientBuilder.newBuilder().baseUri(base).build(EchoClient.class);
        var root = tracer.spanBuilder("root").startSpan();
        trace = root.getSpanContext().getTraceId();
        try (var _ = root.makeCurrent()) {
            assertThatThrownBy(() -> Upstream.named("echo-service").call(client.refused()).await().atMost(Duration.ofSeconds(20)))
                    .isInstanceOf(UpstreamFailure.class);
        }
        root.end();

        assertThat(spans(3)).filteredOn(span -> span.getKind() == SpanKind.CLIENT).hasSize(1);
        assertThat(Context.current()).isEqualTo(Context.root());
    }

    @Test
    void shouldCountCallsThatHaveNoAnswerYet() {
        var answer = new CompletableFuture<String>();
        var call = new Upstream("waiting-service", Duration.ofMinutes(1)).call(Uni.createFrom().completionStage(answer))
                .subscribeAsCompletionStage();

        assertThat(given().get("/metrics").asString()).contains("shop_upstream_active_calls{upstream=\"waiting-service\",} 1.0");
        answer.complete("done");
        call.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(given().get("/metrics").asString()).contains("shop_upstream_active_calls{upstream=\"waiting-service\",} 0.0");
    }

    @Test
    void shouldCountACallAsEndedOnceThatIsRepeatedOrCancelled() {
        var upstream = new Upstream("silent-service", Duration.ofMillis(30));
        var repeated = upstream.call(Uni.createFrom().<String>nothing()).onFailure().retry().atMost(3);
        assertThatThrownBy(() -> repeated.await().atMost(Duration.ofSeconds(20))).isInstanceOf(UpstreamFailure.class);
        var cancelled = upstream.call(Uni.createFrom().<String>nothing()).onFailure().retry().indefinitely().ifNoItem()
                .after(Duration.ofMillis(200)).fail();
        assertThatThrownBy(() -> cancelled.await().atMost(Duration.ofSeconds(20))).isNotNull();

        assertThat(given().get("/metrics").asString()).contains("shop_upstream_active_calls{upstream=\"silent-service\",} 0.0");
    }

    @Test
    void shouldMarkARefusalOnTheClientsSpanWithoutAReason() {
        var client = QuarkusRestClientBuilder.newBuilder().baseUri(base).build(EchoClient.class);
        var root = tracer.spanBuilder("root").startSpan();
        trace = root.getSpanContext().getTraceId();
        try (var _ = root.makeCurrent()) {
            assertThatThrownBy(() -> client.refused().await().atMost(Duration.ofSeconds(20))).isInstanceOf(WebApplicationException.class);
        }

        var span = spans(2).stream().filter(finished -> finished.getKind() == SpanKind.CLIENT).findFirst().orElseThrow();
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getStatus().getDescription()).isEqualTo("");
        assertThat(span.getAttributes().get(EchoResource.REASON)).isNull();
    }

    @Test
    void shouldMarkTheCallersSpanIfTheUpstreamHasNone() {
        traced().get("/echo/upstream-away").then().statusCode(502).body("error", equalTo("thing-service is unreachable"));

        var span = spans(1).getFirst();
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getAttributes().get(UpstreamFailure.FAILURE)).isEqualTo("thing-service is unreachable");
        assertThat(span.getEvents()).anyMatch(event -> event.getName().equals("shop.failure")
                && "unreachable".equals(event.getAttributes().get(Failure.ERROR_TYPE)));
        assertThat(log().getSeverityText()).isEqualTo("ERROR");
        assertThat(log().getAttributes().get(UpstreamFailure.SERVICE)).isEqualTo("thing-service");
    }

    @Test
    void shouldExportTheLogOfASpanWithItsFields() {
        traced().get("/echo/refused").then().statusCode(401);

        var log = log();
        assertThat(log.getBodyValue().asString()).isEqualTo("Refused a request");
        assertThat(log.getSeverityText()).isEqualTo("WARN");
        assertThat(log.getAttributes().get(EchoResource.REASON)).isEqualTo("No more patience");
        assertThat(log.getSpanContext().getSpanId()).isEqualTo(spans(1).getFirst().getSpanId());
    }

    @Test
    void shouldLeaveOutProbesAndScrapes() {
        traced().get("/health").then().statusCode(200).body("status", equalTo("UP"));
        traced().get("/health/ready").then().statusCode(200);
        traced().get("/health/live").then().statusCode(200);
        traced().get("/metrics").then().statusCode(200).body(not(containsString("uri=\"/health")));
        traced().get("/echo/int/1").then().statusCode(200);
        assertThat(spans(1).getFirst().getName()).isEqualTo("GET /echo/int/{number}");
    }

    @Test
    void shouldGiveAScraperBucketsAndExemplars() {
        given().get("/echo/int/1").then().statusCode(200);
        Awaitility.await().untilAsserted(() -> given()
                .accept("application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.1").get("/metrics").then()
                .statusCode(200).contentType(startsWith("application/openmetrics-text"))
                .body(containsString(
                        "http_server_requests_seconds_bucket{method=\"GET\",outcome=\"SUCCESS\",status=\"200\",uri=\"/echo/int/{number}\",le=\"0.005\"}"))
                .body(containsString("# {span_id=\"")).body(containsString("# EOF")));
        given().accept("text/plain").get("/metrics").then().statusCode(200).contentType(startsWith("text/plain"))
                .body(allOf(containsString("http_server_requests_seconds_bucket"), not(containsString("span_id"))));
    }

    @Test
    void shouldNameAndDescribeTheMetersOfLibraries() {
        Metrics.counter(".completed", "clientType", "sql", "clientName", "a").increment();

        assertThat(given().accept("application/openmetrics-text").get("/metrics").asString())
                .contains("sql_client_completed_total{client_name=\"a\",client_type=\"sql\"} 1.0", "# TYPE system_cpus gauge\n",
                        "# TYPE process_cpu_time_seconds counter\n", "# HELP http_server_active_requests Requests")
                .doesNotContain("m__", "_ns ", "_ns_total", "system_cpu_count");
    }

    @Test
    void shouldMeasureHowLateTimersRunOnAnEventLoop() {
        assertThat(value("vertx_event_loop_delay_seconds_max")).isLessThan(30);
        var before = value("vertx_event_loop_delay_seconds_bucket{le=\"0.5\",}");
        vertx.runOnContext(_ -> LockSupport.parkNanos(Duration.ofMillis(1_500).toNanos()));

        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(value("vertx_event_loop_delay_seconds_max")).isGreaterThan(1);
            assertThat(value("vertx_event_loop_delay_seconds_count"))
                    .isGreaterThan(value("vertx_event_loop_delay_seconds_bucket{le=\"0.5\",}"));
            assertThat(value("vertx_event_loop_delay_seconds_bucket{le=\"0.5\",}")).as("goes on").isGreaterThan(before + 2);
        });
    }

    private static double value(String series) {
        return given().get("/metrics").asString().lines().filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).findFirst().orElseThrow();
    }

    @Inject
    Vertx vertx;

    @Test
    void shouldNotMakeTimeSeriesOfMadeUpPaths() {
        given().delete("/echo/int/12345").then().statusCode(405);
        given().get("/made-up-12345").then().statusCode(404);
        given().contentType("application/json").body("a".repeat(300_000)).post("/echo/made-up-12345").then().statusCode(413);
        Awaitility.await().untilAsserted(() -> given().get("/metrics").then()
                .body(containsString("uri=\"METHOD_NOT_ALLOWED\"")).body(containsString("uri=\"CONTENT_TOO_LARGE\""))
                .body(containsString("uri=\"NOT_FOUND\"")).body(not(containsString("12345"))));
    }

    @Test
    void shouldWriteALogRecordAsOneJsonObject() throws Exception {
        var record = new ExtLogRecord(Level.WARN, "Refused %s", ExtLogRecord.FormatStyle.PRINTF, TelemetryTest.class.getName());
        record.setLoggerName("a.Logger");
        record.setParameters(new Object[]{"a \"request\"\n"});
        record.putMdc("traceId", "0af7651916cd43dd8448eb211c80319c");
        record.putMdc("spanId", "b7ad6b7169203331");
        record.putMdc("sampled", "true");
        record.putMdc("shop.test.reason", "No more patience");

        var json = line(record);
        assertThat(json.get("level").asText()).isEqualTo("WARN");
        assertThat(json.get("service_name").asText()).isEqualTo("service-defaults");
        assertThat(json.get("trace_id").asText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(json.get("span_id").asText()).isEqualTo("b7ad6b7169203331");
        assertThat(json.get("message").asText()).isEqualTo("Refused a \"request\"\n");
        assertThat(json.get("shop.test.reason").asText()).isEqualTo("No more patience");
        assertThat(Instant.parse(json.get("timestamp").asText()).toEpochMilli()).isEqualTo(record.getInstant().toEpochMilli());
        assertThat(json.has("sampled") || json.has("exception") || json.has("hostName")).isFalse();
    }

    @Test
    void shouldBoundAStackTraceInALog() throws Exception {
        var record = new ExtLogRecord(java.util.logging.Level.SEVERE, "Broken", TelemetryTest.class.getName());
        record.setThrown(new IllegalStateException("x".repeat(100_000)));
        var json = line(record);
        assertThat(json.get("level").asText()).isEqualTo("ERROR");
        assertThat(json.get("exception").asText().length()).isEqualTo(8 * 1024);
        assertThat(json.get("trace_id")).isNull();
    }

    @Test
    void shouldWriteTheDocumentedFields() throws Exception {
        var record = new ExtLogRecord(Level.ERROR, "Broken", TelemetryTest.class.getName());
        record.setLoggerName("a.Logger");
        record.putMdc("traceId", trace);
        record.putMdc("spanId", "b7ad6b7169203331");
        record.setThrown(new IllegalStateException());
        var written = new TreeSet<String>();
        line(record).fieldNames().forEachRemaining(written::add);

        var page = Files.readString(java.nio.file.Path.of("../docs/telemetry.md"));
        var listed = new TreeSet<String>();
        page.substring(page.indexOf("## Log lines")).lines().filter(row -> row.startsWith("| `"))
                .forEach(row -> listed.addAll(List.of(row.substring(2, row.indexOf(" |", 2)).replace("`", "").split(", "))));
        assertThat(written).isEqualTo(listed);
    }

    @Test
    void shouldLimitWarningsAboutUndeliveredTelemetry() {
        var record = new LogRecord(java.util.logging.Level.WARNING, "Failed to export");
        assertThat(new ExportWarnings().isLoggable(record)).as("the receiver may be starting too").isFalse();
        var filter = new ExportWarnings(Duration.ZERO);
        assertThat(filter.isLoggable(record)).isTrue();
        assertThat(filter.isLoggable(record)).isFalse();
        assertThat(ExportWarnings.SENDERS).extracting(Logger::getFilter).hasSize(2).hasOnlyElementsOfType(ExportWarnings.class);
    }

    /** Formats a record with this application's own console handler. */
    private static JsonNode line(ExtLogRecord record) throws Exception {
        for (var handler : io.quarkus.bootstrap.logging.InitialConfigurator.DELAYED_HANDLER.getHandlers()) {
            if (handler instanceof org.jboss.logmanager.handlers.ConsoleHandler) {
                var text = handler.getFormatter().format(record);
                assertThat(text.indexOf('\n')).as("one line").isEqualTo(text.length() - 1);
                return new ObjectMapper().readTree(text);
            }
        }
        throw new AssertionError("no console handler");
    }
}
