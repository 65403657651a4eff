package org.debugshop.console.diagnosis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.debugshop.console.analysis.Common;
import org.debugshop.console.analysis.Peers;
import org.debugshop.console.diagnosis.Incident.Evidence;
import org.debugshop.console.diagnosis.Incident.Kind;
import org.debugshop.console.diagnosis.Incident.Measure;
import org.debugshop.console.diagnosis.Incident.Symptom;
import org.debugshop.console.diagnosis.Incident.Type;
import org.debugshop.console.diagnosis.SeriesReader.Findings;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceStore;

/** An incident that lasts: its evidence so far, and the suspects. A suspect stays first until another one is clearly more likely. */
final class Case {

    private static final long QUIET_MILLIS = 9000;
    private static final long LONGEST_QUIET_MILLIS = 120_000;
    /** Five minutes: how rare failures are is not seen in one. */
    private static final int LONG_BUCKETS = 60;
    /** An incident is over after a pause that its failures would make by chance this rarely. */
    private static final double RARE_PAUSE = 0.0005;
    private static final long OWN_MILLIS = 20_000;
    /** As many updates confirm an incident; those that see it in requests count twice. */
    private static final int CONFIRMED = 6;
    private static final double KEEP = 0.6;
    private static final double CLEARLY = 1.25;
    /** A suspect that explains less than this part of what the first one does is not listed. */
    private static final double LEAST_PART = 0.1;
    /** What users notice first, then what only the metrics show. */
    private static final Comparator<Symptoms.Found> USERS_FIRST = Comparator.comparing((Symptoms.Found found) -> found.finding() != null)
            .thenComparing(Comparator.comparingDouble(Symptoms.Found::strength).reversed());
    private static final int MAX_SYMPTOMS = 20;
    private static final int MAX_SELECTED = 200;
    private static final int MAX_OTHERS = 400;
    private static final int MAX_COMMON = 5;
    private static final int MAX_SUSPECTS = 5;
    private static final long NEAR_MILLIS = 120_000;
    private static final int MAX_CHANGES = 5;

    /** Null until it is confirmed. */
    String id;
    final long bucket;
    long lastBadMillis;
    private long firstMillis;
    private int updates;
    /** The buckets in which something failed or was slow. */
    private final TreeSet<Long> badBuckets = new TreeSet<>();
    private final Map<Key, Symptoms.Found> failing = new HashMap<>();
    private final Map<String, Double> scores = new HashMap<>();
    private final Map<String, SeriesReader.Figure> figuresSeen = new HashMap<>();
    private final Set<String> own = new HashSet<>();
    /** Symptoms that appeared later and are there now. They may be those of another failure. */
    private final Map<String, Later> later = new HashMap<>();
    private String first;
    private List<Symptom> symptoms = List.of();
    private final Map<String, Symptom> allSymptoms = new HashMap<>();
    private List<Incident.Suspect> suspects = List.of();
    private List<Incident.Change> changes = List.of();
    private List<TraceId> traces = List.of();
    private List<Incident.Common> common = List.of();
    private Optional<OneVersion> oneVersion = Optional.empty();
    /** The strongest symptom that concerns requests; null if none does. */
    private Symptoms.Found strongest;

    /** @param bucket when it began @param times how often it was seen */
    private record Later(long bucket, int times) {}

    Case(long bucket) {
        this.bucket = bucket;
    }

    /** Returns the case of what began during this one and lasts; empty if nothing does. */
    Optional<Case> next() {
        var lasting = later.values().stream().filter(symptom -> symptom.times() >= CONFIRMED).mapToLong(Later::bucket).min();
        if (lasting.isEmpty()) {
            return Optional.empty();
        }
        var next = new Case(lasting.getAsLong());
        next.updates = CONFIRMED - 1; // the next one that finds suspects confirms it
        return Optional.of(next);
    }

    long beganMillis() {
        return bucket * Window.BUCKET_NANOS / 1_000_000;
    }

    boolean wasConfirmed() {
        return updates >= CONFIRMED;
    }

    boolean isOver(long nowMillis) {
        return nowMillis - lastBadMillis > (wasConfirmed() ? quietMillis() : 4000);
    }

    /** Returns how long nothing may be wrong until the incident is over: the longer, the rarer its failures are. */
    private long quietMillis() {
        if (badBuckets.isEmpty()) {
            return QUIET_MILLIS;
        }
        long from = Math.max(badBuckets.first(), badBuckets.last() + 1 - LONG_BUCKETS);
        double share = Math.min(0.99, badBuckets.tailSet(from).size() / (badBuckets.last() + 1.0 - from));
        double pause = Math.log(RARE_PAUSE) / Math.log(1 - share);
        return (long) Math.clamp(pause * Window.BUCKET_NANOS / 1e6, QUIET_MILLIS, LONGEST_QUIET_MILLIS);
    }

    void update(long nowMillis, List<Symptoms.Found> found, Comparisons figures, Findings findings, Window window, Set<Key> outermost,
            Set<Key> consumers) {
        if (firstMillis == 0) {
            firstMillis = nowMillis;
            lastBadMillis = nowMillis;
        }
        var own = found.stream().filter(symptom -> isOwn(symptom, nowMillis)).toList();
        noteLater(found, window);
        own.stream().filter(symptom -> symptom.measure() == Measure.ERRORS).forEach(symptom -> failing.put(symptom.key(), symptom));
        boolean lasts = own.stream().anyMatch(symptom -> Symptoms.isBad(symptom, window, Window.BUCKETS - 2, Window.BUCKETS));
        if (lasts || failing.values().stream().anyMatch(symptom -> Symptoms.stillFails(symptom, window))) {
            lastBadMillis = nowMillis;
            markBad(own, window);
        }
        if (!lasts) {
            return;
        }
        symptoms = found.stream().sorted(USERS_FIRST).map(this::symptom).limit(MAX_SYMPTOMS).toList();
        findings.figures().forEach(figure -> figuresSeen.put(figure.name(), figure));
        strongest = found.stream().filter(symptom -> symptom.measure() == Measure.ERRORS || symptom.measure() == Measure.LATENCY)
                .max(Comparator.comparingDouble(Symptoms.Found::strength)).orElse(null);
        var now = weigh(found, figures, findings.with(List.copyOf(figuresSeen.values())), nowMillis, outermost, consumers);
        if (now.ranked().isEmpty() && found.stream().noneMatch(symptom -> symptom.measure() == Measure.ERRORS)) {
            return;
        }
        // A change that only the metrics show is confirmed by several readings.
        updates += found.stream().anyMatch(symptom -> symptom.finding() == null) ? 2 : 1;
        var requests = found.stream().filter(symptom -> symptom.measure() == Measure.ERRORS || symptom.measure() == Measure.LATENCY)
                .map(Symptoms.Found::key).toList();
        rank(now, now.leading(requests), figures);
        changes = changes(findings);
    }

    private void markBad(List<Symptoms.Found> found, Window window) {
        for (int i = (int) Math.max(0, bucket - (window.end - Window.BUCKETS)); i < Window.BUCKETS; i++) {
            int place = i;
            boolean isLast = i == Window.BUCKETS - 1;
            if (Stream
                    .concat(found.stream().filter(symptom -> isLast || symptom.finding() == null || symptom.measure() == Measure.LOGS),
                            failing.values().stream())
                    .anyMatch(symptom -> Symptoms.isBad(symptom, window, place, place + 1))) {
                badBuckets.add(window.end - Window.BUCKETS + i);
            }
        }
        badBuckets.headSet(window.end - 2 * LONG_BUCKETS).clear();
    }

    private static String mark(Symptoms.Found symptom) {
        return symptom.measure() + " " + symptom.key();
    }

    /** Returns whether a symptom belongs to this incident: whatever shows in its first seconds. Later ones may have another cause. */
    private boolean isOwn(Symptoms.Found symptom, long nowMillis) {
        if (nowMillis - firstMillis <= OWN_MILLIS) {
            own.add(mark(symptom));
        }
        return own.contains(mark(symptom));
    }

    private void noteLater(List<Symptoms.Found> found, Window window) {
        var present = new HashMap<String, Later>();
        for (var symptom : found) {
            if (!own.contains(mark(symptom)) && Symptoms.isBad(symptom, window, Window.BUCKETS - 2, Window.BUCKETS)) {
                var before = later.get(mark(symptom));
                present.put(mark(symptom),
                        before == null ? new Later(began(symptom, window), 1) : new Later(before.bucket(), before.times() + 1));
            }
        }
        later.clear();
        later.putAll(present);
    }

    /** Returns the first of the buckets in which a symptom has been bad all the time; that of now if only the metrics show it. */
    private long began(Symptoms.Found symptom, Window window) {
        int place = Window.BUCKETS - 1;
        while (symptom.finding() == null && place > 0 && Symptoms.isBad(symptom, window, place - 1, place)) {
            place--;
        }
        return Math.max(bucket, window.end - Window.BUCKETS + place);
    }

    private Suspects weigh(List<Symptoms.Found> found, Comparisons figures, Findings findings, long nowMillis, Set<Key> outermost,
            Set<Key> consumers) {
        var suspects = new Suspects(figures, findings, beganMillis(), nowMillis);
        double load = Symptoms.load(figures, outermost, consumers);
        if (Symptoms.isSurge(load)) {
            suspects.add(Suspects.LOAD, 1000, Kind.LOAD, List.of(),
                    "The requests from outside rose to %.1f times the usual rate before; no service is at fault.".formatted(load));
            return suspects;
        }
        for (var symptom : found) {
            switch (symptom.measure()) {
                case ERRORS -> suspects.addFailures(symptom.key());
                case LATENCY -> suspects.addSlowness(symptom.key());
                case MISSING -> {
                    switch (symptom.finding()) {
                        case Symptoms.Calls calls -> suspects.addMissing(calls, symptom.strength());
                        case SeriesReader.Gone gone -> suspects.addGone(gone);
                        default -> throw new IllegalStateException("unknown finding " + symptom.finding());
                    }
                }
                case LOGS -> suspects.addLogged((Symptoms.Logged) symptom.finding());
                case TRAFFIC -> {
                    if (symptom.finding() instanceof Symptoms.Calls calls) {
                        suspects.addCalls(calls);
                    } else {
                        suspects.addTraffic(symptom.key());
                    }
                }
                default -> {}
            }
        }
        suspects.lookBehind();
        suspects.addFindings();
        return suspects;
    }

    /** @param leading suspects that are listed however small their part of the whole is */
    private void rank(Suspects now, Set<String> leading, Comparisons figures) {
        var ranked = now.ranked();
        double sum = ranked.stream().mapToDouble(suspect -> suspect.weight).sum();
        if (sum == 0) {
            return;
        }
        double keep = updates <= 6 ? 0 : KEEP;
        scores.replaceAll((_, score) -> score * keep);
        ranked.forEach(suspect -> scores.merge(suspect.component, (1 - keep) * suspect.weight / sum, Double::sum));
        var order = ranked.stream()
                .sorted(Comparator.comparingDouble((Suspects.Suspect suspect) -> scores.get(suspect.component)
                        * (suspect.component.equals(first) ? CLEARLY : 1)).reversed())
                .toList();
        first = order.getFirst().component;
        double most = scores.get(first);
        var listed = new ArrayList<Incident.Suspect>();
        for (var suspect : order) {
            boolean isListed = leading.contains(suspect.component) || scores.get(suspect.component) >= LEAST_PART * most;
            if (listed.size() < MAX_SUSPECTS && isListed) {
                listed.add(suspect(suspect, figures, listed));
            }
        }
        suspects = List.copyOf(listed);
        traces = order.stream().limit(1).flatMap(suspect -> figures.examples(suspect).stream()).map(TraceReader.Example::trace).distinct()
                .toList();
    }

    private Incident.Suspect suspect(Suspects.Suspect suspect, Comparisons figures, List<Incident.Suspect> before) {
        boolean isLoad = suspect.component.equals(Suspects.LOAD);
        boolean slow = suspect.slow > suspect.weight / 2;
        var kind = suspect.kind != null ? suspect.kind : Diagnosis.kind(suspect.reason(), slow);
        double share = scores.getOrDefault(suspect.component, 0.0);
        var evidence = new ArrayList<>(isLoad ? List.<Evidence>of() : Sentences.evidence(suspect, figures));
        oneVersion.filter(only -> only.service().equals(suspect.component)).map(OneVersion::evidence).ifPresent(evidence::add);
        if (!before.isEmpty()) {
            evidence.add(new Evidence("%s explains more: %.0f %% of what is wrong, and this one %.0f %%."
                    .formatted(name(before.getFirst().component()), 100 * before.getFirst().confidence(), 100 * share), false, null));
        }
        String sentence = suspect.sentence != null ? suspect.sentence : Sentences.of(suspect, slow, figures);
        return new Incident.Suspect(isLoad ? null : suspect.component,
                isLoad ? Type.LOAD : Suspects.type(suspect.component, figures.isDatabase(suspect.component)), kind, Math.min(1, share),
                sentence,
                suspect.path(), List.copyOf(evidence));
    }

    static String name(String component) {
        return component == null ? "The load" : component.startsWith(Peers.TOPIC) ? "the " + component : component;
    }

    private Symptom symptom(Symptoms.Found found) {
        var began = Instant.ofEpochMilli(Math.max(beganMillis(), found.bucket() * Window.BUCKET_NANOS / 1_000_000));
        return Sentences.symptom(found, began);
    }

    /** Returns what changed near the start, once for each component; nothing if the whole system was just started. */
    private List<Incident.Change> changes(Findings findings) {
        var near = new TreeMap<String, SeriesReader.Start>();
        findings.starts().stream().filter(start -> Math.abs(start.epochMillis() - beganMillis()) <= NEAR_MILLIS)
                .forEach(start -> near.merge(start.service(), start, (one, other) -> one.version().isEmpty() ? other : one));
        if (near.size() > MAX_CHANGES) {
            return List.of();
        }
        return near.values().stream().map(start -> {
            boolean suspected = !suspects.isEmpty() && start.service().equals(suspects.getFirst().component());
            return new Incident.Change(Instant.ofEpochMilli(start.epochMillis()), start.service(),
                    start.version().isEmpty()
                            ? "%s was started".formatted(start.service())
                            : "%s %s was started".formatted(start.service(), start.version()),
                    suspected,
                    suspected ? "the first suspect changed then" : "it explains little or nothing of what is wrong");
        }).toList();
    }

    List<TraceId> traceIds() {
        return traces;
    }

    /** Compares the bad requests of the strongest symptom with the good ones. */
    void compare(List<TraceStore.Arrived> recent) {
        if (strongest == null) {
            return;
        }
        var selected = new ArrayList<List<Span>>();
        var others = new ArrayList<List<Span>>();
        for (var trace : recent) {
            var span = trace.spans().stream().filter(any -> any.service().equals(strongest.key().component())
                    && any.name().equals(strongest.key().operation())).findFirst();
            if (span.isPresent() && trace.arrivedMillis() >= beganMillis()) {
                boolean bad = strongest.measure() == Measure.ERRORS
                        ? TraceReader.isBad(span.get(), strongest.now().failed() == 0)
                        : span.get().durationNanos() / 1e6 > 1.6 * strongest.before().mean();
                if (bad && selected.size() < MAX_SELECTED) {
                    selected.add(trace.spans());
                } else if (!bad && others.size() < MAX_OTHERS) {
                    others.add(trace.spans());
                }
            }
        }
        oneVersion = suspects.isEmpty() ? Optional.empty() : OneVersion.of(suspects.getFirst().component(), selected, others);
        common = Common.of(selected, others).stream().limit(MAX_COMMON)
                .map(shared -> new Incident.Common(shared.attribute(), shared.value(), shared.selected(), shared.ofSelected(),
                        shared.others(),
                        shared.ofOthers()))
                .toList();
    }

    Incident incident(boolean active) {
        var seen = new LinkedHashSet<String>();
        symptoms.forEach(symptom -> seen.add(symptom.sentence()));
        String what = seen.isEmpty() ? "Something changed" : seen.getFirst();
        String sentence = "%s. %s".formatted(what,
                suspects.isEmpty() ? "Where it starts is not clear yet." : suspects.getFirst().sentence());
        return new Incident(id, active, Instant.ofEpochMilli(beganMillis()), active ? null : Instant.ofEpochMilli(lastBadMillis), sentence,
                symptoms,
                suspects, common, changes, Sentences.next(suspects), traces.stream().map(TraceId::toString).toList());
    }
}
