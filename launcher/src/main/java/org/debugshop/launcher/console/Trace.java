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
 * A trace of the console, with the fields that are shown. All text is {@link Printable}.
 *
 * @param spans sorted by their start, as the console sends them; at least one
 * @param origin where the failure starts, as found by the console; empty if no span failed
 */
public record Trace(String id, List<Span> spans, List<Log> logs, Optional<Origin> origin) {

    /** How long after its end the last spans and logs of a trace may arrive on a busy machine. Services send them every half second. */
    private static final long ARRIVAL_MS = 2_000;
    /** The maximum length of the sentence, which contains a reason and the names of two services. */
    private static final int MAX_SENTENCE = 3 * Printable.MAX_LENGTH;

    /**
     * @param parentId null if there is none
     * @param httpStatus null if there is none
     */
    record Span(String id, String parentId, String service, String name, String kind, boolean isError, String httpStatus,
            Instant start, long durationMicros) {

        public Instant end() {
            return start.plus(durationMicros, ChronoUnit.MICROS);
        }
    }

    /** @param spanId null if there is none */
    record Log(String service, String level, String message, String spanId) {}

    /**
     * @param reason why that span failed; null if it is not recorded
     * @param sentence a sentence with the service, the reason, and what the caller saw
     */
    record Origin(String spanId, String reason, String sentence) {}

    /**
     * Parses a trace span by span, because a tree of maps would take several times the memory.
     *
     * @throws JSONObjectException if it is JSON, but not a trace
     */
    public static Trace parse(InputStream json) throws IOException {
        var id = "";
        var spans = new ArrayList<Span>();
        var logs = new ArrayList<Log>();
        Optional<Origin> origin = Optional.empty();
        try (var parser = JSON.std.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                var value = parser.nextToken();
                var list = value == JsonToken.START_ARRAY;
                if (name.equals("trace_id")) {
                    id = Printable.of(parser.getText());
                } else if (name.equals("origin") && value == JsonToken.START_OBJECT) {
                    origin = Optional.of(origin(JSON.std.mapFrom(parser)));
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
        return new Trace(id, List.copyOf(spans), List.copyOf(logs), origin);
    }

    Instant start() {
        return spans.stream().map(Span::start).min(Instant::compareTo).orElseThrow();
    }

    public Instant end() {
        return spans.stream().map(Span::end).max(Instant::compareTo).orElseThrow();
    }

    /** Returns how many spans have a missing parent. */
    long orphans() {
        var ids = spans.stream().map(Span::id).collect(Collectors.toSet());
        return spans.stream().filter(span -> span.parentId() != null && !ids.contains(span.parentId())).count();
    }

    /** Returns whether no parent is missing, and all spans had enough time to arrive. */
    public boolean isWhole(Instant now) {
        return hadTimeToArrive(end(), now) && orphans() == 0;
    }

    /** Returns whether the spans of a trace that ended at this time had enough time to arrive. */
    public static boolean hadTimeToArrive(Instant end, Instant now) {
        return end.plusMillis(ARRIVAL_MS).isBefore(now);
    }

    private static Span span(Map<String, Object> span) {
        // The console also finds a status that has an old name.
        var status = map(span.get("attributes")).getOrDefault("http.response.status_code", span.get("http_status"));
        return new Span(id(span, "span_id"), id(span, "parent_span_id"), text(span, "service"), text(span, "name"), text(span, "kind"),
                "ERROR".equals(span.get("status")), status == null ? null : Printable.of(status.toString()),
                Instant.parse(text(span, "start")), span.get("duration_us") instanceof Number micros ? micros.longValue() : 0);
    }

    private static Origin origin(Map<String, Object> origin) {
        var sentence = origin.get("sentence") == null ? "" : Printable.of(origin.get("sentence").toString(), MAX_SENTENCE);
        return new Origin(id(origin, "span_id"), origin.get("reason") == null ? null : text(origin, "reason"), sentence);
    }

    private static String id(Map<String, Object> object, String name) {
        return object.get(name) == null ? null : text(object, name);
    }

    private static String text(Map<String, Object> object, String name) {
        return object.get(name) == null ? "" : Printable.of(object.get(name).toString());
    }

    @SuppressWarnings("unchecked") // JSON's objects have no other keys
    private static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
