package org.debugshop.console.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.internal;
import static org.debugshop.console.TestSpans.nanos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.debugshop.console.TestSpans;
import org.debugshop.console.store.Span;
import org.junit.jupiter.api.Test;

class CriticalPathTest {

    @Test
    void shouldFollowTheChildThatEndedLast() {
        assertThat(path(span("root", 1, 0, 0, 100), span("quick", 2, 1, 10, 20), span("slow", 3, 1, 15, 75)))
                .containsExactly("root 0-15", "slow 15-90", "root 90-100");
    }

    @Test
    void shouldFollowChildrenThatRanInSequence() {
        assertThat(path(span("root", 1, 0, 0, 100), span("first", 2, 1, 10, 30), span("second", 3, 1, 50, 40), span("inner", 4, 3, 60, 10)))
                .containsExactly("root 0-10", "first 10-40", "root 40-50", "second 50-60", "inner 60-70", "second 70-90", "root 90-100");
    }

    @Test
    void shouldCutAChildThatOutlivesItsParent() {
        assertThat(path(span("root", 1, 0, 0, 100), span("child", 2, 1, 80, 100), span("before", 3, 1, -20, 60)))
                .containsExactly("before 0-40", "root 40-80", "child 80-100");
    }

    @Test
    void shouldCoverTheRootWithoutGapsHoweverDeepItGoes() {
        var spans = new ArrayList<Span>();
        for (int i = 0; i < 5000; i++) {
            spans.add(span("s" + i, i + 1, i, i, 10_000 - i).stored());
        }
        var segments = CriticalPath.of(spans, spans.getFirst());

        long at = nanos(0);
        for (var segment : segments) {
            assertThat(segment.startNanos()).isEqualTo(at);
            at = segment.endNanos();
        }
        assertThat(at).isEqualTo(nanos(10_000));
    }

    @Test
    void shouldIgnoreSpansOutsideOfTheRoot() {
        assertThat(path(span("root", 1, 0, 0, 10), span("later", 2, 1, 50, 10), span("other root", 3, 0, 0, 99)))
                .containsExactly("root 0-10");
    }

    private static TestSpans span(String name, long id, long parent, long at, long millis) {
        return internal("service", name).id(id).parent(parent).at(at).lasting(millis);
    }

    private static List<String> path(TestSpans... spans) {
        var stored = Arrays.stream(spans).map(TestSpans::stored).toList();
        return CriticalPath.of(stored, stored.getFirst()).stream().map(segment -> "%s %d-%d".formatted(segment.span().name(),
                (segment.startNanos() - nanos(0)) / 1_000_000, (segment.endNanos() - nanos(0)) / 1_000_000)).toList();
    }
}
