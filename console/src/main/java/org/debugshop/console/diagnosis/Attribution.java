package org.debugshop.console.diagnosis;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the components where additional failures or additional waiting start, from figures of before and now and the call graph.
 *
 * <pre>
 * gateway  total 9.0/min   own 0     all of it is explained by checkout
 *    └ checkout  total 9.0/min   own 8.5/min
 *         └ database  total 0.5/min   own 0.5/min
 * </pre>
 *
 * The rules:
 * <ul>
 * <li>A rise is weighted by the number of requests. It is the number of failed requests, or of seconds of waiting, per minute that
 * there would not be at the level before. A rare call that became ten times slower weighs less than a small rise that everyone
 * feels.</li>
 * <li>What its callees explain is subtracted from the rise of a component. The rest is its own.</li>
 * <li>The time and the failures between a caller and its callee (the network, a callee that doesn't answer) belong to the callee. If
 * all calls of one caller, to two callees or more, have them, that part belongs to the caller.</li>
 * <li>A callee that was not called before explains nothing: its caller has changed, not the callee.</li>
 * <li>A rise that may be chance is ranked after those that are not.</li>
 * </ul>
 *
 * Calls without figures are estimated: they explain as much as the whole rise of their callee. Calls may form cycles. This class has
 * no state, reads nothing, and knows no component by name.
 */
public final class Attribution {

    /** A rise that is smaller than this many standard errors may be chance. */
    private static final double STANDARD_ERRORS = 3;
    /** The deviation of fewer requests than this is not reliable. */
    private static final double FEW_REQUESTS = 10;
    /** A smaller rise is only due to rounding. */
    private static final double ROUNDING = 1e-9;

    private static final Comparator<Cause> MOST_LIKELY_FIRST = Comparator.comparing(Cause::significant).thenComparingDouble(Cause::own)
            .reversed().thenComparing(Cause::component);

    /** What has risen. */
    public enum Measure {
        /** Counted as failed requests per minute. */
        FAILURES,
        /** Counted as seconds per minute. */
        WAITING
    }

    /**
     * What a component answered, or what the calls along one edge got, in a period.
     *
     * @param requests how many there were in the whole period
     * @param failedShare from 0 to 1
     * @param meanMillis the mean duration; {@code NaN} if it is unknown
     * @param deviationMillis the standard deviation of the durations; {@code NaN} if it is unknown, and then any rise counts as
     *        significant
     */
    public record Figures(double requests, double failedShare, double meanMillis, double deviationMillis) {

        /** No requests. */
        public static final Figures NONE = new Figures(0, 0, Double.NaN, Double.NaN);

        private double level(Measure measure) {
            return measure == Measure.FAILURES ? failedShare : meanMillis / 1000;
        }
    }

    /** The figures of the healthy period, and those of the period in question. */
    public record Change(Figures before, Figures now) {

        private boolean isNew() {
            return before.requests == 0 && now.requests > 0;
        }

        private boolean isComparable() {
            return before.requests > 0 && now.requests > 0;
        }

        /** Returns the rise per request; negative if it is a fall, 0 if there is nothing to compare, as for what is new. */
        private double perRequest(Measure measure) {
            double rise = isComparable() ? now.level(measure) - before.level(measure) : 0;
            return Double.isNaN(rise) ? 0 : rise;
        }

        /** Returns the standard error of {@link #perRequest}, if nothing has changed. */
        private double standardError(Measure measure) {
            double all = before.requests + now.requests;
            double deviation;
            if (measure == Measure.FAILURES) {
                double share = (before.requests * before.failedShare + now.requests * now.failedShare) / all;
                deviation = Math.sqrt(share * (1 - share));
            } else {
                deviation = (before.requests < FEW_REQUESTS
                        ? Math.max(before.deviationMillis, now.deviationMillis)
                        : before.deviationMillis) / 1000;
            }
            double error = deviation * Math.sqrt(1 / before.requests + 1 / now.requests);
            return Double.isFinite(error) ? error : 0;
        }

        private boolean isSignificant(Measure measure) {
            return perRequest(measure) > STANDARD_ERRORS * standardError(measure);
        }
    }

    /** @param change what the caller got from these calls; empty if that is unknown */
    public record Call(String caller, String callee, Optional<Change> change) {

        public Call(String caller, String callee) {
            this(caller, callee, Optional.empty());
        }

        public Call(String caller, String callee, Change change) {
            this(caller, callee, Optional.of(change));
        }

        private boolean isNew() {
            return change.filter(Change::isNew).isPresent();
        }
    }

    /**
     * A component that has a rise of its own.
     *
     * @param own the part of {@code total} that its callees don't explain, above 0
     * @param total its rise per minute, in failed requests or in seconds
     * @param significant whether {@code own} is too large to be chance
     * @param newCallees what it calls now and didn't call before, sorted
     */
    public record Cause(String component, double own, double total, boolean significant, List<String> newCallees) {}

    /** @param noise the standard error of {@code perMinute} */
    private record Rise(double perMinute, double noise) {

        private static final Rise ZERO = new Rise(0, 0);

        private Rise plus(Rise other) {
            return new Rise(perMinute + other.perMinute, Math.hypot(noise, other.noise));
        }
    }

    private final Measure measure;
    private final double minutes;
    private final Map<String, Change> components;
    private final Map<String, List<Call>> callsByCaller;
    private final Map<String, List<Call>> callsByCallee;
    private final Set<String> all = new TreeSet<>();
    private final Map<String, Double> commonToCallsOf = new HashMap<>();
    private final Map<String, Rise> totals = new HashMap<>();

    private Attribution(Measure measure, double minutes, Map<String, Change> components, Collection<Call> calls) {
        this.measure = measure;
        this.minutes = minutes;
        this.components = components;
        var others = calls.stream().filter(call -> !call.caller.equals(call.callee)).toList();
        callsByCaller = others.stream().collect(groupingBy(Call::caller));
        callsByCallee = others.stream().collect(groupingBy(Call::callee));
        all.addAll(components.keySet());
        all.addAll(callsByCaller.keySet());
        all.addAll(callsByCallee.keySet());
        all.forEach(component -> commonToCallsOf.put(component, commonToCalls(component)));
        all.forEach(component -> totals.put(component, totalOf(component)));
    }

    /**
     * Compares two periods.
     *
     * @param minutes the length of the period in question
     * @param components what each component itself answered. A component that reports nothing, such as a database, may be missing; the
     *        calls to it count then
     * @param calls the call graph. Several calls between the same two components are added
     */
    public static Attribution of(Measure measure, double minutes, Map<String, Change> components, Collection<Call> calls) {
        return new Attribution(measure, minutes, Map.copyOf(components), calls);
    }

    /** Returns every component that has a rise of its own, the most likely origin first. */
    public List<Cause> ranking() {
        return all.stream().flatMap(component -> causeAt(component).stream()).sorted(MOST_LIKELY_FIRST).toList();
    }

    /** Returns the ranking of those components that can affect this one: itself and what it calls, directly or not. */
    public List<Cause> rankingFor(String symptom) {
        var reached = new HashSet<>(Set.of(symptom));
        var next = new ArrayDeque<>(reached);
        while (!next.isEmpty()) {
            for (var call : callsFrom(next.remove())) {
                if (reached.add(call.callee)) {
                    next.add(call.callee);
                }
            }
        }
        return ranking().stream().filter(cause -> reached.contains(cause.component)).toList();
    }

    /** Returns the rise of a component per minute, in failed requests or in seconds, whoever causes it. It is 0 or more. */
    public double total(String component) {
        return totals.getOrDefault(component, Rise.ZERO).perMinute;
    }

    private Optional<Cause> causeAt(String component) {
        Rise total = totals.get(component);
        double explained = callsFrom(component).stream().mapToDouble(call -> rise(call).perMinute).sum();
        double own = total.perMinute - explained;
        if (own < ROUNDING) {
            return Optional.empty();
        }
        return Optional.of(new Cause(component, own, total.perMinute, own > STANDARD_ERRORS * total.noise, newCallees(component)));
    }

    private List<String> newCallees(String caller) {
        var callees = callsFrom(caller).stream().collect(groupingBy(Call::callee, TreeMap::new, toList()));
        callees.values().removeIf(calls -> !isNew(calls.getFirst().callee) && !calls.stream().allMatch(Call::isNew));
        return List.copyOf(callees.keySet());
    }

    /** Returns the larger of what the component measured and what its callers did: if it doesn't answer, only the callers know. */
    private Rise totalOf(String component) {
        Rise measured = Optional.ofNullable(components.get(component)).map(change -> rise(change, 0)).orElse(Rise.ZERO);
        Rise seen = callsTo(component).stream().flatMap(call -> call.change.stream().map(change -> rise(call.caller, change)))
                .reduce(Rise.ZERO, Rise::plus);
        return seen.perMinute > measured.perMinute ? seen : measured;
    }

    /** Returns how much of the caller's rise a call explains. */
    private Rise rise(Call call) {
        return call.change.map(change -> rise(call.caller, change)).orElseGet(() -> totals.get(call.callee));
    }

    private Rise rise(String caller, Change calls) {
        return rise(calls, commonToCallsOf.get(caller));
    }

    private Rise rise(Change change, double exceptPerRequest) {
        double perMinute = change.now.requests / minutes;
        double rise = Math.max(0, change.perRequest(measure) - exceptPerRequest);
        return rise == 0 ? Rise.ZERO : new Rise(rise * perMinute, change.standardError(measure) * perMinute);
    }

    /** Returns the rise per call that all calls of a component have and their callees did not measure: the caller itself adds it. */
    private double commonToCalls(String caller) {
        var known = callsFrom(caller).stream().filter(call -> call.change.filter(Change::isComparable).isPresent()).toList();
        if (known.stream().map(Call::callee).distinct().count() < 2) {
            return 0;
        }
        return known.stream().mapToDouble(this::betweenCallerAndCallee).min().orElse(0);
    }

    private double betweenCallerAndCallee(Call call) {
        Change change = call.change.orElseThrow();
        double atCallee = Optional.ofNullable(components.get(call.callee)).map(callee -> callee.perRequest(measure)).orElse(0.0);
        return change.isSignificant(measure) ? Math.max(0, change.perRequest(measure) - Math.max(0, atCallee)) : 0;
    }

    /** Returns whether neither the component itself nor a caller has seen a request to it before. */
    private boolean isNew(String component) {
        var own = Optional.ofNullable(components.get(component));
        var calls = callsTo(component).stream().flatMap(call -> call.change.stream()).toList();
        boolean calledBefore = own.stream().anyMatch(change -> change.before.requests > 0)
                || calls.stream().anyMatch(change -> change.before.requests > 0);
        return !calledBefore && (own.stream().anyMatch(Change::isNew) || calls.stream().anyMatch(Change::isNew));
    }

    private List<Call> callsFrom(String component) {
        return callsByCaller.getOrDefault(component, List.of());
    }

    private List<Call> callsTo(String component) {
        return callsByCallee.getOrDefault(component, List.of());
    }
}
