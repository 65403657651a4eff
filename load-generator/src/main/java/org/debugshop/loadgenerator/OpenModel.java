package org.debugshop.loadgenerator;

import io.quarkus.logging.Log;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * A rate of requests, which only changes with the factor, whether or not earlier ones have been answered, so a slow service gets just as many. Each request is
 * the next action of a user who is ready for it, or the first of a new user. While {@code maxInFlight} requests wait for an answer,
 * further ones are dropped and counted.
 */
final class OpenModel implements LoadModel {

    private static final double SECOND = 1e9;
    /** The limit of the milliseconds until a change of the factor is noticed. */
    private static final long LOOK = 500;
    private static final long PAUSE_BETWEEN_WARNINGS = Duration.ofMinutes(1).toNanos();

    private final Vertx vertx;
    private final ActionRunner runner;
    private final Profile profile;
    private final RequestMetrics metrics;
    private final double usualRate;
    private final int maxInFlight;
    private final SplittableGenerator random;
    private final DoubleSupplier factor;

    /**
     * Users who are ready to act. A new user only comes if this is empty, so there are never more users than requests in flight
     * plus pauses.
     */
    private final Queue<Visit> ready = new ConcurrentLinkedQueue<>();

    private double rate;
    /** When this rate began, and how many requests have arrived since. */
    private long begun;
    private long arrived;
    private long quietUntil = System.nanoTime();

    /** @param factor what the rate is multiplied by; 0 counts as 1 */
    OpenModel(Vertx vertx, ActionRunner runner, Profile profile, RequestMetrics metrics, double rate, int maxInFlight,
            SplittableGenerator random, DoubleSupplier factor) {
        this.vertx = vertx;
        this.runner = runner;
        this.profile = profile;
        this.metrics = metrics;
        this.usualRate = rate;
        this.maxInFlight = maxInFlight;
        this.random = random;
        this.factor = factor;
    }

    @Override
    public void start() {
        vertx.setTimer(1, _ -> tick());
    }

    private void tick() {
        var wanted = usualRate * Math.max(1, factor.getAsDouble());
        if (wanted != rate) {
            rate = wanted;
            begun = System.nanoTime();
            arrived = 0;
        }
        var elapsed = System.nanoTime() - begun;
        arrive(due(rate, elapsed) - arrived);
        vertx.setTimer(Math.min(untilNext(rate, arrived, elapsed), LOOK), _ -> tick());
    }

    /** Returns how many requests are due after this many nanoseconds; the first is due at once. */
    static long due(double rate, long elapsed) {
        return 1 + (long) (elapsed / SECOND * rate);
    }

    /** Returns the milliseconds, at least one, until the request with this number, counted from zero, is due. */
    static long untilNext(double rate, long arrived, long elapsed) {
        return Math.max(1, (long) Math.ceil((arrived / rate * SECOND - elapsed) / 1e6));
    }

    /** Returns the nanoseconds after which the request with this number, counted from zero, is due. */
    static long dueAfter(double rate, long index) {
        return (long) (index / rate * SECOND);
    }

    private void arrive(long requests) {
        var sent = Math.min(requests, maxInFlight - runner.inFlight());
        for (var i = 0; i < sent; i++) {
            act(begun + dueAfter(rate, arrived + i));
        }
        arrived += requests;
        if (requests > sent) {
            dropped(requests - sent);
        }
    }

    private void dropped(long requests) {
        metrics.dropped(requests);
        var now = System.nanoTime();
        if (now - quietUntil >= 0) {
            quietUntil = now + PAUSE_BETWEEN_WARNINGS;
            Log.warnf("The limit of %d requests in flight is reached: further requests are dropped until answers arrive", maxInFlight);
        }
    }

    private void act(long due) {
        var next = ready.poll();
        var visit = next == null ? Visit.begin(profile, random) : next;
        runner.run(visit.next(), visit.sessionId(), due, succeeded -> {
            if (succeeded && !visit.isOver()) {
                var pause = visit.pause(Duration.ZERO);
                if (pause.isZero()) {
                    ready.add(visit);
                } else {
                    vertx.setTimer(pause.toMillis(), _ -> ready.add(visit));
                }
            }
        });
    }
}
