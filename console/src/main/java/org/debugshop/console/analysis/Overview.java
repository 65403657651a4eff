package org.debugshop.console.analysis;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.debugshop.console.analysis.Requests.Request;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.TraceStore;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The state of the system, what changed in the last minutes, and where failures start. Computed at most once a second. */
@Singleton
public class Overview {

    static final int BUCKETS = 60;
    static final int BUCKET_SECONDS = 10;
    private static final long SECOND = 1_000_000_000L;
    /** The period that counts as now. */
    private static final long NOW_NANOS = 60 * SECOND;
    /** The period that changes and origins are looked for in. */
    private static final long MEMORY_NANOS = 15 * 60 * SECOND;
    private static final long NEWEST_NANOS = 30 * SECOND;
    private static final int NEWEST = 5;
    private static final double FAILING = 0.05;
    private static final int MAX_SERVICES = 100;
    private static final int MAX_EDGES = 400;
    private static final int MAX_CHANGES = 40;

    public enum Health {
        /** The last scrape failed. */
        DOWN,
        /** At least one in twenty of the newest requests failed. */
        FAILING,
        /** Requests failed within the last minute, and no longer do. */
        RECOVERING,
        /** Requests take much longer than before. */
        SLOW, OK,
        /** There was no request in the last minute. */
        QUIET
    }

    /** The figures of the last minute, and the last ten minutes in buckets. */
    public record Figures(int requests, double rate, double errorShare, double p50Ms, double p95Ms, Health health,
            @Schema(description = "[requests, failed] of each bucket, oldest first") List<int[]> buckets,
            @Schema(description = "Whether there were enough requests to compare now with before") boolean comparable) {}

    @Schema(name = "ObservedService")
    public record Service(String name, Figures figures) {}

    /** @param inferred whether some of the calls were only seen by the caller */
    @Schema(name = "ObservedCall")
    public record Edge(String from, String to, Figures figures, boolean inferred) {}

    public enum Measure {
        ERRORS, LATENCY
    }

    /** A change from the previous level. Errors are shares from 0 to 1, latencies are medians in milliseconds. */
    public record Change(@Schema(description = "The service, or the caller of a call") String service,
            @Schema(nullable = true, description = "The callee of a call; null for a service") String to,
            Measure measure, double before, double after, int requestsBefore, int requestsAfter, Instant began, boolean recovered) {}

    /** Events of a topic that their consumers have put aside. */
    public record DeadLetters(String topic, @Schema(description = "How many wait to be replayed") long events,
            @Schema(description = "Which services have put some aside since they were started") List<String> services) {}

    @Schema(name = "Overview")
    public record Snapshot(Instant time, @Schema(description = "How far back the data goes, at most 900") double coveredSeconds,
            int bucketSeconds, List<Service> services, List<Edge> edges, List<Change> changes, List<Origins.Origin> origins,
            List<LoadGenerators.Generator> load, List<DeadLetters> deadLetters) {

        /** Returns which services fail or do not answer, in words; empty if none. */
        public Optional<String> trouble() {
            var sentences = Stream.of(sentence(Health.DOWN, "does not answer", "do not answer"), sentence(Health.FAILING, "fails", "fail"))
                    .flatMap(Optional::stream).toList();
            return sentences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", sentences));
        }

        private Optional<String> sentence(Health health, String one, String several) {
            var names = services.stream().filter(service -> service.figures.health == health).map(Service::name).toList();
            return names.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", names) + " " + (names.size() > 1 ? several : one));
        }

        private Snapshot withOrigins(List<Origins.Origin> others) {
            return new Snapshot(time, coveredSeconds, bucketSeconds, services, edges, changes, others, load, deadLetters);
        }
    }

    private final ServiceGraph graph;
    private final TraceStore traces;
    private final SeriesStore series;
    private Snapshot latest;
    private Snapshot latestBlind;

    Overview(ServiceGraph graph, TraceStore traces, SeriesStore series) {
        this.graph = graph;
        this.traces = traces;
        this.series = series;
    }

    public synchronized Snapshot at(Instant now) {
        if (latest == null || Math.abs(now.toEpochMilli() - latest.time.toEpochMilli()) >= 1000) {
            latest = compute(now);
        }
        return latest;
    }

    /** Returns the same, but its origins are found without what services say about them: see {@link Declarations}. */
    public synchronized Snapshot blindAt(Instant now) {
        var snapshot = at(now);
        if (latestBlind == null || !latestBlind.time.equals(snapshot.time)) {
            long nowNanos = Times.nanos(snapshot.time);
            latestBlind = snapshot.withOrigins(Origins.of(traces, nowNanos - MEMORY_NANOS, nowNanos, true));
        }
        return latestBlind;
    }

    private Snapshot compute(Instant now) {
        long nowNanos = Times.nanos(now);
        long since = nowNanos - MEMORY_NANOS;
        var changes = new ArrayList<Change>();
        var observed = graph.observeServices(since, now.toEpochMilli());
        double seconds = observed.seconds();
        Map<String, Boolean> up = up(now.toEpochMilli());
        var services = observed.requests().entrySet().stream()
                .map(entry -> new Service(entry.getKey(), figures(entry.getKey(), null, entry.getValue(), nowNanos, seconds,
                        !up.getOrDefault(entry.getKey(), true), changes)))
                .sorted(Comparator.comparingInt((Service service) -> service.figures.requests).reversed()).limit(MAX_SERVICES)
                .sorted(Comparator.comparing(Service::name)).toList();
        var edges = graph.observeEdges(since, now.toEpochMilli()).requests().entrySet().stream()
                .map(entry -> new Edge(entry.getKey().from(), entry.getKey().to(), figures(entry.getKey().from(), entry.getKey().to(),
                        entry.getValue().requests(), nowNanos, seconds, false, changes), entry.getValue().inferred() > 0))
                .sorted(Comparator.comparingInt((Edge edge) -> edge.figures.requests).reversed()).limit(MAX_EDGES)
                .sorted(Comparator.comparing(Edge::from).thenComparing(Edge::to)).toList();
        return new Snapshot(now, Math.min(MEMORY_NANOS / SECOND, seconds), BUCKET_SECONDS, services, edges, withoutDuplicates(changes),
                Origins.of(traces, since, nowNanos, false),
                LoadGenerators.of(series, now.toEpochMilli() - 1000L * BUCKETS * BUCKET_SECONDS, now.toEpochMilli(), BUCKETS),
                PutAside.of(series, now.toEpochMilli()));
    }

    private static Figures figures(String service, String to, Requests requests, long now, double covered, boolean down,
            List<Change> changes) {
        List<Request> all = requests.byStart();
        Optional<ChangePoint> errors = ChangePoint.ofErrors(all);
        Optional<ChangePoint> latency = ChangePoint.ofLatency(all);
        errors.ifPresent(changePoint -> changes.add(change(service, to, Measure.ERRORS, changePoint)));
        latency.ifPresent(changePoint -> changes.add(change(service, to, Measure.LATENCY, changePoint)));
        var minute = new Requests();
        var buckets = new int[BUCKETS][2];
        long from = now - BUCKETS * BUCKET_SECONDS * SECOND;
        for (Request request : all) {
            if (request.startNanos() >= now - NOW_NANOS) {
                minute.add(request.startNanos(), request.durationNanos(), request.error());
            }
            if (request.startNanos() >= from) {
                int[] bucket = buckets[(int) Math.min(BUCKETS - 1, (request.startNanos() - from) / (BUCKET_SECONDS * SECOND))];
                bucket[0]++;
                bucket[1] += request.error() ? 1 : 0;
            }
        }
        RequestStatistics statistics = minute.over(Math.min(NOW_NANOS / (double) SECOND, covered));
        return new Figures(statistics.requests(), statistics.rate(), statistics.errorShare(), statistics.p50Millis(),
                statistics.p95Millis(),
                health(all, statistics, latency, now, down), List.of(buckets),
                all.size() >= ChangePoint.MIN_BEFORE + ChangePoint.MIN_AFTER_ERRORS);
    }

    private static Health health(List<Request> all, RequestStatistics minute, Optional<ChangePoint> latency, long now, boolean down) {
        if (down) {
            return Health.DOWN;
        }
        if (minute.requests() == 0) {
            return Health.QUIET;
        }
        int newest = all.size();
        while (newest > 0 && (all.get(newest - 1).startNanos() >= now - NEWEST_NANOS || all.size() - newest < NEWEST)
                && all.get(newest - 1).startNanos() >= now - 2 * NOW_NANOS && !areGood(all, newest)) {
            newest--;
        }
        var recent = all.subList(newest, all.size());
        long failed = recent.stream().filter(Request::error).count();
        if (failed > 0 && failed >= FAILING * recent.size()) {
            return Health.FAILING;
        }
        if (minute.errorShare() >= FAILING) {
            return Health.RECOVERING;
        }
        return latency.filter(changePoint -> !changePoint.recovered()).isPresent() ? Health.SLOW : Health.OK;
    }

    /** Returns whether there are enough successes from there on, without a failure, to call it a recovery. */
    private static boolean areGood(List<Request> all, int from) {
        var tail = all.subList(from, all.size());
        return tail.size() >= 2 * NEWEST && tail.stream().noneMatch(Request::error);
    }

    private static Change change(String service, String to, Measure measure, ChangePoint changePoint) {
        return new Change(service, to, measure, changePoint.before(), changePoint.after(), changePoint.requestsBefore(),
                changePoint.requestsAfter(),
                Times.instant(changePoint.began()), changePoint.recovered());
    }

    /** Returns the changes, newest first, without those of a call that one of its ends shows, too. */
    private static List<Change> withoutDuplicates(List<Change> changes) {
        return changes.stream()
                .filter(change -> change.to == null || changes.stream()
                        .noneMatch(other -> other.to == null && other.measure == change.measure
                                && other.recovered == change.recovered
                                && (other.service.equals(change.service) || other.service.equals(change.to))))
                .sorted(Comparator.comparing(Change::began).reversed().thenComparing(Change::service)).limit(MAX_CHANGES).toList();
    }

    /** Returns whether each target is up, by its latest scrape within the last ten seconds. */
    private Map<String, Boolean> up(long nowMillis) {
        var up = new HashMap<String, Boolean>();
        for (var target : series.find("up", Map.of(), nowMillis - 10_000, nowMillis, MAX_SERVICES, Optional.empty()).series()) {
            if (!target.points().isEmpty()) {
                up.put(target.labels().get("service"), target.points().getLast().value() > 0);
            }
        }
        return up;
    }
}
