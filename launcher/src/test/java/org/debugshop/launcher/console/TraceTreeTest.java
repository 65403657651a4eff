package org.debugshop.launcher.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.debugshop.launcher.terminal.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTreeTest {

    private static final Terminal PIPE = new Terminal(false, false, 0, 0);
    private static final Terminal NARROW = new Terminal(true, false, 80, 24);
    private static final String ERROR = "\"status\":\"ERROR\"";
    private static final String START = "2026-05-01T10:00:00.000000000Z";

    private final List<String> spans = new ArrayList<>();
    private final List<String> logs = new ArrayList<>();
    private String origin = "null";

    @Test
    void shouldDrawThePathFromTheSymptomToTheOriginWithLogsInPlace() throws IOException {
        refusedBooking();

        assertThat(drawn(PIPE).lines().skip(1)).containsExactly(
                "    at    took  (milliseconds)",
                "   0.0    50.0  load-generator-instabook create booking session ERROR",
                "   1.0    49.0  + CLIENT POST /booking/session ERROR 500",
                "   2.0    48.0    + instabook SERVER POST /booking/session ERROR 500",
                "                    | ERROR Could not store the booking session: instabook-cache answered 401",
                "   3.0    47.0      + CLIENT POST /cache/session ERROR 401",
                "   4.0    46.0        + instabook-cache SERVER POST /cache/session ERROR 401",
                "                          <- started here: API token authentication is disabled",
                "                          WARN Refused a request",
                "",
                "instabook-cache answered 401: API token authentication is disabled; seen by load-generator-instabook as 500");
        assertThat(drawn(PIPE)).startsWith("Trace 0af7651916cd43dd8448eb211c80319c at ").contains(": 50.0 ms, 5 spans in 3 services\n");
    }

    @Test
    void shouldFitATerminalOf80Columns() throws IOException {
        refusedBooking();
        log("1", "WARN", "a long story ".repeat(30));

        assertThat(drawn(NARROW).lines()).allMatch(line -> line.length() < 80).anyMatch(line -> line.contains("ERROR 401"));
        assertThat(drawn(NARROW)).contains("a long story").doesNotContain("\u001b");
        assertThat(String.join("\n", new TraceTree(trace(), new Terminal(true, true, 80, 24), false).lines()))
                .contains("\u001b[31mERROR\u001b[0m");
    }

    @Test
    void shouldShowWhichSpansAreSiblings() throws IOException {
        span("1", null, "a", "root", 0, "");
        span("2", "1", "a", "first", 1, "");
        span("3", "2", "b", "inner", 2, "");
        span("4", "1", "a", "second", 3, "");

        assertThat(drawn(PIPE).lines().skip(2).map(line -> line.substring(16)).limit(4))
                .containsExactly("a root", "+ first", "| + b inner", "+ second");
        assertThat(drawn(PIPE)).endsWith("No span of it failed.");
    }

    @Test
    void shouldMarkAnOriginWithoutAReason() throws IOException {
        span("1", null, "a", "GET /", 0, ERROR);
        span("2", "1", "b", "GET /x", 1, ERROR);
        origin("2", null, "b failed; seen by the caller as 502");

        assertThat(drawn(PIPE).lines()).anyMatch(line -> line.endsWith("| <- started here") || line.endsWith("  <- started here"))
                .last().isEqualTo("b failed; seen by the caller as 502");
    }

    @Test
    void shouldShowAStatusThatHasAnOldName() throws IOException {
        span("1", null, "shop", "GET /", 0, "\"http_status\":\"503\",\"attributes\":{\"http.status_code\":503}");

        assertThat(drawn(PIPE)).contains("shop GET / 503");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u001b[2J\\u001b[31mred", "\\u009b31m", "a\\u0007b\\u0000", "a\\r\\nshop: all is well", "\\u202egpj.exe",
            "\\u2028", "\\ud800"})
    void shouldNotPrintControlCharactersOfNames(String hostile) throws IOException {
        span("1", null, hostile, hostile, 0, "\"kind\":\"" + hostile + "\"," + ERROR
                + ",\"attributes\":{\"http.response.status_code\":\"" + hostile + "\"}");
        origin("1", hostile, hostile);
        log("1", hostile, hostile);
        logs.add("{\"service\":\"%s\",\"level\":\"INFO\",\"message\":\"%s\",\"span_id\":\"9\"}".formatted(hostile, hostile));

        assertThat(drawn(PIPE)).doesNotContainPattern("[\\p{Cc}&&[^\n]]").doesNotContainPattern("[\\p{Cf}\\p{Zl}\\p{Cs}]")
                .doesNotContain("\nshop:");
    }

    @Test
    void shouldShortenALargeTraceAndKeepTheOrigin() throws IOException {
        span("r", null, "a", "root", 0, "");
        for (var i = 0; i < 5_000; i++) {
            span("c" + i, "r", "a", "call " + i, 1 + i, i == 4_000 ? ERROR : "");
            span("d" + i, "c" + i, "b", "answer " + i, 1 + i, "");
        }
        origin("c4000", "it broke", "a failed: it broke");
        IntStream.range(0, 100).forEach(i -> log("r", "INFO", "line " + i));

        assertThat(drawn(PIPE).lines()).hasSizeLessThan(TraceTree.MAX_SPANS + TraceTree.MAX_LOGS + 12)
                .anyMatch(line -> line.endsWith("call 4000 ERROR ... 1 more span below"))
                .anyMatch(line -> line.endsWith("<- started here: it broke"))
                .anyMatch(line -> line.endsWith("... 90 more log records"))
                .anyMatch(line -> line.endsWith("root ... 9,802 more spans below"));
        assertThat(new TraceTree(trace(), PIPE, true).lines()).hasSizeGreaterThan(10_100).noneMatch(line -> line.contains("more"));
    }

    @Test
    void shouldShowBothEndsOfAVeryDeepTrace() throws IOException {
        for (var i = 0; i < 5_000; i++) {
            span("s" + i, i == 0 ? null : "s" + (i - 1), "a", "level " + i, i, i == 4_999 ? ERROR : "");
        }
        origin("s4999", "bottom", "a failed: bottom");

        assertThat(drawn(NARROW).lines()).hasSizeLessThan(140).anyMatch(line -> line.endsWith("level 0"))
                .anyMatch(line -> line.contains("level 4998")).anyMatch(line -> line.contains("started here: bottom"))
                .anyMatch(line -> line.endsWith("84 deep: level 84 … 4,900 more"));
        assertThat(new TraceTree(trace(), NARROW, true).lines()).hasSizeGreaterThan(5_000);
    }

    @Test
    void shouldShowTheSpansOfAnIncompleteTrace() throws IOException {
        span("1", "gone", "a", "orphan", 0, "");
        span("2", "3", "a", "circle one", 1, "");
        span("3", "2", "a", "circle two", 2, "");
        span("4", "4", "a", "its own parent", 3, "");
        log("gone", "INFO", "of the lost span");

        assertThat(drawn(PIPE)).contains("Not all of it is here: 1 span without the parent.", "a orphan", "a circle one", "+ circle two",
                "a its own parent", "INFO s: of the lost span");
        assertThat(trace().isWhole(Instant.MAX)).isFalse();
    }

    @Test
    void shouldTreatATraceAsIncompleteForAFewSeconds() throws IOException {
        span("1", null, "a", "root", 0, "");

        assertThat(trace().isWhole(Instant.parse(START).plusSeconds(1))).isFalse();
        assertThat(trace().isWhole(Instant.parse(START).plusSeconds(10))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{\"spans\":[]}", "{\"spans\":[{}]}", "<html>", "",
            "{\"spans\":[{\"start\":1,\"duration_us\":\"x\"}]}"})
    void shouldRefuseJsonThatIsNotATrace(String json) {
        assertThatThrownBy(() -> Trace.parse(new ByteArrayInputStream(json.getBytes(UTF_8)))).isInstanceOf(IOException.class);
    }

    private void refusedBooking() {
        span("1", null, "load-generator-instabook", "create booking session", 0, ERROR);
        span("2", "1", "load-generator-instabook", "POST /booking/session", 1, "\"kind\":\"CLIENT\"," + answered(500));
        span("3", "2", "instabook", "POST /booking/session", 2, "\"kind\":\"SERVER\"," + answered(500));
        span("4", "3", "instabook", "POST /cache/session", 3, "\"kind\":\"CLIENT\"," + answered(401));
        span("5", "4", "instabook-cache", "POST /cache/session", 4, "\"kind\":\"SERVER\"," + answered(401));
        origin("5", "API token authentication is disabled",
                "instabook-cache answered 401: API token authentication is disabled; seen by load-generator-instabook as 500");
        log("5", "WARN", "Refused a request");
        log("3", "ERROR", "Could not store the booking session: instabook-cache answered 401");
    }

    private static String answered(int status) {
        return ERROR + ",\"attributes\":{\"http.response.status_code\":" + status + "}";
    }

    /** Sets the origin of the failure in the console's answer. @param reason null if there is none */
    private void origin(String span, String reason, String sentence) {
        origin = "{\"span_id\":\"%s\",\"service\":\"s\",\"reason\":%s,\"declared\":true,\"sentence\":\"%s\"}".formatted(span,
                reason == null ? null : "\"" + reason + "\"", sentence);
    }

    /** Adds a span that starts this many milliseconds after the trace and ends 50 ms after it. If it starts later, it takes no time. */
    private void span(String id, String parent, String service, String name, int millis, String more) {
        spans.add("""
                {"span_id":"%s","parent_span_id":%s,"service":"%s","name":"%s",%s"start":"%s","duration_us":%d%s}""".formatted(id,
                parent == null ? null : "\"" + parent + "\"", service, name, more.contains("\"kind\"") ? "" : "\"kind\":\"INTERNAL\",",
                Instant.parse(START).plusMillis(millis), Math.max(0, 50 - millis) * 1000, more.isEmpty() ? "" : "," + more));
    }

    private void log(String span, String level, String message) {
        logs.add("{\"service\":\"s\",\"level\":\"%s\",\"message\":\"%s\",\"span_id\":\"%s\",\"attributes\":{}}".formatted(level, message,
                span));
    }

    private Trace trace() throws IOException {
        var json = "{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"spans\":[%s],\"logs\":[%s],\"origin\":%s}"
                .formatted(spans.stream().collect(joining(",")), logs.stream().collect(joining(",")), origin);
        return Trace.parse(new ByteArrayInputStream(json.getBytes(UTF_8)));
    }

    private String drawn(Terminal terminal) throws IOException {
        return String.join("\n", new TraceTree(trace(), terminal, false).lines());
    }
}
