package org.debugshop.console.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.client;
import static org.debugshop.console.TestSpans.internal;
import static org.debugshop.console.TestSpans.nanos;
import static org.debugshop.console.TestSpans.server;
import static org.debugshop.console.TestSpans.traceId;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.debugshop.console.TestSpans;
import org.debugshop.console.analysis.ServiceGraph;
import org.debugshop.console.store.TraceQuery.SpanFilter;
import org.junit.jupiter.api.Test;

class TraceStoreTest {

    private static void add(TraceStore store, TestSpans... spans) {
        store.add(Arrays.stream(spans).map(TestSpans::stored).toList(), 0);
    }

    private static List<TraceId> ids(Page<TraceSummary> page) {
        return page.items().stream().map(TraceSummary::id).toList();
    }

    @Test
    void shouldKeepAsManySpansAsTheBoundAllows() {
        var store = new TraceStore(3);
        add(store, server("a", "x").trace(1).id(1), server("a", "x").trace(2).id(2), server("a", "x").trace(3).id(3));

        assertThat(store.spans()).isEqualTo(3);
        assertThat(store.traces()).isEqualTo(3);
        assertThat(store.evictedSpans()).isZero();
    }

    @Test
    void shouldEvictTheOldestTraceAsAWhole() {
        var store = new TraceStore(4);
        add(store, server("a", "x").trace(1).id(1), client("a", "y").trace(1).id(2).parent(1));
        add(store, server("a", "x").trace(2).id(3), server("a", "x").trace(3).id(4));
        add(store, server("a", "x").trace(4).id(5));

        assertThat(store.trace(traceId(1))).isEmpty();
        assertThat(store.spans()).isEqualTo(3);
        assertThat(store.evictedSpans()).isEqualTo(2);
    }

    @Test
    void shouldEvictTheOldestIfTheBytesAreUsedUpByFewSpans() {
        var store = new TraceStore(1000);
        int large = 45_000;
        for (int i = 1; i <= 20; i++) {
            add(store, server("a", "x").trace(i).id(i).bytes(large));
        }

        assertThat(store.bytes()).isEqualTo(11L * large).isLessThanOrEqualTo(1000 * TraceStore.BYTES_PER_SPAN);
        assertThat(store.trace(traceId(11))).isEmpty();
        assertThat(store.trace(traceId(12))).hasSize(1);
    }

    @Test
    void shouldCapATraceThatIsLargerThanItsShare() {
        var store = new TraceStore(2000);
        add(store, server("a", "x").trace(7).id(1));
        for (int i = 1; i <= 3000; i++) {
            add(store, internal("a", "loop").trace(1).id(i));
        }

        assertThat(store.trace(traceId(1))).hasSize(200);
        assertThat(store.excessSpans()).isEqualTo(2800);
        assertThat(store.trace(traceId(7))).as("others stay").hasSize(1);
    }

    @Test
    void shouldAcceptATraceLargerThanTheWholeStore() {
        var store = new TraceStore(1);
        add(store, server("a", "x").trace(1).id(1), client("a", "y").trace(1).id(2).parent(1));

        assertThat(store.spans()).isEqualTo(1);
        assertThat(store.find(TraceQuery.all(10)).items()).hasSize(1);
    }

    @Test
    void shouldCountADuplicateSpanOnce() {
        var store = new TraceStore(1000);
        var spans = new ArrayList<TestSpans>();
        for (int i = 1; i <= 90; i++) {
            spans.add(internal("a", "x").id(i));
        }
        add(store, spans.toArray(TestSpans[]::new));
        add(store, spans.toArray(TestSpans[]::new));

        assertThat(store.spans()).isEqualTo(90);
        assertThat(store.duplicateSpans()).isEqualTo(90);
    }

    @Test
    void shouldAddALateSpanToItsTrace() {
        var store = new TraceStore(100);
        add(store, client("gateway", "GET").id(2).parent(1).at(5));
        assertThat(store.find(TraceQuery.all(1)).items().getFirst().rootOperation()).isEqualTo("GET");

        add(store, server("gateway", "/products").id(1).at(0).lasting(50));

        TraceSummary trace = store.find(TraceQuery.all(1)).items().getFirst();
        assertThat(trace.rootOperation()).isEqualTo("/products");
        assertThat(trace.spans()).isEqualTo(2);
        assertThat(trace.startNanos()).isEqualTo(nanos(0));
        assertThat(trace.durationNanos()).isEqualTo(50_000_000);
    }

    @Test
    void shouldDropASpanThatArrivesAfterItsTraceWasEvicted() {
        var store = new TraceStore(1);
        add(store, server("a", "x").trace(1).id(1));
        add(store, server("a", "x").trace(2).id(2));
        add(store, client("a", "y").trace(1).id(3).parent(1));

        assertThat(ids(store.find(TraceQuery.all(10)))).containsExactly(traceId(2));
        assertThat(store.lateSpans()).isEqualTo(1);
    }

    @Test
    void shouldUseTheEarliestSpanWithoutItsParentIfTheRootIsMissing() {
        var store = new TraceStore(100);
        add(store, server("b", "late").id(3).parent(99).at(20), server("a", "early").id(2).parent(98).at(10), internal("a", "child").id(4)
                .parent(2).at(5));

        TraceSummary trace = store.find(TraceQuery.all(1)).items().getFirst();
        assertThat(trace.rootService()).isEqualTo("a");
        assertThat(trace.rootOperation()).isEqualTo("early");
    }

    @Test
    void shouldHandleATraceWhoseParentsFormACycle() {
        var store = new TraceStore(100);
        add(store, internal("a", "one").id(1).parent(2).at(1), internal("a", "two").id(2).parent(1).at(0));

        assertThat(store.find(TraceQuery.all(1)).items().getFirst().rootOperation()).isEqualTo("two");
    }

    @Test
    void shouldHandleAChildThatSeemsToStartBeforeItsParent() {
        var store = new TraceStore(100);
        add(store, server("gateway", "/").id(1).at(100).lasting(10), server("currency", "/rates").id(2).parent(1).at(40).lasting(5));

        TraceSummary trace = store.find(TraceQuery.all(1)).items().getFirst();
        assertThat(trace.rootService()).isEqualTo("gateway");
        assertThat(trace.durationNanos()).isEqualTo(70_000_000);
    }

    @Test
    void shouldReturnTheNewestFirstAndPageThroughWhileDataArrives() {
        var store = new TraceStore(1000);
        for (int i = 1; i <= 10; i++) {
            add(store, server("a", "x").trace(i).id(i).at(i / 2));
        }
        var first = store.find(query(4, Optional.empty()));
        add(store, server("a", "new").trace(50).id(50).at(500));
        var second = store.find(query(4, first.next()));
        var third = store.find(query(4, second.next()));

        var all = new ArrayList<>(ids(first));
        all.addAll(ids(second));
        all.addAll(ids(third));
        assertThat(all).hasSize(10).doesNotHaveDuplicates().startsWith(traceId(10)).doesNotContain(traceId(50));
        assertThat(third.next()).isEmpty();
    }

    @Test
    void shouldRepeatATraceWhoseStartMovedBehindTheCursorAndSkipNone() {
        var store = new TraceStore(100);
        store.add(List.of(server("a", "x").trace(1).at(10).stored(), server("a", "x").trace(2).at(20).stored(),
                server("a", "x").trace(3).at(30).stored()), 0);
        var first = store.find(query(1, Optional.empty()));
        store.add(List.of(server("a", "x").trace(3).id(2).at(5).stored(), server("a", "x").trace(2).id(2).at(7).stored()), 0);
        var rest = store.find(query(10, first.next()));

        assertThat(first.items()).extracting(TraceSummary::id).containsExactly(traceId(3));
        assertThat(rest.items()).extracting(TraceSummary::id).containsExactly(traceId(1), traceId(2), traceId(3));
    }

    private static TraceQuery query(int limit, Optional<Cursor> cursor) {
        return new TraceQuery(SpanFilter.ANY, Optional.empty(), Range.ALL, Range.ALL, limit, cursor);
    }

    @Test
    void shouldMatchServiceOperationAndAttributesOnOneSpan() {
        var store = new TraceStore(100);
        add(store, server("gateway", "/products").trace(1).id(1).attribute("http.route", "/products"),
                server("currency", "/rates").trace(1).id(2).parent(1).attribute("http.route", "/rates"));

        assertThat(found(store, "gateway", "/products", List.of("http.route=/products"))).isTrue();
        assertThat(found(store, "gateway", "/rates", List.of())).isFalse();
        assertThat(found(store, "gateway", "/products", List.of("http.route=/rates"))).isFalse();
        assertThat(found(store, "currency", "/rates", List.of("service.name=currency"))).as("of the resource").isTrue();
    }

    @Test
    void shouldFindAnAttributeByItsOldAndItsCurrentName() {
        var store = new TraceStore(100);
        add(store, server("old", "x").trace(1).id(1).attribute("http.status_code", "500"),
                server("new", "x").trace(2).id(1).attribute("http.response.status_code", "500"));

        for (var name : List.of("http.status_code", "http.response.status_code")) {
            assertThat(found(store, "old", "x", List.of(name + "=500"))).isTrue();
            assertThat(found(store, "new", "x", List.of(name + "=500"))).isTrue();
            assertThat(found(store, "old", "x", List.of(name + "=404"))).isFalse();
        }
        assertThat(found(store, "old", "x", List.of("db.system=500"))).isFalse();
    }

    @Test
    void shouldFindAnElementOfAList() {
        var store = new TraceStore(100);
        Span span = server("a", "x").stored();
        store.add(List.of(new Span(span.traceId(), 1, 0, span.resource(), "", "x", span.kind(), span.status(), "", 0, 0,
                Attributes.of("ids", List.of(3L, 12L)), List.of(), List.of(), span.alteration(), 100)), 0);

        assertThat(found(store, "a", "x", List.of("ids=3"))).isTrue();
        assertThat(found(store, "a", "x", List.of("ids=12"))).isTrue();
        assertThat(found(store, "a", "x", List.of("ids=[3,12]"))).isTrue();
        assertThat(found(store, "a", "x", List.of("ids=2"))).isFalse();
    }

    @Test
    void shouldReturnMatchingTracesAndOthersOfTheirOperationsAndPeriod() {
        var store = new TraceStore(1000);
        for (int i = 0; i < 100; i++) {
            add(store, i % 10 == 0 ? server("a", "x").trace(i).at(i).error() : server("a", i % 2 == 0 ? "x" : "y").trace(i).at(i));
        }

        var all = store.groups(failed(50), 1000);
        assertThat(all.matching()).hasSize(10).allMatch(spans -> spans.getFirst().isError());
        assertThat(all.others()).as("x, and not failed").hasSize(40).allMatch(spans -> spans.getFirst().name().equals("x"));
        var newest = store.groups(failed(2), 1000);
        assertThat(newest.matching()).extracting(spans -> spans.getFirst().traceId().low()).containsExactly(90L, 80L);
        assertThat(newest.others()).as("since the older of the two").hasSize(8)
                .allMatch(spans -> spans.getFirst().startNanos() >= nanos(80));
        assertThat(store.groups(failed(50), 7).others()).hasSize(7);
        var within = new TraceQuery(SpanFilter.ANY, Optional.empty(), Range.ALL, new Range(nanos(10), nanos(20)), 50, Optional.empty());
        assertThat(store.groups(within, 1000).others()).as("of any time, because all of the period match").hasSize(89);
    }

    private static TraceQuery failed(int limit) {
        return TraceQuery.failed(0, limit);
    }

    private static boolean found(TraceStore store, String service, String operation, List<String> attributes) {
        var span = new SpanFilter(Optional.of(service), Optional.of(operation), attributes);
        return !store.find(new TraceQuery(span, Optional.empty(), Range.ALL, Range.ALL, 1, Optional.empty())).items().isEmpty();
    }

    @Test
    void shouldStayWithinItsBoundUnderConcurrentUse() throws Exception {
        var store = new TraceStore(500);
        var writing = new AtomicBoolean(true);
        try (var threads = Executors.newFixedThreadPool(6)) {
            var readers = new ArrayList<Future<Integer>>();
            for (int r = 0; r < 2; r++) {
                readers.add(threads.submit(() -> {
                    int rounds = 0;
                    while (writing.get() || rounds == 0) {
                        for (TraceSummary trace : store.find(TraceQuery.all(1000)).items()) {
                            assertThat(trace.spans()).isBetween(1, 2);
                            assertThat(store.trace(trace.id()).size()).isLessThanOrEqualTo(2);
                        }
                        new ServiceGraph(store, Map.of()).edges(Long.MIN_VALUE, 1);
                        rounds++;
                    }
                    return rounds;
                }));
            }
            var writers = new ArrayList<Callable<Void>>();
            for (int w = 0; w < 4; w++) {
                long base = w * 10_000L;
                writers.add(() -> {
                    for (long i = 1; i <= 5000; i++) {
                        add(store, client("a", "x").trace(base + i).id(1), server("b", "y").trace(base + i).id(2).parent(1));
                    }
                    return null;
                });
            }
            for (Future<Void> writer : threads.invokeAll(writers)) {
                writer.get();
            }
            writing.set(false);
            for (Future<Integer> reader : readers) {
                assertThat(reader.get()).isPositive();
            }
        }
        assertThat(store.spans()).isEqualTo(500);
        assertThat(store.evictedSpans()).isEqualTo(40_000 - 500);
    }
}
