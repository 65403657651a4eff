package org.debugshop.console.diagnosis;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.debugshop.console.analysis.Peers;
import org.debugshop.console.analysis.Peers.Address;
import org.debugshop.console.diagnosis.Incident.Kind;
import org.debugshop.console.diagnosis.SeriesReader.Findings;
import org.debugshop.console.diagnosis.TraceReader.Details;
import org.debugshop.console.scrape.Targets;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceStore;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Finds failures and where they start, from traces, logs and metrics alone. Once a second, or less often if that takes long, it reads the
 * last minute, compares it with what was before, and keeps the incident up to date. What begins during an incident and lasts is the next
 * incident. docs/diagnosis.md explains the method.
 */
@Singleton
public class Diagnosis {

    private static final long PERIOD_MILLIS = 1000;
    /** How many times as long as an update the pause after it is at least: so the diagnosis takes at most a tenth of a core. */
    private static final long LEAST_PAUSE = 9;
    /** The same while more spans arrive than are read, because the console is busy receiving them then: three percent of a core. */
    private static final long LEAST_PAUSE_IN_A_FLOOD = 33;
    private static final long SETTLE_MILLIS = 1500;
    private static final long WINDOW_MILLIS = Window.BUCKETS * Window.BUCKET_NANOS / 1_000_000;
    private static final long COMMON_MILLIS = 5000;
    /** The most spans that are read at once, the newest ones. */
    private static final int MAX_SPANS = 30_000;
    private static final int MAX_LOGS = 2000;
    /** The most kinds of messages that are counted in a minute. */
    private static final int MAX_KINDS = 100;
    private static final int MAX_INCIDENTS = 50;
    private static final int MAX_NAMES = 2000;
    private static final int MAX_SYSTEMS = 10;
    private static final double LEARNED_SECONDS = 20;

    private static final String NOT_LEARNED = "Not enough data yet: how the system normally is will be known after %.0f s with requests."
            .formatted(LEARNED_SECONDS);

    /** The state of the system. */
    public enum State {
        @JsonProperty("learning")
        LEARNING, @JsonProperty("healthy")
        HEALTHY,
        /** There is no incident, but services fail or do not answer. */
        @JsonProperty("unclear")
        UNCLEAR, @JsonProperty("failing")
        FAILING
    }

    /** What is known now. @param sentence for users */
    @Schema(name = "Incidents")
    public record Overall(Instant time, State state, String sentence, List<Incident> incidents) {}

    private final TraceStore traces;
    private final LogStore logs;
    private final SeriesReader series;
    private final Map<Address, String> addresses;
    private final Map<String, String> databases = new HashMap<>();
    private final Set<String> services = new HashSet<>();
    private final Set<String> targetNames = new HashSet<>();
    /** The service that uses a database, by {@code db.namespace}. */
    private final Map<String, String> owners = new HashMap<>();
    private final Set<String> messagingSystems = new TreeSet<>();
    private final Set<Key> outermost = new HashSet<>();
    private final Set<Key> consumers = new HashSet<>();
    private final Past past = new Past();
    private final Set<Long> abnormal = new HashSet<>();
    private final Deque<Incident> ended = new ArrayDeque<>();
    private Timer updates;
    private volatile boolean isFlood;
    private long timer;
    private volatile boolean stopped;
    private Window latest;
    private Findings findings;
    private long findingsMillis;
    private long latestMillis;
    private long commonMillis;
    private Case open;
    private int numbers;
    private Incident incident;

    Diagnosis(TraceStore traces, LogStore logs, SeriesStore series, Targets targets) {
        this.traces = traces;
        this.logs = logs;
        this.series = new SeriesReader(series);
        addresses = new HashMap<>(Peers.byAddress(targets.namesByAddress()));
        targets.all().forEach(target -> targetNames.add(target.service()));
    }

    void start(@Observes StartupEvent event, Vertx vertx, MeterRegistry registry) {
        updates = Timer.builder("console.diagnosis").description("Time to look for failures and where they start").register(registry);
        updateIn(PERIOD_MILLIS, vertx);
    }

    void stop(@Observes ShutdownEvent event, Vertx vertx) {
        stopped = true;
        vertx.cancelTimer(timer);
    }

    /** Updates once after this time, and so on. An update that takes long, under a high load, is followed by a longer pause. */
    private void updateIn(long millis, Vertx vertx) {
        timer = vertx.setTimer(millis, _ -> vertx.executeBlocking(() -> {
            long began = System.nanoTime();
            update(System.currentTimeMillis());
            long took = System.nanoTime() - began;
            updates.record(took, TimeUnit.NANOSECONDS);
            return took / 1_000_000;
        }).onFailure(failure -> Log.error("The diagnosis failed", failure)).otherwise(0L).onSuccess(took -> {
            if (!stopped) {
                updateIn(Math.max(PERIOD_MILLIS - took, (isFlood ? LEAST_PAUSE_IN_A_FLOOD : LEAST_PAUSE) * took), vertx);
            }
        }));
    }

    /**
     * Returns the state, and all incidents that are kept: the active one first, then the newest.
     *
     * @param trouble which services fail now, or do not answer
     */
    public synchronized Overall overall(Optional<String> trouble) {
        var all = new ArrayList<Incident>();
        if (incident != null) {
            all.add(incident);
        }
        all.addAll(ended);
        boolean learned = past.seconds() + (latest == null ? 0 : covered()) >= LEARNED_SECONDS;
        var state = incident != null
                ? State.FAILING
                : trouble.isPresent() ? State.UNCLEAR : learned ? State.HEALTHY : State.LEARNING;
        String sentence = switch (state) {
            case FAILING -> incident.sentence();
            case HEALTHY -> "Nothing fails.";
            case UNCLEAR ->
                trouble.orElseThrow() + ". "
                        + (learned ? "This is no incident so far: either it has just begun, or it was the same before." : NOT_LEARNED);
            case LEARNING -> NOT_LEARNED;
        };
        return new Overall(Instant.ofEpochMilli(latestMillis), state, sentence, all);
    }

    public synchronized Optional<Incident> incident(String id) {
        return overall(Optional.empty()).incidents().stream().filter(known -> known.id().equals(id)).findFirst();
    }

    private double covered() {
        double seconds = 0;
        for (int i = 0; i < Window.BUCKETS; i++) {
            seconds += latest.isUsed(i) ? Window.BUCKET_NANOS / 1e9 : 0;
        }
        return seconds;
    }

    /** Reads the last minute and brings the incident up to date. */
    synchronized void update(long nowMillis) {
        latestMillis = nowMillis;
        long end = Window.bucket(nowMillis * 1_000_000) + 1;
        absorb(end);
        var details = new Details();
        var window = new Window(end, past::slowAbove);
        var reader = new TraceReader(addresses, databases, past, window, details, readLogs(window, nowMillis));
        var recent = traces.arrivedSince(nowMillis - WINDOW_MILLIS - SETTLE_MILLIS, MAX_SPANS);
        isFlood = recent.stream().mapToInt(trace -> trace.spans().size()).sum() >= MAX_SPANS;
        for (var trace : recent) {
            if (trace.arrivedMillis() <= nowMillis - SETTLE_MILLIS) {
                reader.read(trace.id(), trace.spans());
                learn(trace.spans());
            }
        }
        details.outermost.stream().limit(Math.max(0, MAX_NAMES - outermost.size())).forEach(outermost::add);
        details.consumers.stream().filter(outermost::contains).forEach(consumers::add);
        latest = window;
        if (findings == null || nowMillis - findingsMillis >= SeriesStore.TICK_MILLIS) {
            findings = series.read(nowMillis, open == null ? nowMillis : open.beganMillis());
            findingsMillis = nowMillis;
        }
        judge(nowMillis, window, details);
        if (open != null && nowMillis - commonMillis >= COMMON_MILLIS) {
            commonMillis = nowMillis;
            open.compare(recent);
            keepEvidence();
        }
    }

    /** Keeps the traces that incidents link to as long as the incidents are listed. */
    private void keepEvidence() {
        var ids = new LinkedHashSet<TraceId>();
        open.traceIds().forEach(ids::add);
        ended.forEach(past -> past.traces().forEach(id -> ids.add(TraceId.parse(id))));
        traces.keep(ids);
    }

    private void learn(List<Span> spans) {
        for (var span : spans) {
            if (span.kind().isEntry() && services.size() < MAX_NAMES) {
                services.add(span.service());
            } else if (span.kind() == Span.Kind.PRODUCER && messagingSystems.size() < MAX_SYSTEMS) {
                String system = span.attributes().text("messaging.system");
                if (system != null) {
                    messagingSystems.add(system);
                }
            } else if (span.kind() == Span.Kind.CLIENT && owners.size() < MAX_NAMES) {
                String namespace = span.attributes().text("db.namespace");
                if (namespace != null) {
                    owners.putIfAbsent(namespace, span.service());
                }
            }
        }
    }

    /**
     * Returns which services handled requests with the values of the labels of unusual figures, with the number of requests, so that the
     * figure can be followed to the deepest of them.
     */
    private Map<String, Map<String, Integer>> carriers() {
        var values = new HashSet<String>();
        findings.figures().stream().filter(figure -> figure.before() != 0)
                .forEach(figure -> figure.labels().forEach((label, value) -> {
                    if (!label.equals("service")) {
                        values.add(value);
                    }
                }));
        var carriers = new HashMap<String, Map<String, Integer>>();
        if (values.isEmpty()) {
            return carriers;
        }
        for (var trace : traces.arrivedSince(latestMillis - WINDOW_MILLIS / 2, MAX_SPANS)) {
            for (var span : trace.spans()) {
                if (span.kind().isEntry()) {
                    span.attributes().forEach((_, value) -> {
                        if (value instanceof String text && values.contains(text)) {
                            carriers.computeIfAbsent(text, _ -> new HashMap<>()).merge(span.service(), 1, Integer::sum);
                        }
                    });
                }
            }
        }
        return carriers;
    }

    /** Adds what is older than the window to the past, except for the time of incidents. */
    private void absorb(long end) {
        for (long bucket = latest == null ? end : latest.end - Window.BUCKETS; bucket < end - Window.BUCKETS; bucket++) {
            int place = (int) (bucket - (latest.end - Window.BUCKETS));
            if (place < Window.BUCKETS && !abnormal.remove(bucket)) {
                past.add(latest, place);
            }
        }
    }

    /** Counts what is logged at ERROR. @return what is logged at WARN and above, by trace */
    private Map<TraceId, List<String>> readLogs(Window window, long nowMillis) {
        var byTrace = new HashMap<TraceId, List<String>>();
        var kinds = new HashSet<Key>();
        for (LogRecord entry : logs.newest(LogRecord.Level.WARN, (nowMillis - WINDOW_MILLIS) * 1_000_000, MAX_LOGS)) {
            if (!entry.traceId().equals(TraceId.NONE)) {
                byTrace.computeIfAbsent(entry.traceId(), _ -> new ArrayList<>(2)).add(entry.service() + ": " + entry.message());
            }
            if (entry.level().compareTo(LogRecord.Level.ERROR) >= 0) {
                var key = Key.log(entry.service(), Messages.kind(entry.message()));
                if (kinds.contains(key) || kinds.size() < MAX_KINDS && kinds.add(key)) {
                    window.add(key, window.place(entry.timeNanos()), 0);
                }
            }
        }
        return byTrace;
    }

    private boolean[] normal() {
        var normal = new boolean[Window.BUCKETS];
        for (int i = 0; i < Window.BUCKETS; i++) {
            normal[i] = !abnormal.contains(latest.end - Window.BUCKETS + i);
        }
        return normal;
    }

    private void judge(long nowMillis, Window window, Details details) {
        var normal = normal();
        var symptoms = new Symptoms(past, window, normal, outermost, consumers, services, findings);
        if (open == null) {
            var found = symptoms.find();
            if (found.isEmpty()) {
                return;
            }
            long began = found.stream().mapToLong(Symptoms.Found::bucket).min().orElseThrow();
            open = new Case(began);
        }
        follow(nowMillis, window, details, symptoms);
        if (open.isOver(nowMillis)) {
            end();
            if (open != null) {
                follow(nowMillis, window, details, symptoms);
            }
        }
        if (open != null && open.wasConfirmed() && open.id == null) {
            open.id = Integer.toString(++numbers);
        }
        incident = open != null && open.wasConfirmed() ? open.incident(true) : null;
    }

    private void follow(long nowMillis, Window window, Details details, Symptoms symptoms) {
        int onset = (int) Math.max(0, open.bucket - (window.end - Window.BUCKETS));
        var figures = new Comparisons(past, window, details, onset, symptoms.normal(),
                new Known(services, targetNames, databases, messagingSystems, owners, carriers()));
        open.update(nowMillis, symptoms.since(onset), figures, findings, window, outermost, consumers);
        for (long bucket = Math.max(open.bucket, window.end - Window.BUCKETS); bucket < window.end; bucket++) {
            abnormal.add(bucket);
        }
    }

    /** Ends the open case. What began during it and lasts is the next one. */
    private void end() {
        long last = Window.bucket(open.lastBadMillis * 1_000_000) + 1;
        abnormal.removeIf(bucket -> bucket > last);
        if (open.wasConfirmed()) {
            ended.addFirst(open.incident(false));
            if (ended.size() >= MAX_INCIDENTS) {
                ended.removeLast();
            }
        }
        open = open.next().orElse(null);
    }

    /**
     * What is known about the components.
     *
     * @param services those that have handled a request
     * @param targets those that are scraped
     * @param databases the database that an operation calls, see {@link TraceReader#operation}
     * @param messagingSystems {@code messaging.system} of the spans
     * @param owners the service that uses a database, by its namespace
     * @param carriers see {@link #carriers}
     */
    record Known(Set<String> services, Set<String> targets, Map<String, String> databases, Set<String> messagingSystems,
            Map<String, String> owners,
            Map<String, Map<String, Integer>> carriers) {}

    static Kind kind(TraceReader.Reason reason, boolean slow) {
        if (reason == null) {
            return Kind.LATENCY;
        }
        return switch (reason) {
            case ERROR, UNREACHABLE, DATABASE -> slow ? Kind.LATENCY : Kind.ERRORS;
            case LATE -> Kind.LATENCY;
            case IMPATIENT -> Kind.CONFIGURATION;
            case CONNECTION -> Kind.SATURATION;
            case STATEMENT -> Kind.DATA;
            case SENDING, MESSAGE -> Kind.MESSAGES;
        };
    }
}
