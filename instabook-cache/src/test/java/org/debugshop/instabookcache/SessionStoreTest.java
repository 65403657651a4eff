package org.debugshop.instabookcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        assertTrue(store.get("s-0").isPresent());
        store.put("s-100000", bytes(100));
        assertEquals(100_000, store.size());
        assertTrue(store.get("s-0").isEmpty());
        assertTrue(store.get("s-1").isPresent());
        assertTrue(store.get("s-100000").isPresent());
    }

    @Test
    void shouldEvictByAgeAndNotByUse() {
        var store = new SessionStore(() -> now, 2, 1_000);
        store.put("old", bytes(1));
        store.put("young", bytes(1));
        assertTrue(store.get("old").isPresent());
        store.put("new", bytes(1));
        assertTrue(store.get("old").isEmpty());
        assertTrue(store.get("young").isPresent());
    }

    @Test
    void shouldCountAReplacedSessionOnceAndAsTheNewest() {
        var store = new SessionStore(() -> now, 2, 1_000);
        store.put("a", bytes(10));
        store.put("b", bytes(10));
        store.put("a", "again".getBytes(UTF_8));
        assertEquals(2, store.size());
        assertEquals(15, store.bytes());
        store.put("c", bytes(10));
        assertTrue(store.get("b").isEmpty());
        assertArrayEquals("again".getBytes(UTF_8), store.get("a").orElseThrow());
    }

    @Test
    void shouldLimitTheBytesToo() {
        var store = new SessionStore(() -> now, 100, 1_000);
        for (int i = 0; i < 10; i++) {
            store.put("s-" + i, bytes(100));
        }
        assertEquals(10, store.size());
        store.put("large", bytes(250));
        assertEquals(950, store.bytes());
        assertEquals(8, store.size());
        assertTrue(store.get("s-2").isEmpty());
        assertTrue(store.get("s-3").isPresent());
    }

    @Test
    void shouldNotKeepASessionThatIsLargerThanTheWholeStore() {
        var store = new SessionStore(() -> now, 100, 1_000);
        store.put("too-large", bytes(1_001));
        assertEquals(0, store.size());
        assertEquals(0, store.bytes());
    }

    @Test
    void shouldExpireASessionTwentyFourHoursAfterItWasStored() {
        var store = new SessionStore(() -> now, 100, 1_000);
        store.put("a", bytes(10));
        now = now.plus(Duration.ofHours(24)).minusMillis(1);
        assertTrue(store.get("a").isPresent());
        now = now.plusMillis(1);
        assertTrue(store.get("a").isEmpty());
        assertEquals(0, store.bytes());
    }

    @Test
    void shouldRestartTheTwentyFourHoursIfASessionIsReplaced() {
        var store = new SessionStore(() -> now, 100, 1_000);
        store.put("a", bytes(10));
        now = now.plus(Duration.ofHours(23));
        store.put("a", bytes(10));
        now = now.plus(Duration.ofHours(23));
        assertTrue(store.get("a").isPresent());
    }

    @Test
    void shouldEvictExpiredSessionsThatAreNeverRead() {
        var store = new SessionStore(() -> now, 100, 1_000);
        store.put("a", bytes(10));
        store.put("b", bytes(10));
        now = now.plus(Duration.ofHours(25));
        store.put("c", bytes(10));
        assertEquals(1, store.size());
        assertEquals(10, store.bytes());
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
                assertTrue(result.get());
            }
        }
        var held = IntStream.range(0, 200).mapToObj(i -> store.get("s-" + i)).filter(found -> found.isPresent()).toList();
        assertEquals(store.size(), held.size());
        assertEquals(store.bytes(), held.stream().mapToLong(found -> found.orElseThrow().length).sum());
        assertFalse(held.isEmpty());
    }

    private static byte[] bytes(int length) {
        return new byte[length];
    }
}
