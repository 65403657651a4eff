package org.debugshop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Sends made-up telemetry to a console as OTLP/JSON, in the name of any service. */
public record Otlp(String url) {

    public static Otlp of(Shop shop) {
        return new Otlp("http://localhost:" + (PortBlock.OTLP + shop.offset()));
    }

    public static String newTraceId() {
        return "%016x%016x".formatted(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE), ThreadLocalRandom.current().nextLong());
    }

    /**
     * A SERVER span of a trace.
     *
     * @param id 1 or more
     * @param parent the id of the parent; 0 for the root
     * @param startMicros microseconds from the start of the trace
     * @param micros the duration in microseconds
     */
    public record Span(int id, int parent, String name, long startMicros, long micros, boolean failed, Map<String, Object> attributes,
            List<Map<String, Object>> events) {

        public static Span of(int id, int parent, String name) {
            return new Span(id, parent, name, id, 1000, false, Map.of(), List.of());
        }

        public Span failed(Map<String, Object> attributes, String event) {
            return new Span(id, parent, name, startMicros, micros, true, attributes,
                    List.of(Map.of("name", event, "attributes", Otlp.attributes(attributes))));
        }

        public Span with(Map<String, Object> attributes) {
            return new Span(id, parent, name, startMicros, micros, failed, attributes, events);
        }
    }

    public void spans(String service, String traceId, Span... spans) {
        spans(Map.of("service.name", service), traceId, spans);
    }

    /** @param resource the attributes of the sender */
    public void spans(Map<String, Object> resource, String traceId, Span... spans) {
        var begun = Instant.now().minusSeconds(2);
        var sent = new ArrayList<Object>();
        for (var span : spans) {
            var start = nanos(begun) + span.startMicros() * 1000;
            sent.add(Map.of("traceId", traceId, "spanId", "%016x".formatted(span.id()), "parentSpanId",
                    span.parent() == 0 ? "" : "%016x".formatted(span.parent()),
                    "name", span.name(), "kind", 2, "startTimeUnixNano", Long.toString(start), "endTimeUnixNano",
                    Long.toString(start + span.micros() * 1000),
                    "attributes", attributes(span.attributes()), "events", span.events(), "status",
                    span.failed() ? Map.of("code", 2, "message", span.name()) : Map.of()));
        }
        send("/v1/traces",
                Map.of("resourceSpans", List.of(Map.of("resource", Map.of("attributes", attributes(resource)), "scopeSpans",
                        List.of(Map.of("spans", sent))))));
    }

    public void log(String service, String severity, String message, String traceId, Map<String, Object> attributes) {
        send("/v1/logs",
                Map.of("resourceLogs",
                        List.of(Map.of("resource", resource(service), "scopeLogs", List.of(Map.of("logRecords", List.of(Map.of(
                                "timeUnixNano", Long.toString(nanos(Instant.now())), "severityText", severity, "body",
                                Map.of("stringValue", message), "traceId", traceId, "attributes", attributes(attributes)))))))));
    }

    /** Sends spans of a service, each in OTLP's JSON form. */
    public void rawSpans(String service, List<Map<String, Object>> spans) {
        send("/v1/traces",
                Map.of("resourceSpans", List.of(Map.of("resource", resource(service), "scopeSpans", List.of(Map.of("spans", spans))))));
    }

    /** Sends log records of a service, each in OTLP's JSON form. */
    public void rawLogs(String service, List<Map<String, Object>> records) {
        send("/v1/logs",
                Map.of("resourceLogs", List.of(Map.of("resource", resource(service), "scopeLogs",
                        List.of(Map.of("logRecords", records))))));
    }

    /** Sends a data point of a gauge, with the current time. */
    public void gauge(String service, String name, int value, Map<String, Object> attributes) {
        send("/v1/metrics",
                Map.of("resourceMetrics", List.of(Map.of("resource", resource(service), "scopeMetrics", List.of(Map.of("metrics",
                        List.of(Map.of("name", name, "gauge", Map.of("dataPoints", List.of(Map.of(
                                "timeUnixNano", Long.toString(nanos(Instant.now())), "asInt", Integer.toString(value), "attributes",
                                attributes(attributes))))))))))));
    }

    private void send(String path, Map<String, Object> body) {
        var answer = Http.post(url + path, Json.text(body));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private static Map<String, Object> resource(String service) {
        return Map.of("attributes", attributes(Map.of("service.name", service)));
    }

    private static List<Object> attributes(Map<String, Object> values) {
        return values.entrySet().stream().<Object>map(entry -> Map.of("key", entry.getKey(), "value", value(entry.getValue()))).toList();
    }

    private static Map<String, Object> value(Object value) {
        return switch (value) {
            case Map<?, ?> members -> Map.of("kvlistValue", Map.of("values", members.entrySet().stream()
                    .map(member -> Map.of("key", member.getKey(), "value", value(member.getValue()))).toList()));
            case List<?> elements -> Map.of("arrayValue", Map.of("values", elements.stream().map(Otlp::value).toList()));
            case Integer number -> Map.of("intValue", number.toString());
            case Long number -> Map.of("intValue", number.toString());
            case Double number -> Map.of("doubleValue", number);
            default -> Map.of("stringValue", value.toString());
        };
    }

    public static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }
}
