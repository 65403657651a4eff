package org.debugshop.console.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.client;
import static org.debugshop.console.TestSpans.internal;
import static org.debugshop.console.TestSpans.server;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.debugshop.console.TestSpans;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Span;
import org.junit.jupiter.api.Test;

class FailureOriginTest {

    private static final String DISABLED = "API token authentication is disabled";

    @Test
    void shouldFindTheMarkedSpanAndWhatTheOutermostCallerSaw() {
        var origin = origin(
                internal("load-generator-instabook", "create booking session").id(1).error().stored(),
                client("load-generator-instabook", "POST").id(2).parent(1).error().attribute("http.response.status_code", "500").stored(),
                server("instabook", "POST /booking/session").id(3).parent(2).error().attribute("http.response.status_code", "500").stored(),
                client("instabook", "POST").id(4).parent(3).error().attribute("http.response.status_code", "401").stored(),
                declared(server("instabook-cache", "POST /cache/session").id(5).parent(4).error()
                        .attribute("http.response.status_code", "401")
                        .stored(), "error.type", "token_disabled", "shop.auth.failure", DISABLED))
                .orElseThrow();

        assertThat(origin.sentence())
                .isEqualTo("instabook-cache answered 401: " + DISABLED + "; seen by load-generator-instabook as 500");
        assertThat(origin.reason()).contains(DISABLED);
        assertThat(origin.errorType()).contains("token_disabled");
        assertThat(origin.declared()).isTrue();
    }

    @Test
    void shouldTakeTheDeepestFailedSpanIfNoneIsMarked() {
        var origin = origin(
                server("gateway", "GET /").id(1).error().attribute("http.response.status_code", "502").stored(),
                server("checkout", "GET /x").id(2).parent(1).error().attribute("exception.message", "not an exception event").stored(),
                server("currency", "fine").id(3).parent(2).stored()).orElseThrow();

        assertThat(origin.sentence()).isEqualTo("checkout failed; seen by the caller as 502");
        assertThat(origin.declared()).isFalse();
    }

    @Test
    void shouldPreferAMarkedSpanToADeeperOne() {
        var origin = origin(
                declared(server("instabook", "POST").id(1).error().attribute("http.response.status_code", "500").stored(),
                        "error.type", "unreachable", "shop.upstream.failure", "instabook-cache is unreachable"),
                client("instabook", "POST").id(2).parent(1).error().attribute("error.type", "ConnectException").stored()).orElseThrow();

        assertThat(origin.sentence()).isEqualTo("instabook answered 500: instabook-cache is unreachable");
    }

    @Test
    void shouldTakeTheEarlierOfTwoAtTheSameDepth() {
        var origin = origin(server("a", "root").id(1).stored(),
                server("late", "x").id(2).parent(1).at(20).error().stored(),
                server("early", "x").id(3).parent(1).at(10).error().stored()).orElseThrow();

        assertThat(origin.span().service()).isEqualTo("early");
    }

    @Test
    void shouldUnderstandTheOldNameOfTheHttpStatus() {
        assertThat(origin(client("shop", "POST").id(1).error().attribute("http.status_code", "500").stored(),
                server("rates", "POST").id(2).parent(1).error().attribute("http.status_code", "401").stored()).orElseThrow().sentence())
                .isEqualTo("rates answered 401; seen by shop as 500");
    }

    @Test
    void shouldNotTakeAnHttpStatusAsAReason() {
        assertThat(origin(server("a", "x").error().attribute("http.response.status_code", "503").attribute("error.type", "503").stored())
                .orElseThrow().sentence()).isEqualTo("a answered 503");
    }

    @Test
    void shouldFindNothingInASuccessfulTrace() {
        assertThat(origin(server("a", "x").stored())).isEmpty();
    }

    @Test
    void shouldHandleAnIncompleteTrace() {
        var origin = origin(server("a", "orphan").id(1).parent(99).stored(), server("b", "one").id(2).parent(3).error().stored(),
                server("c", "two").id(3).parent(2).error().stored(), server("d", "own").id(4).parent(4).stored()).orElseThrow();

        assertThat(origin.span().service()).isEqualTo("c");
    }

    private static Optional<FailureOrigin> origin(Span... spans) {
        return FailureOrigin.of(Arrays.asList(spans));
    }

    static Span declared(Span span, String... attributes) {
        return new Span(span.traceId(), span.spanId(), span.parentId(), span.resource(), span.scope(), span.name(), span.kind(),
                span.status(),
                span.statusMessage(), span.startNanos(), span.durationNanos(), span.attributes(),
                List.of(new Span.Event("shop.failure", TestSpans.nanos(1), Attributes.of((Object[]) attributes))), List.of(),
                span.alteration(),
                span.bytes());
    }
}
