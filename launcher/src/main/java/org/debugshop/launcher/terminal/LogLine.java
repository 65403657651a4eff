package org.debugshop.launcher.terminal;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.launcher.terminal.Terminal.Style;

/**
 * One line of a service's log, with the fields of docs/telemetry.md. If a line is not JSON, all of it is the message.
 *
 * <pre>
 *   {"timestamp":"2026-05-01T10:00:00.123Z","level":"WARN","service_name":"checkout","trace_id":"4bf9…","span_id":"00f0…",
 *    "message":"order refused","shop.order.id":"17"}
 *   ⇒ 10:00:00.123 WARN  order refused  shop.order.id=17 trace=4bf9…
 * </pre>
 *
 * @param time empty if the line has none
 * @param fields the other fields, in their order
 */
public record LogLine(Optional<Instant> time, String level, String message, String traceId, Map<String, Object> fields) {

    private static final DateTimeFormatter LOCAL_TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    /** Fields that are not shown, because every line repeats them or because they do not help a reader. */
    private static final Set<String> HIDDEN = Set.of("service_name", "span_id", "logger");

    public static LogLine parse(String line) {
        if (!line.startsWith("{")) {
            return text(line);
        }
        try {
            var fields = new LinkedHashMap<>(JSON.std.mapFrom(line));
            var time = time(take(fields, "timestamp"));
            return new LogLine(time, take(fields, "level"), take(fields, "message"), take(fields, "trace_id"), fields);
        } catch (IOException notJson) {
            return text(line);
        }
    }

    /** Returns the line in readable form, without colours. */
    public String plain() {
        var shown = fields.entrySet().stream()
                .filter(field -> field.getValue() != null && !HIDDEN.contains(field.getKey()) && !field.getValue().toString().isEmpty())
                .map(field -> field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining(" "));
        var text = new StringBuilder();
        time.ifPresent(when -> text.append(LOCAL_TIME.format(when)).append(' '));
        if (!level.isEmpty()) {
            text.append("%-5s ".formatted(level));
        }
        text.append(message);
        if (!shown.isEmpty()) {
            text.append("  ").append(shown);
        }
        if (!traceId.isEmpty()) {
            text.append("  trace=").append(traceId);
        }
        return text.toString();
    }

    /** Like {@link #plain}, line by line, in the colour of its level if the terminal has colours. */
    public Stream<String> styled(Terminal terminal) {
        var style = switch (level) {
            case "ERROR", "FATAL", "SEVERE" -> Style.RED;
            case "WARN", "WARNING" -> Style.YELLOW;
            case "DEBUG", "TRACE" -> Style.FAINT;
            default -> null;
        };
        return plain().lines().map(part -> style == null ? part : terminal.styled(part, style));
    }

    private static LogLine text(String line) {
        return new LogLine(Optional.empty(), "", line, "", Map.of());
    }

    private static String take(Map<String, Object> fields, String name) {
        var value = fields.remove(name);
        return value == null ? "" : value.toString();
    }

    private static Optional<Instant> time(String timestamp) {
        try {
            return Optional.of(DateTimeFormatter.ISO_DATE_TIME.parse(timestamp, Instant::from));
        } catch (DateTimeParseException missing) {
            return Optional.empty();
        }
    }
}
