package org.debugshop.launcher.console;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.JSONObjectException;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.debugshop.launcher.terminal.Printable;

/**
 * A trace as the console has it: what of it is shown. All text is {@link Printable}.
 *
 * @param spans by their start, as the console sends them; at least one
 */
public record Trace(String id, List<Span> spans, List<Log> logs) {

    /** From the end of a trace to its last spans' and logs' arrival, on a busy machine: services send theirs every half a second. */
    private static final long ARRIVAL_MS = 2_000;

    /**
     * @param parentId null: none
     * @param httpStatus null: none
     * @param reason why it failed, in words; null when it did not, or does not say
     * @param isOrigin whether the service itself says that the failure starts here, by an event {@code shop.failure}
     */
    record Span(String id, String parentId, String service, String name, String kind, boolean isError, String httpStatus, String reason,
            boolean isOrigin, Instant start, long durationMicros) {

        public Instant end() {
            return start.plus(durationMicros, ChronoUnit.MICROS);
        }
    }

    /** @param spanId null: none */
    record Log(String service, String level, String message, String spanId) {}

    /**
     * Span by span, since the whole as a tree of maps would take several times the memory.
     *
     * @throws JSONObjectException if it is JSON, but no trace
     */
    public static Trace parse(InputStream json) throws IOException {
        var id = "";
        var spans = new ArrayList<Span>();
        var logs = new ArrayList<Log>();
        try (var parser = JSON.std.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                var list = parser.nextToken() == JsonToken.START_ARRAY;
                if (name.equals("trace_id")) {
                    id = Printable.of(parser.getText());
                } else if (list && (name.equals("spans") || name.equals("logs"))) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        var object = JSON.std.mapFrom(parser);
                        if (name.equals("spans")) {
                            spans.add(span(object));
                        } else {
                            logs.add(new Log(text(object, "service"), text(object, "level"), text(object, "message"),
                                    id(object, "span_id")));
                        }
                    }
                } else {
                    parser.skipChildren();
                }
            }
        } catch (DateTimeException notATrace) {
            throw new JSONObjectException("This is no trace", notATrace);
        }
        if (spans.isEmpty()) {
            throw new JSONObjectException("This is no trace");
        }
        return new Trace(id, List.copyOf(spans), List.copyOf(logs));
    }

    Instant start() {
        return spans.stream().map(Span::start).min(Instant::compareTo).orElseThrow();
    }

    public Instant end() {
        return spans.stream().map(Span::end).max(Instant::compareTo).orElseThrow();
    }

    /** How many spans name a parent that is not here: not yet, or no longer. */
    long orphans() {
        var ids = spans.stream().map(Span::id).collect(Collectors.toSet());
        return spans.stream().filter(span -> span.parentId() != null && !ids.contains(span.parentId())).count();
    }

    /** As far as one can tell who does not know what is still under way: nothing is missing, and the rest had the time to arrive. */
    public boolean isWhole(Instant now) {
        return hadTimeToArrive(end(), now) && orphans() == 0;
    }

    /** Whether a trace that ended then can be whole by now. */
    public static boolean hadTimeToArrive(Instant end, Instant now) {
        return end.plusMillis(ARRIVAL_MS).isBefore(now);
    }

    private static Span span(Map<String, Object> span) {
        var attributes = map(span.get("attributes"));
        var events = list(span.get("events")).stream().map(Trace::map).toList();
        var failure = events.stream().filter(event -> "shop.failure".equals(event.get("name"))).map(event -> map(event.get("attributes")))
                .findFirst();
        var isError = "ERROR".equals(span.get("status"));
        var status = attributes.get("http.response.status_code");
        return new Span(id(span, "span_id"), id(span, "parent_span_id"), text(span, "service"), text(span, "name"), text(span, "kind"),
                isError,
                status == null ? null : Printable.of(status.toString()), isError ? reason(span, attributes, failure, events) : null,
                failure.isPresent(), Instant.parse(text(span, "start")),
                span.get("duration_us") instanceof Number micros ? micros.longValue() : 0);
    }

    /** In the words of who says most: the attribute of our own, then what the conventions have. */
    private static String reason(Map<String, Object> span, Map<String, Object> attributes, Optional<Map<String, Object>> failure,
            List<Map<String, Object>> events) {
        var exceptions = events.stream().filter(event -> "exception".equals(event.get("name"))).map(event -> map(event.get("attributes")));
        var candidates = new ArrayList<Object>();
        failure.flatMap(Trace::ownReason).ifPresent(candidates::add);
        ownReason(attributes).ifPresent(candidates::add);
        candidates.add(span.get("status_message"));
        exceptions.forEach(exception -> {
            candidates.add(exception.get("exception.message"));
            candidates.add(exception.get("exception.type"));
        });
        failure.ifPresent(event -> candidates.add(event.get("error.type")));
        candidates.add(attributes.get("error.type"));
        var httpStatus = String.valueOf(attributes.get("http.response.status_code"));
        return candidates.stream().filter(text -> text != null && !text.toString().isBlank() && !text.toString().equals(httpStatus))
                .map(text -> Printable.of(text.toString())).findFirst().orElse(null);
    }

    /** The value of {@code shop.auth.failure}, {@code shop.upstream.failure} and whatever else is named so. */
    private static Optional<Object> ownReason(Map<String, Object> attributes) {
        return attributes.entrySet().stream().filter(each -> each.getKey().startsWith("shop.") && each.getKey().endsWith(".failure"))
                .map(Map.Entry::getValue).findFirst();
    }

    private static String id(Map<String, Object> object, String name) {
        return object.get(name) == null ? null : text(object, name);
    }

    private static String text(Map<String, Object> object, String name) {
        return object.get(name) == null ? "" : Printable.of(object.get(name).toString());
    }

    private static List<?> list(Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    @SuppressWarnings("unchecked") // JSON's objects have no other keys
    private static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
