package org.debugshop.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A client of the console's API (docs/http.md). */
public record Console(String url) {

    public static Console of(Shop shop) {
        return new Console(shop.url(Service.CONSOLE));
    }

    public record TraceLine(String traceId, String rootService, String rootOperation, String start, long durationUs, int spans, int errors,
            List<String> services) {}

    public record Trace(String traceId, List<Span> spans, List<LogLine> logs) {

        public List<Span> roots() {
            return spans.stream().filter(span -> span.parentSpanId() == null).toList();
        }

        public List<Span> orphans() {
            var ids = spans.stream().map(Span::spanId).toList();
            return spans.stream().filter(span -> span.parentSpanId() != null && !ids.contains(span.parentSpanId())).toList();
        }

        /** Returns HTTP calls without a span of the service that was called. Either it did not answer, or its span has not arrived. */
        public List<Span> unanswered() {
            var parents = spans.stream().map(Span::parentSpanId).toList();
            return spans.stream().filter(span -> span.kind().equals("CLIENT") && span.attributes().containsKey("http.request.method")
                    && !parents.contains(span.spanId())).toList();
        }

        /** Returns whether all spans have arrived. Each service sends its own, so a trace may be incomplete for a moment. */
        public boolean isWhole() {
            return roots().size() == 1 && orphans().isEmpty() && unanswered().isEmpty();
        }

        public Span parentOf(Span child) {
            return spans.stream().filter(span -> span.spanId().equals(child.parentSpanId())).findFirst().orElseThrow();
        }

        /** Returns the span of this kind in a service, if there is exactly one. */
        public Optional<Span> only(Service service, String kind) {
            var found = spans.stream().filter(span -> span.service().equals(service.toString()) && span.kind().equals(kind)).toList();
            return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
        }

        @Override
        public String toString() {
            return "trace " + traceId + spans.stream().map(span -> "\n    " + span).collect(Collectors.joining());
        }
    }

    public record Span(String spanId, String parentSpanId, String service, String name, String kind, String status, String statusMessage,
            Map<String, Object> attributes, List<Event> events, Map<String, Object> resource) {

        public boolean isError() {
            return status.equals("ERROR");
        }

        @Override
        public String toString() {
            return "%s %s \"%s\" %s, id %s, parent %s".formatted(service, kind, name, status, spanId, parentSpanId);
        }
    }

    public record Event(String name, String time, Map<String, Object> attributes) {}

    public record LogLine(String time, String service, String level, String message, String traceId, String spanId,
            Map<String, Object> attributes) {}

    public record ServiceLine(String name, int requests, double rate, double errorShare, double p50Ms, double p95Ms, double p99Ms) {}

    public record Edge(String from, String to, int requests, double rate, double errorShare, double p50Ms, double p95Ms, double p99Ms) {}

    public record Series(Map<String, String> labels, List<List<Double>> points) {}

    private record TracePage(List<TraceLine> traces, String cursor) {}

    private record LogPage(List<LogLine> logs, String cursor) {}

    /**
     * Returns the traces of all pages, newest first.
     *
     * @param query names and values of query parameters, in turn
     */
    public List<TraceLine> traces(String... query) {
        var all = new ArrayList<TraceLine>();
        var cursor = "";
        do {
            var page = Json.one(ask("/api/traces", query, "limit", "1000", "cursor", cursor), TracePage.class);
            all.addAll(page.traces());
            cursor = page.cursor();
        } while (cursor != null);
        return all;
    }

    public Trace trace(String id) {
        return Json.one(traceText(id), Trace.class);
    }

    /** Returns the console's answer about a trace as JSON text. */
    public String traceText(String id) {
        return ask("/api/traces/" + id, new String[0]);
    }

    public List<LogLine> logs(String... query) {
        return Json.one(ask("/api/logs", query, "limit", "1000"), LogPage.class).logs();
    }

    public List<ServiceLine> services(Instant since) {
        return Json.list(ask("/api/services", new String[0], "since", since.toString()), ServiceLine.class);
    }

    public Optional<ServiceLine> service(Service service, Instant since) {
        return services(since).stream().filter(line -> line.name().equals(service.toString())).findFirst();
    }

    public List<Edge> edges(Instant since) {
        return Json.list(ask("/api/edges", new String[0], "since", since.toString()), Edge.class);
    }

    public List<Series> metric(String name, String... query) {
        return Json.list(ask("/api/metrics/" + name, query), Series.class);
    }

    public JsonNode openApi() {
        return Json.tree(ask("/q/openapi", new String[0], "format", "json"));
    }

    private String ask(String path, String[] query, String... more) {
        var all = new ArrayList<>(List.of(query));
        all.addAll(List.of(more));
        var parameters = new ArrayList<String>();
        for (var i = 0; i < all.size(); i += 2) {
            parameters.add(all.get(i) + "=" + URLEncoder.encode(all.get(i + 1), UTF_8));
        }
        return Http.text(url + path + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters)));
    }
}
