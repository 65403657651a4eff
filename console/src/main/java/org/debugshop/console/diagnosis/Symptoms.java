package org.debugshop.console.diagnosis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.debugshop.console.analysis.Peers;
import org.debugshop.console.diagnosis.Incident.Measure;
import org.debugshop.console.diagnosis.SeriesReader.Findings;

/**
 * Finds what users and consumers of messages notice: requests from outside that fail or are slow, and queues that grow.
 *
 * @param normal which buckets of the window belong to no incident
 * @param outermost the operations that are called from outside, or by a message
 * @param consumers those that are called by a message
 * @param services those that have handled a request
 * @param findings what the metrics say
 */
record Symptoms(Past past, Window window, boolean[] normal, Set<Key> outermost, Set<Key> consumers, Set<String> services,
        Findings findings) {

    /** How many of the newest buckets may be what has changed. */
    private static final int[] LENGTHS = {1, 2, 3, 4, 6, 8};
    private static final double LOAD_FACTOR = 2;
    private static final double TRAFFIC_FACTOR = 2.5;
    private static final double LEAST_MESSAGES_BEFORE = 5;
    private static final double LEAST_MESSAGES = 12;
    private static final double CALLS_FACTOR = 2.5;
    private static final int CALLS_BUCKETS = 3;
    private static final double LEAST_CALLS = 15;
    private static final double LEAST_REQUESTS = 3;
    private static final double MANY_REQUESTS = 6;
    private static final double CALLS_FACTOR_OF_FEW = 4;
    private static final double LEAST_REQUESTS_BEFORE = 20;
    /** A call that is made for nearly every request. */
    private static final double ALWAYS = 0.9;
    private static final double MISSING_PART = 0.35;
    private static final int MISSING_BUCKETS = 5;
    private static final double LEAST_MISSING = 10;
    private static final int LOGS_BUCKETS = 4;
    private static final double LEAST_LOGGED = 6;
    private static final double LOGGED_FACTOR = 4;
    private static final double TOLD_BY_SPANS = 0.2;
    /** How long the system must have been seen before what it does not do, or logs, or how much it has to do, counts as unusual. */
    private static final double LONG_SECONDS = 60;
    private static final double BUSY = 0.97;
    /** How long the system must have been seen before anything counts as worse than before. */
    private static final double LEAST_SECONDS = 20;

    /**
     * Something that is worse than before.
     *
     * @param key the operation; only the component for a finding that concerns all of it
     * @param bucket when it began, as a number of buckets since the epoch
     * @param finding what the metrics say; null for requests
     */
    record Found(Key key, Measure measure, double strength, long bucket, Sums before, Sums now, Object finding) {

        /** Returns which answers have become more, as an index of {@link Sums#values}. */
        private int badAnswer() {
            double failed = now.share(Sums.FAILED) - before.share(Sums.FAILED);
            return failed >= now.share(Sums.REFUSED) - before.share(Sums.REFUSED) ? Sums.FAILED : Sums.REFUSED;
        }
    }

    /** Looks for symptoms that begin at any time of the last forty seconds. */
    List<Found> find() {
        var found = new ArrayList<Found>();
        int lastAbnormal = -1;
        for (int i = 0; i < Window.BUCKETS; i++) {
            lastAbnormal = normal[i] ? lastAbnormal : i;
        }
        for (var key : outermost) {
            if (!window.has(key)) {
                continue;
            }
            Found strongest = null;
            for (int length : LENGTHS) {
                if (Window.BUCKETS - length <= lastAbnormal) {
                    break;
                }
                var symptom = compare(key, Window.BUCKETS - length);
                if (symptom != null && (strongest == null || symptom.strength > strongest.strength)) {
                    strongest = symptom;
                }
            }
            if (strongest != null) {
                found.add(strongest);
            }
        }
        if (lastAbnormal < Window.BUCKETS - CALLS_BUCKETS) {
            multipliedCalls(0, found);
        }
        if (lastAbnormal < Window.BUCKETS - MISSING_BUCKETS) {
            missingCalls(0, found);
            logs(Window.BUCKETS - LOGS_BUCKETS, found);
        }
        addFindings(window.end - 2, found);
        return found;
    }

    /** Looks for what is still worse, since the incident began. */
    List<Found> since(int onset) {
        var found = new ArrayList<Found>();
        for (var key : outermost) {
            var symptom = window.has(key) ? compare(key, onset) : null;
            if (symptom != null) {
                found.add(symptom);
            }
        }
        multipliedCalls(onset, found);
        missingCalls(onset, found);
        logs(Math.max(onset, Window.BUCKETS - LOGS_BUCKETS), found);
        addFindings(window.end - Window.BUCKETS + onset, found);
        return found;
    }

    /** Returns whether requests still fail now and then, even if they are too few to be found as a symptom. */
    static boolean stillFails(Found symptom, Window window) {
        var minute = window.sum(symptom.key, 0, Window.BUCKETS);
        int answer = symptom.badAnswer();
        return minute.values[answer] >= 1 + 2 * symptom.before.share(answer) * minute.count()
                && isBad(symptom, window, Window.BUCKETS - 2, Window.BUCKETS);
    }

    /** Returns whether an operation is worse than before in the buckets from one place to before another. */
    static boolean isBad(Found symptom, Window window, int from, int to) {
        int buckets = to - from;
        var now = window.sum(symptom.key, from, to);
        return switch (symptom.measure) {
            case ERRORS -> now.share(symptom.badAnswer()) > 2 * symptom.before.share(symptom.badAnswer());
            case LATENCY -> now.count() > 0 && now.mean() >= 1.4 * symptom.before.mean() && now.mean() >= symptom.before.mean() + 20;
            case TRAFFIC -> symptom.finding() != null || now.count() / (5 * buckets) >= 2 * symptom.strength / 100 && now.count() >= 3;
            case MISSING -> !(symptom.finding() instanceof Calls) || now.count() > 0;
            case LOGS -> symptom.finding() instanceof Logged logged
                    && window.sum(logged.key(), from, to).count() >= 5 * buckets * 2 * logged.before() + 1;
            default -> true;
        };
    }

    private Found compare(Key key, int from) {
        var weights = usual(from);
        double seconds = past.seconds() + 5.0 * count(weights);
        if (seconds < LEAST_SECONDS) {
            return null;
        }
        var before = past.of(key).plus(window.sum(key, weights));
        var now = window.sum(key, from, Window.BUCKETS);
        long bucket = window.end - Window.BUCKETS + from;
        double failures = Math.max(Rise.ofFailures(before, now), Rise.ofRefusals(before, now));
        double slowness = Rise.ofDurations(before, now, findings.busy() > BUSY);
        if (failures > 0 && failures >= slowness) {
            return new Found(key, Measure.ERRORS, failures, bucket, before, now, null);
        }
        if (slowness > 0) {
            return new Found(key, Measure.LATENCY, slowness, bucket, before, now, null);
        }
        double rate = before.count() / seconds;
        double times = now.count() / (5.0 * (Window.BUCKETS - from)) / rate;
        return consumers.contains(key) && before.count() >= LEAST_MESSAGES_BEFORE && now.count() >= LEAST_MESSAGES
                && times >= TRAFFIC_FACTOR * growthOfSenders(key, from, weights, seconds)
                        ? new Found(key, Measure.TRAFFIC, 100 * rate, bucket, before, now, null)
                        : null;
    }

    /** Returns how many times the requests from outside have grown that send a consumer its messages; 1 if they have not. */
    private double growthOfSenders(Key consumer, int from, double[] weights, double seconds) {
        var senders = new HashSet<Key>();
        for (var key : past.keysWith(window)) {
            if (key.what() == Key.What.CALL && key.other().startsWith(Peers.TOPIC)
                    && consumer.operation().contains(key.other().substring(Peers.TOPIC.length()))) {
                senders.add(Key.request(key.component(), key.operation()));
            }
        }
        senders.removeAll(consumers);
        double before = senders.stream().mapToDouble(sender -> past.of(sender).plus(window.sum(sender, weights)).count()).sum();
        double now = senders.stream().mapToDouble(sender -> window.sum(sender, from, Window.BUCKETS).count()).sum();
        return before == 0 ? 1 : Math.max(1, now / (5.0 * (Window.BUCKETS - from)) / (before / seconds));
    }

    /** How often a service calls another one for one request. */
    record Calls(String caller, String callee, double before, double now) {}

    /** The calls of one kind, and the requests that they are made for. */
    private record Calling(Sums before, Sums now, Sums requestsBefore, Sums requests) {

        double perRequestBefore() {
            return before.count() / requestsBefore.count();
        }

        double perRequest() {
            return now.count() / requests.count();
        }
    }

    private Map<Key, Calling> calling(int from, double[] weights) {
        var all = new HashMap<Key, Calling>();
        for (var key : past.keysWith(window)) {
            if (key.what() == Key.What.CALL) {
                var request = Key.request(key.component(), key.operation());
                var calling = all.computeIfAbsent(Key.call(key.component(), key.operation(), key.other(), ""),
                        _ -> new Calling(new Sums(), new Sums(), past.of(request).plus(window.sum(request, weights)),
                                window.sum(request, from, Window.BUCKETS)));
                calling.before.add(past.of(key).plus(window.sum(key, weights)), 1);
                calling.now.add(window.sum(key, from, Window.BUCKETS), 1);
            }
        }
        all.values().removeIf(calling -> calling.before.count() < LEAST_CALLS || calling.requestsBefore.count() == 0
                || calling.requests.count() == 0);
        return all;
    }

    /** Looks for calls that are made much more often for one request than before, without failing. */
    private void multipliedCalls(int onset, List<Found> found) {
        int from = Math.max(onset, Window.BUCKETS - CALLS_BUCKETS);
        var weights = usual(from);
        if (past.seconds() + 5.0 * count(weights) < LEAST_SECONDS) {
            return;
        }
        calling(from, weights).forEach((key, calling) -> {
            double before = calling.perRequestBefore();
            double now = calling.perRequest();
            // How many calls a request makes may differ from request to request, so that a few say little.
            boolean isKnown = calling.requests.count() >= LEAST_REQUESTS && calling.requestsBefore.count() >= LEAST_REQUESTS_BEFORE;
            double factor = calling.requests.count() >= MANY_REQUESTS ? CALLS_FACTOR : CALLS_FACTOR_OF_FEW;
            if (isKnown && calling.now.count() >= LEAST_CALLS && calling.now.share(Sums.FAILED) < 0.1 && now >= factor * before) {
                found.add(new Found(Key.request(key.component(), key.operation()), Measure.TRAFFIC, now / before,
                        window.end - Window.BUCKETS + from, calling.before, calling.now,
                        new Calls(key.component(), key.other(), before, now)));
            }
        });
    }

    /** Looks for calls that nearly every request made, and that hardly any makes now. */
    private void missingCalls(int onset, List<Found> found) {
        int from = Math.max(onset, Window.BUCKETS - MISSING_BUCKETS);
        var weights = usual(from);
        if (past.seconds() + 5.0 * count(weights) < LONG_SECONDS) {
            return;
        }
        var restarting = new HashSet<>(findings.down());
        findings.starts().forEach(start -> restarting.add(start.service()));
        double times = 5.0 * (Window.BUCKETS - from) / (past.seconds() + 5.0 * count(weights));
        calling(from, weights).forEach((key, calling) -> {
            double before = calling.perRequestBefore();
            double now = calling.perRequest();
            // Who remembers answers for a while makes no more calls for more requests.
            boolean areFewer = calling.now.count() <= MISSING_PART * calling.before.count() * times;
            if (areFewer && before >= ALWAYS && calling.requests.count() >= LEAST_MISSING && now <= MISSING_PART * before
                    && calling.requests.share(Sums.FAILED) < 0.1 && !restarting.contains(key.other())) {
                found.add(new Found(Key.request(key.component(), key.operation()), Measure.MISSING,
                        calling.requests.count() * (before - now), window.end - Window.BUCKETS + from, calling.before, calling.now,
                        new Calls(key.component(), key.other(), before, now)));
            }
        });
    }

    /** Returns weights for the normal buckets before one. */
    private double[] usual(int from) {
        var weights = new double[Window.BUCKETS];
        for (int i = 0; i < from; i++) {
            weights[i] = normal[i] && window.isUsed(i) ? 1 : 0;
        }
        return weights;
    }

    /** What a service logs at ERROR much more often than before. @param now messages a second */
    record Logged(Key key, double before, double now) {}

    private void logs(int from, List<Found> found) {
        var weights = usual(from);
        double seconds = past.seconds() + 5.0 * count(weights);
        if (seconds < LONG_SECONDS) {
            return;
        }
        for (var key : window.keys()) {
            if (key.what() != Key.What.LOG) {
                continue;
            }
            var before = past.of(key).plus(window.sum(key, weights));
            var now = window.sum(key, from, Window.BUCKETS);
            double secondsNow = 5.0 * (Window.BUCKETS - from);
            double expected = before.count() / seconds * secondsNow;
            if (now.count() >= LEAST_LOGGED && now.count() >= LOGGED_FACTOR * expected && lasts(key)
                    && failedSpans(key.component(), from) < TOLD_BY_SPANS * now.count()) {
                found.add(new Found(Key.request(key.component(), ""), Measure.LOGS, (now.count() - expected) / Math.sqrt(expected + 1),
                        window.end - Window.BUCKETS + from, before, now,
                        new Logged(key, before.count() / seconds, now.count() / secondsNow)));
            }
        }
    }

    /** Returns how many requests and calls of a component failed by their status: these speak for themselves. */
    private double failedSpans(String component, int from) {
        double failed = 0;
        for (var key : window.keys()) {
            if (key.component().equals(component) && (key.what() == Key.What.REQUEST || key.what() == Key.What.CALL)) {
                failed += window.sum(key, from, Window.BUCKETS).failed();
            }
        }
        return failed;
    }

    /** Returns whether something happened in three of the last four buckets: a restart is over sooner. */
    private boolean lasts(Key key) {
        int used = 0;
        for (int i = Window.BUCKETS - 4; i < Window.BUCKETS; i++) {
            used += window.sum(key, i, i + 1).count() > 0 ? 1 : 0;
        }
        return used >= 3;
    }

    private static int count(double[] weights) {
        int count = 0;
        for (double weight : weights) {
            count += weight > 0 ? 1 : 0;
        }
        return count;
    }

    /** Returns the services that only requests from outside call. The caller of a request may be missing in its trace. */
    static Set<String> entries(Past past, Window window, Set<Key> outermost, Set<Key> consumers, Set<String> services) {
        var entries = new HashSet<String>();
        outermost.stream().filter(key -> !consumers.contains(key)).forEach(key -> entries.add(key.component()));
        past.keysWith(window).stream().filter(key -> key.what() == Key.What.CALL && services.contains(key.component()))
                .forEach(key -> entries.remove(key.other()));
        return entries;
    }

    private void addFindings(long bucket, List<Found> found) {
        findings.lags().forEach(
                lag -> found.add(new Found(Key.request(lag.service(), ""), Measure.LAG, lag.now(), bucket, new Sums(), new Sums(), lag)));
        findings.resources().stream().filter(resource -> window.handlesRequests(resource.service())).forEach(resource -> found
                .add(new Found(Key.request(resource.service(), ""), Measure.SATURATION, 5, bucket, new Sums(), new Sums(), resource)));
        var entries = entries(past, window, outermost, consumers, services);
        var gone = new HashSet<>(findings.gone());
        // Users notice at once.
        findings.away().stream().filter(entries::contains).forEach(gone::add);
        gone.forEach(service -> found.add(new Found(Key.request(service, ""), Measure.MISSING, 3, bucket, new Sums(), new Sums(),
                new SeriesReader.Gone(service, entries.contains(service)))));
        findings.figures().forEach(figure -> found
                .add(new Found(Key.request(figure.service(), ""), Measure.FIGURES, 3, bucket, new Sums(), new Sums(), figure)));
    }

    /** Returns how many times the requests from outside have grown; 1 if too little is known: after a start, they grow by themselves. */
    static double load(Comparisons figures, Set<Key> outermost, Set<Key> consumers) {
        if (figures.secondsBefore() < LONG_SECONDS) {
            return 1;
        }
        double before = 0;
        double now = 0;
        var entries = figures.entries(outermost, consumers);
        for (var key : outermost) {
            if (!consumers.contains(key) && entries.contains(key.component())) {
                before += figures.rateBefore(key);
                now += figures.rateNow(key);
            }
        }
        return before > 0 ? now / before : 1;
    }

    static boolean isSurge(double load) {
        return load >= LOAD_FACTOR;
    }
}
