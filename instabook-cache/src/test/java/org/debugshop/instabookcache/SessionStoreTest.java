package org.debugshop.instabookcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SessionStoreTest {

    private Instant now = Instant.parse("2026-01-31T10:00:00Z");

    @Test
    void shouldKeepAHundredThousandSessionsAndEvictTheOldestFirst() {
        var store = new SessionStore(() -> now, SessionStore.MAX_SESSIONS, SessionStore.MAX_BYTES);
        for (int i = 0; i < 100_000; i++) {
            store.put("s-" + i, bytes(100));
        }
        assertThat(store.get("s-0")).isPresent();
        store.put("s-100000", bytes(100));
        assertThat(store.size()).isEqualTo(100_000);
        assertThat(store.get("s-0")).isEmpty();
        assertThat(store.get("s-1")).isPresent();
        assertThat(store.get("s-100000")).isPresent();
    }

    @Test
    void shouldEvictByAgeAndNotByUse() {
        var store = new SessionStore(() -> now, 2, 1_000);
        store.put("old", bytes(1));
        store.put("young", bytes(1));
        assertThat(store.get("old")).isPresent();
        store.put("new", bytes(1));
        assertThat(store.get("old")).isEmpty();
        assertThat(store.get("young")).isPresent();
    }

    @Test
    void shouldCountAReplacedSessionOnceAndAsTheNewest() {
        var store = new SessionStore(() -> now, 2, 1_000);
        store.put("a", bytes(10));
        store.put("b", bytes(10));
        store.put("a", "again".getBytes(UTF_8));
        assertThat(store.size()).isEqualTo(2);
        assertThat(store.bytes()).isEqualTo(15);
        store.put("c", bytes(10));
        assertThat(store.get("b")).isEmpty();
        assertThat(store.get("a").orElseThrow()).containsExactly("again".getBytes(UTF_8));
    }

    @Test
    void shouldLimitTheBytesToo() {
        var store = new SessionStore(() -> now, 100, 1_000);
        for (int i = 0; i < 10; i++) {
            store.put("s-" + i, bytes(100));
        }
        assertThat(store.size()).isEqualTo(10);
        store.put("large", bytes(250));
        assertThat(store.bytes()).isEqualTo(950);
        assertThat(store.size()).isEqualTo(8);
        assertThat(store.get("s-2")).isEmpty();
        assertThat(store.get("s-3")).isPresent();
    }

    @Test
    void shouldNotKeepASessionThatIsLargerThanTheWholeStore() {
        var store = new SessionStore(() -> now, 100, 1_000);
        store.put("too-large", bytes(1_001));
        assertThat(store.size()).isEqualTo(0);
        assertThat(store.bytes()).isEqualTo(0);
    }

    @Test
    void shouldExpireASessionTwentyFourHoursAfterItWasStored() {
        var store = new SessionStore(() -> now, 100, 1_000);
        store.put("a", bytes(10));
        now = now.plus(Duration.ofHours(24)).minusMillis(1);
        assertThat(store.get("a")).isPresent();
        now = now.plusMillis(1);
        assertThat(store.get("a")).isEmpty();
        assertThat(store.bytes()).isEqualTo(0);
    }

    @Test
    void shouldRestartTheTwentyFourHoursIfASessionIsReplaced() {
        var store = new SessionStore(() -> now, 100, 1_000);
        store.put("a", bytes(10));
        now = now.plus(Duration.ofHours(23));
        store.put("a", bytes(10));
        now = now.plus(Duration.ofHours(23));
        assertThat(store.get("a")).isPresent();
    }

    @Test
    void shouldEvictExpiredSessionsThatAreNeverRead() {
        var store = new SessionStore(() -> now, 100, 1_000);
        store.put("a", bytes(10));
        store.put("b", bytes(10));
        now = now.plus(Duration.ofHours(25));
        store.put("c", bytes(10));
        assertThat(store.size()).isEqualTo(1);
        assertThat(store.bytes()).isEqualTo(10);
    }

    @Test
    void shouldKeepItsBoundsUnderConcurrentUse() throws Exception {
        var store = new SessionStore(() -> now, 50, 2_000);
        try (var threads = Executors.newFixedThreadPool(8)) {
            var work = IntStream.range(0, 8).mapToObj(thread -> (Callable<Boolean>) () -> {
                var kept = true;
                for (int i = 0; i < 20_000; i++) {
                    store.put("s-" + (i * 7 + thread) % 200, bytes(1 + i % 100));
                    store.get("s-" + i % 200);
                    kept &= store.size() <= 50 && store.bytes() <= 2_000;
                }
                return kept;
            }).toList();
            for (var result : threads.invokeAll(work)) {
                assertThat(result.get()).isTrue();
            }
        }
        var held = IntStream.range(0, 200).mapToObj(i -> store.get("s-" + i)).filter(found -> found.isPresent()).toList();
        assertThat(held.size()).isEqualTo(store.size());
        assertThat(held.stream().mapToLong(found -> found.orElseThrow().length).sum()).isEqualTo(store.bytes());
        assertThat(held).isNotEmpty();
    }

    private static byte[] bytes(int length) {
        return new byte[length];
    }
}
