package org.debugshop.adservice;

import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Stands for a job that ranks the ads of a product in the background. It never ends by itself, and there may be several. */
@Singleton
class AdRanking {

    private static final String PRODUCT = "3";
    private static final int ONE_IN = 10;
    /** The limit of jobs, whatever the strength. */
    private static final int MAX_JOBS = 8;
    private static final long PAUSE_BETWEEN_WARNINGS = Duration.ofSeconds(10).toNanos();
    private static final int CANDIDATES = 20_000;

    private final Faults faults;
    private final AtomicLong requests = new AtomicLong();
    private final Set<Integer> running = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    AdRanking(Faults faults) {
        this.faults = faults;
    }

    /** Starts a job, at every tenth call for this product, unless there are enough of them. */
    void requested(List<String> productIds) {
        if (!faults.cpuHog().isOn() || !isAmong(productIds) || requests.getAndIncrement() % ONE_IN != 0) {
            return;
        }
        for (var job = 0; mayRun(job); job++) {
            if (running.add(job)) {
                var number = job;
                Thread.ofPlatform().daemon().name("ad-ranking-" + number).start(() -> rank(number));
                return;
            }
        }
    }

    private static boolean isAmong(List<String> productIds) {
        return productIds.stream().flatMap(ids -> Stream.of(ids.split(","))).anyMatch(PRODUCT::equals);
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
    }

    /** Returns how many jobs there are. */
    int jobs() {
        return running.size();
    }

    private boolean mayRun(int job) {
        return !stopped && job < Math.min(MAX_JOBS, faults.cpuHog().strength());
    }

    private void rank(int job) {
        var warned = System.nanoTime() - PAUSE_BETWEEN_WARNINGS;
        while (mayRun(job)) {
            try {
                score(System.nanoTime());
            } catch (ArithmeticException e) {
                if (System.nanoTime() - warned >= PAUSE_BETWEEN_WARNINGS) {
                    warned = System.nanoTime();
                    Log.warnf("Cannot rank the ads of product %s: %s. Trying again", PRODUCT, e.getMessage());
                }
            }
        }
        running.remove(job);
        requests.set(0);
    }

    /** Takes about a millisecond, and fails, because the product has no clicks to divide by. */
    private static long score(long seed) {
        var score = seed;
        for (var candidate = 0; candidate < CANDIDATES; candidate++) {
            score = score * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
            score ^= score >>> 29;
        }
        var clicks = score & 0;
        return score / clicks;
    }
}
