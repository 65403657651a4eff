package org.debugshop.console.diagnosis;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How the system was before: sums of what is older than the {@link Window} and belongs to no incident. What is ten minutes old counts
 * half, so that a new normal replaces an old one.
 */
final class Past {

    private static final double HALF_LIFE_SECONDS = 600;
    private static final double BUCKET_SECONDS = Window.BUCKET_NANOS / 1e9;
    private static final double FORGET = Math.pow(0.5, BUCKET_SECONDS / HALF_LIFE_SECONDS);
    /** How many requests are needed to know what is slow. */
    private static final double ENOUGH = 20;
    private static final double LEAST_DEVIATION = 0.3;
    private static final double DEVIATIONS = 2.5;

    private final Map<Key, Sums> figures = new HashMap<>();
    private double seconds;

    /** Adds a bucket of the window. */
    void add(Window window, int place) {
        figures.values().forEach(sums -> sums.scale(FORGET));
        figures.values().removeIf(sums -> sums.count() < 0.01);
        seconds = seconds * FORGET + (window.isUsed(place) ? BUCKET_SECONDS : 0);
        for (var key : window.keys()) {
            var more = window.sum(key, place, place + 1);
            // A message that appears once is nothing to compare with, and every message may be another one.
            boolean isRare = key.what() == Key.What.LOG && window.sum(key, 0, Window.BUCKETS).count() < 2;
            if (more.count() > 0 && (figures.containsKey(key) || figures.size() < Window.MAX_KEYS && !isRare)) {
                figures.computeIfAbsent(key, _ -> new Sums()).add(more, 1);
            }
        }
    }

    /** Returns the keys of the past, and of a window. */
    Set<Key> keysWith(Window window) {
        var keys = new HashSet<>(figures.keySet());
        window.keys().forEach(keys::add);
        return keys;
    }

    /** Returns the sums of a key, empty ones for an unknown key. */
    Sums of(Key key) {
        var known = figures.get(key);
        return known == null ? new Sums() : known;
    }

    /** Returns the time that the sums cover, in seconds, aged like them. */
    double seconds() {
        return seconds;
    }

    /** Returns the duration above which a request is slow, in milliseconds. */
    double slowAbove(Key key) {
        var sums = figures.get(key);
        return sums == null || sums.count() < ENOUGH
                ? Double.POSITIVE_INFINITY
                : Math.exp(sums.logMean() + DEVIATIONS * Math.max(LEAST_DEVIATION, sums.logDeviation()));
    }
}
