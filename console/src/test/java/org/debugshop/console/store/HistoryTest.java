package org.debugshop.console.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.debugshop.console.TestSpans.nanos;
import static org.debugshop.console.TestSpans.server;
import static org.debugshop.console.TestSpans.traceId;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.debugshop.console.TestSpans;
import org.debugshop.console.analysis.ServiceGraph;
import org.junit.jupiter.api.Test;

/** What a store keeps of the time before its complete part. */
class HistoryTest {

    /** Ten traces a second: of each ten, one of POST and nine of GET. Each has one span. */
    private static final int A_SECOND = 10;
    private static final int A_MINUTE = 60 * A_SECOND;

    private final TraceStore store = new TraceStore(2000);
    private LongPredicate failing = _ -> false;
    private LongPredicate slow = _ -> false;

    /** Adds the traces from one number to another; each arrives a tenth of a second after the one before. */
    private void arrive(long from, long to) {
        for (long i = from; i < to; i++) {
            TestSpans span = server("shop", i % A_SECOND == 0 ? "POST" : "GET").trace(i).at(millis(i))
                    .lasting(slow.test(i) ? 500 : 10 + i % 5);
            store.add(List.of((failing.test(i) ? span.error() : span).stored()), nanos(millis(i)) / 1_000_000);
        }
    }

    private static long millis(long trace) {
        return trace * 1000 / A_SECOND;
    }

    private List<Long> stored(long from, long to) {
        return LongStream.range(from, to).filter(i -> store.has(traceId(i))).boxed().toList();
    }

    private long firstComplete() {
        return store.read(traces -> traces.iterator().next().span(0).traceId().low());
    }

    @Test
    void shouldKeepSomeTracesOfEachOperationAndMinute() {
        arrive(0, 30 * A_MINUTE);

        assertThat(store.spans()).isLessThanOrEqualTo(2000);
        assertThat(firstComplete()).isBetween(27L * A_MINUTE - 400, 27L * A_MINUTE);
        for (long minute = 0; minute < 26; minute++) {
            var kept = stored(minute * A_MINUTE, (minute + 1) * A_MINUTE);
            assertThat(kept).as("minute %d", minute).hasSize(2 * History.NORMAL_A_MINUTE);
            assertThat(kept).filteredOn(i -> i % A_SECOND == 0).hasSize(History.NORMAL_A_MINUTE);
        }
        assertThat(store.spans() + store.evictedSpans()).isEqualTo(30L * A_MINUTE);
    }

    @Test
    void shouldKeepFailedAndSlowTracesLongerThanOthers() {
        failing = i -> i % A_MINUTE == 100;
        slow = i -> i % A_MINUTE == 201 || i % A_MINUTE == 202;
        arrive(0, 100 * A_MINUTE);

        assertThat(stored(0, 50 * A_MINUTE)).as("more than the normal ones that fit").isSubsetOf(
                LongStream.range(0, 50 * A_MINUTE).filter(i -> failing.test(i) || slow.test(i)).boxed().toList());
        assertThat(stored(40 * A_MINUTE, 50 * A_MINUTE)).hasSize(30);
    }

    @Test
    void shouldNotLetFailedTracesTakeTheRoomOfTheOthers() {
        failing = i -> i >= A_MINUTE && i % 3 != 0;
        arrive(0, 60 * A_MINUTE);

        long complete = firstComplete();
        assertThat(stored(complete - 10 * A_MINUTE, complete)).filteredOn(i -> !failing.test(i))
                .hasSizeBetween(18 * History.NORMAL_A_MINUTE, 22 * History.NORMAL_A_MINUTE);
        assertThat(stored(complete - 10 * A_MINUTE, complete)).filteredOn(i -> failing.test(i))
                .hasSizeBetween(18 * History.FAILED_A_MINUTE, 22 * History.FAILED_A_MINUTE);
    }

    @Test
    void shouldLearnWhatIsUsual() {
        slow = i -> i >= 5 * A_MINUTE;
        arrive(0, 30 * A_MINUTE);

        var first = stored(5 * A_MINUTE, 6 * A_MINUTE);
        assertThat(first).as("slow ones and later normal ones")
                .hasSizeBetween(2 * History.NORMAL_A_MINUTE + 1, 2 * (History.NORMAL_A_MINUTE + History.SLOW_A_MINUTE));
        assertThat(stored(20 * A_MINUTE, 21 * A_MINUTE)).as("500 ms are usual now").hasSize(2 * History.NORMAL_A_MINUTE);
    }

    @Test
    void shouldKeepPinnedTracesUntilTheyAreNotPinnedAnyMore() {
        arrive(0, 6 * A_MINUTE);
        var old = stored(0, A_MINUTE).getFirst();
        long fresh = 6 * A_MINUTE - 7;
        store.keep(List.of(traceId(old), traceId(fresh), traceId(999_999)));
        arrive(6 * A_MINUTE, 200 * A_MINUTE);

        assertThat(stored(0, 20 * A_MINUTE)).containsExactly(old, fresh);
        store.add(List.of(server("shop", "late").trace(fresh).id(2).parent(1).stored()), 0);
        assertThat(store.trace(traceId(fresh))).hasSize(2);

        store.keep(List.of(traceId(fresh)));
        failing = _ -> true;
        arrive(200 * A_MINUTE, 300 * A_MINUTE);
        assertThat(stored(0, 20 * A_MINUTE)).containsExactly(fresh);
    }

    @Test
    void shouldNotBeFilledByPinnedTraces() {
        arrive(0, A_MINUTE);
        store.keep(LongStream.range(0, A_MINUTE).mapToObj(TestSpans::traceId).toList());
        arrive(A_MINUTE, 60 * A_MINUTE);

        assertThat(stored(0, A_MINUTE)).as("half of the fifth that the history has").hasSize(200).startsWith(0L, 1L, 2L);
        assertThat(store.spans()).isLessThanOrEqualTo(2000);
        assertThat(stored(60 * A_MINUTE - 1500, 60 * A_MINUTE)).hasSize(1500);
    }

    @Test
    void shouldCountOnlyTheFirstPins() {
        var large = new TraceStore(100_000);
        var ids = LongStream.range(0, 300).mapToObj(TestSpans::traceId).toList();
        large.keep(ids);
        ids.forEach(id -> large.add(List.of(server("shop", "GET").trace(id.low()).stored()), 0));
        for (long i = 1000; i < 200_000; i++) {
            large.add(List.of(server("shop", "GET").trace(i).stored()), i);
        }

        assertThat(ids.stream().filter(large::has).filter(id -> id.low() >= History.MAX_PINNED + History.NORMAL_A_MINUTE)).isEmpty();
        assertThat(ids.subList(0, History.MAX_PINNED)).allMatch(large::has);
    }

    @Test
    void shouldGiveStatisticsACompletePeriodOnly() {
        arrive(0, 60 * A_MINUTE);
        long now = nanos(millis(60 * A_MINUTE)) / 1_000_000;

        var service = new ServiceGraph(store, Map.of()).services(nanos(0), now).getFirst().statistics();
        assertThat(service.rate()).isCloseTo(A_SECOND, within(0.1));
        assertThat(service.requests()).isBetween(1600, 2000);
        assertThat(store.completeSince()).hasValueSatisfying(
                since -> assertThat(since.toEpochMilli()).isEqualTo(nanos(millis(firstComplete())) / 1_000_000));
    }

    @Test
    void shouldBeCompleteUntilItIsFull() {
        arrive(0, 2000);
        assertThat(store.completeSince()).isEmpty();
        assertThat(store.spans()).isEqualTo(2000);
    }

    @Test
    void shouldFindOldTracesInSearches() {
        failing = i -> i == 50;
        arrive(0, 30 * A_MINUTE);

        assertThat(store.find(TraceQuery.failed(0, 10)).items()).extracting(TraceSummary::id).containsExactly(traceId(50));
        var neighbours = store.neighbours(traceId(50)).orElseThrow();
        assertThat(neighbours.before()).hasValueSatisfying(before -> assertThat(before.startNanos()).isLessThan(nanos(millis(50))));
        assertThat(neighbours.after()).isPresent();
        assertThat(store.newestGood(Map.of("shop", Set.of("GET")), 1).get("shop").get("GET")).containsExactly(
                nanos(millis(30 * A_MINUTE - 1)));
        var all = new ArrayList<TraceId>();
        store.forEach(trace -> all.add(trace.span(0).traceId()));
        assertThat(all).hasSize(store.traces()).contains(traceId(50)).doesNotHaveDuplicates();
    }

    @Test
    void shouldStayWithinItsBoundsIfOldTracesGrow() {
        arrive(0, 30 * A_MINUTE);
        for (long trace : stored(0, 20 * A_MINUTE)) {
            for (int id = 2; id < 60; id++) {
                store.add(List.of(server("shop", "late").trace(trace).id(id).parent(1).stored()), 0);
            }
        }

        assertThat(store.spans()).isLessThanOrEqualTo(2000);
        assertThat(stored(30 * A_MINUTE - 1500, 30 * A_MINUTE)).hasSize(1500);
    }
}
