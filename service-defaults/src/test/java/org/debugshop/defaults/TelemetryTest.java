package org.debugshop.defaults;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.WebApplicationException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.logging.LogRecord;
import org.awaitility.Awaitility;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(TelemetryTest.Exporters.class)
class TelemetryTest {

    public static class Exporters implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.otel.simple", "true");
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

    @TestHTTPResource("/")
    URI base;

    @Inject
    InMemorySpanExporter spans;

    @Inject
    InMemoryLogRecordExporter logs;

    @BeforeEach
    void clear() {
        spans.reset();
        logs.reset();
    }

    @Test
    void shouldTellAFailureOnceOnTheSpanInWhichItStarts() {
        given().get("/echo/refused").then().statusCode(401);
        Awaitility.await().until(() -> spans.getFinishedSpanItems().size() == 1);

        var span = spans.getFinishedSpanItems().getFirst();
        assertEquals("GET /echo/refused", span.getName());
        assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
        assertEquals("No more patience", span.getStatus().getDescription());
        assertEquals("out_of_patience", span.getAttributes().get(Failure.ERROR_TYPE));
        assertEquals("No more patience", span.getAttributes().get(EchoResource.REASON));
        assertTrue(span.getEvents().stream().anyMatch(event -> event.getName().equals("shop.failure")
                && "No more patience".equals(event.getAttributes().get(EchoResource.REASON))));
        assertEquals("service-defaults", span.getResource().getAttribute(AttributeKey.stringKey("service.name")));
        assertEquals("1.0.0", span.getResource().getAttribute(AttributeKey.stringKey("service.version")));
        assertEquals("local", span.getResource().getAttribute(AttributeKey.stringKey("deployment.environment.name")));
    }

    @Path("/echo")
    interface EchoClient {
        @GET
        @Path("refused")
        Uni<String> refused();
    }

    @Test
    void shouldMarkARefusalOnTheClientsSpanWithoutAReason() {
        var client = QuarkusRestClientBuilder.newBuilder().baseUri(base).build(EchoClient.class);
        assertThrows(WebApplicationException.class, () -> client.refused().await().atMost(Duration.ofSeconds(20)));
        Awaitility.await().until(() -> spans.getFinishedSpanItems().size() == 2);

        var span = spans.getFinishedSpanItems().stream().filter(finished -> finished.getKind() == SpanKind.CLIENT).findFirst().orElseThrow();
        assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
        assertEquals("", span.getStatus().getDescription());
        assertNull(span.getAttributes().get(EchoResource.REASON));
    }

    @Test
    void shouldExportTheLogOfASpanWithItsFields() {
        given().get("/echo/refused").then().statusCode(401);
        Awaitility.await().until(() -> spans.getFinishedSpanItems().size() == 1 && !logs.getFinishedLogRecordItems().isEmpty());

        var log = logs.getFinishedLogRecordItems().getFirst();
        assertEquals("Refused a request", log.getBodyValue().asString());
        assertEquals("WARN", log.getSeverityText());
        assertEquals("No more patience", log.getAttributes().get(EchoResource.REASON));
        assertEquals(spans.getFinishedSpanItems().getFirst().getSpanId(), log.getSpanContext().getSpanId());
    }

    @Test
    void shouldLeaveOutProbesAndScrapes() {
        given().get("/health").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/health/ready").then().statusCode(200);
        given().get("/health/live").then().statusCode(200);
        given().get("/metrics").then().statusCode(200).body(not(containsString("uri=\"/health")));
        given().get("/echo/int/1").then().statusCode(200);
        Awaitility.await().until(() -> !spans.getFinishedSpanItems().isEmpty());
        assertEquals("GET /echo/int/{number}", spans.getFinishedSpanItems().getFirst().getName());
    }

    @Test
    void shouldGiveAScraperBucketsAndExemplars() {
        given().get("/echo/int/1").then().statusCode(200);
        Awaitility.await().untilAsserted(() -> given()
                .accept("application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.1").get("/metrics").then()
                .statusCode(200).contentType(startsWith("application/openmetrics-text"))
                .body(containsString("http_server_requests_seconds_bucket{method=\"GET\",outcome=\"SUCCESS\",status=\"200\",uri=\"/echo/int/{number}\",le=\"0.005\"}"))
                .body(containsString("# {span_id=\"")).body(containsString("# EOF")));
        given().accept("text/plain").get("/metrics").then().statusCode(200).contentType(startsWith("text/plain"))
                .body(allOf(containsString("http_server_requests_seconds_bucket"), not(containsString("span_id"))));
    }

    @Test
    void shouldWriteALogRecordAsOneJsonObject() throws Exception {
        var record = new ExtLogRecord(Level.WARN, "Refused %s", ExtLogRecord.FormatStyle.PRINTF, TelemetryTest.class.getName());
        record.setLoggerName("a.Logger");
        record.setParameters(new Object[] {"a \"request\"\n"});
        record.putMdc("traceId", "0af7651916cd43dd8448eb211c80319c");
        record.putMdc("spanId", "b7ad6b7169203331");
        record.putMdc("sampled", "true");
        record.putMdc("shop.test.reason", "No more patience");

        var json = line(record);
        assertEquals("WARN", json.get("level").asText());
        assertEquals("service-defaults", json.get("service_name").asText());
        assertEquals("0af7651916cd43dd8448eb211c80319c", json.get("trace_id").asText());
        assertEquals("b7ad6b7169203331", json.get("span_id").asText());
        assertEquals("Refused a \"request\"\n", json.get("message").asText());
        assertEquals("No more patience", json.get("shop.test.reason").asText());
        assertEquals(record.getInstant().toEpochMilli(), Instant.parse(json.get("timestamp").asText()).toEpochMilli());
        assertFalse(json.has("sampled") || json.has("exception") || json.has("hostName"));
    }

    @Test
    void shouldBoundAStackTraceInALog() throws Exception {
        var record = new ExtLogRecord(java.util.logging.Level.SEVERE, "Broken", TelemetryTest.class.getName());
        record.setThrown(new IllegalStateException("x".repeat(100_000)));
        var json = line(record);
        assertEquals("ERROR", json.get("level").asText());
        assertEquals(8 * 1024, json.get("exception").asText().length());
        assertNull(json.get("trace_id"));
    }

    @Test
    void shouldSayLittleAboutTelemetryThatCannotBeDelivered() {
        var filter = new ExportWarnings();
        var record = new LogRecord(java.util.logging.Level.WARNING, "Failed to export");
        assertTrue(filter.isLoggable(record));
        assertFalse(filter.isLoggable(record));
    }


    /** What the console handler of this very application makes of a record. */
    private static JsonNode line(ExtLogRecord record) throws Exception {
        for (var handler : io.quarkus.bootstrap.logging.InitialConfigurator.DELAYED_HANDLER.getHandlers()) {
            if (handler instanceof org.jboss.logmanager.handlers.ConsoleHandler) {
                var text = handler.getFormatter().format(record);
                assertEquals(text.length() - 1, text.indexOf('\n'), "one line");
                return new ObjectMapper().readTree(text);
            }
        }
        throw new AssertionError("no console handler");
    }
}
