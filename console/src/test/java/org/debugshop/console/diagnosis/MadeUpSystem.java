package org.debugshop.console.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.debugshop.console.scrape.Targets;
import org.debugshop.console.store.Alteration;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceStore;

/**
 * A system with simulated time, whose telemetry a {@link Diagnosis} reads. Nothing in it is called as in Debug Shop.
 *
 * <pre>
 * front  GET /shelf   → shelf GET /list
 *        POST /buy    → basket POST /take → postgresql INSERT
 *                                         → topic sales → ledger, post
 *                     → bank POST /charge
 * </pre>
 */
final class MadeUpSystem {

    static final int REQUESTS_PER_SECOND = 6;
    private static final long START_MILLIS = 1_800_000_000_000L;

    /** What can be changed: errors are shares, the rest milliseconds or numbers. */
    final Map<String, Double> knobs = new TreeMap<>();
    /** The series of each service, by text such as {@code total{kind="x"}}. */
    final Map<String, Double> counters = new TreeMap<>();
    final Diagnosis diagnosis;
    private final TraceStore traces = new TraceStore(50_000);
    private final LogStore logs = new LogStore(1000);
    private final SeriesStore series = new SeriesStore(SeriesStore.MAX_SERIES, SeriesStore.MAX_BYTES);
    private final Random random = new Random(7);
    private final List<Span> sent = new ArrayList<>();
    private long second;
    private int charges;
    private long ids = 1;

    MadeUpSystem() {
        diagnosis = new Diagnosis(traces, logs, series, Targets.parse("front=http://localhost:1,shelf=http://localhost:2,"
                + "basket=http://localhost:3,bank=http://localhost:4,ledger=http://localhost:5,post=http://localhost:6"));
    }

    double knob(String name, double usual) {
        return knobs.getOrDefault(name, usual);
    }

    /** Lets seconds pass. */
    MadeUpSystem pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            second();
        }
        return this;
    }

    /** Lets time pass until there is an active incident whose first suspect is this one. @return the seconds, or empty after the limit */
    Optional<Integer> until(String component, int limit) {
        for (int i = 1; i <= limit; i++) {
            second();
            if (first().filter(suspect -> component.equals(suspect.component())).isPresent()) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    Diagnosis.Overall overall() {
        return diagnosis.overall(Optional.empty());
    }

    List<Incident> active() {
        return overall().incidents().stream().filter(Incident::active).toList();
    }

    Optional<Incident.Suspect> first() {
        return active().stream().flatMap(incident -> incident.suspects().stream()).findFirst();
    }

    long nowMillis() {
        return START_MILLIS + second * 1000;
    }

    private void second() {
        second++;
        charges = 0;
        int requests = (int) (REQUESTS_PER_SECOND * knob("load", 1));
        for (int i = 0; i < requests; i++) {
            if (random.nextInt(3) == 0 && !knobs.containsKey("buyers")) {
                buy();
            } else {
                look();
            }
        }
        for (int i = 0; i < knob("buyers", 0); i++) {
            buy();
        }
        scrape();
        traces.add(sent, nowMillis());
        sent.clear();
        diagnosis.update(nowMillis());
    }

    private void scrape() {
        for (String service : List.of("front", "shelf", "basket", "bank", "ledger", "post")) {
            double up = knob(service + " up", 1);
            series.add(service, nowMillis(), List.of(new Sample("up", "up", List.of(), up, Optional.empty())));
            if (up > 0) {
                counters.merge(service + " process_cpu_time_seconds_total", knob(service + " cpu", 0.05), Double::sum);
                var samples = new ArrayList<Sample>();
                counters.forEach((name, value) -> {
                    if (name.startsWith(service + " ")) {
                        String metric = name.substring(service.length() + 1);
                        samples.add(new Sample(metric, metric, List.of(), value, Optional.empty()));
                    }
                });
                series.add(service, nowMillis(), samples);
            }
        }
    }

    /** Adds a sample with labels, as a scrape of the next second would. */
    void scraped(String service, String metric, double value, String... labels) {
        series.add(service, nowMillis(),
                List.of(new Sample(metric + String.join(",", labels), metric, List.of(labels), value, Optional.empty())));
    }

    private double millis(double mean) {
        return mean * knob("slowness of all", 1) * Math.exp(0.3 * random.nextGaussian());
    }

    private boolean happens(String knob) {
        return random.nextDouble() < knob(knob, 0);
    }

    /** A request or a call that is being built. Times are milliseconds after the start of the request from outside. */
    private final class Node {
        final long id = ids++;
        final String service;
        final String name;
        final Span.Kind kind;
        final Node parent;
        final long trace;
        final double start;
        final List<Object> attributes = new ArrayList<>();
        String version = "1";
        boolean error;
        double end;

        Node(Node parent, String service, Span.Kind kind, String name, double start) {
            this.parent = parent;
            this.service = service;
            this.kind = kind;
            this.name = name;
            this.start = start;
            trace = parent == null ? ids++ : parent.trace;
            end = start;
        }

        Node with(String key, Object value) {
            attributes.add(key);
            attributes.add(value);
            return this;
        }

        Node status(long status) {
            if (knobs.containsKey("no statuses")) {
                if (status >= 500) {
                    log(service, "Cannot answer request %d of %s: not today".formatted(ids, name));
                }
                return this;
            }
            error = kind == Span.Kind.CLIENT ? status >= 400 : status >= 500;
            return with("http.response.status_code", status);
        }

        void send() {
            sent.add(new Span(new TraceId(1, trace), id, parent == null ? 0 : parent.id,
                    Resource.of(Attributes.of("service.name", service, "service.version", version)), "test", name,
                    kind, error ? Span.Status.ERROR : Span.Status.UNSET, "", (nowMillis() - 1000) * 1_000_000 + (long) (start * 1e6),
                    (long) ((end - start) * 1e6), Attributes.of(attributes), List.of(), List.of(), Alteration.NONE, 300));
        }
    }

    /** Logs at ERROR, outside of traces. */
    void log(String service, String message) {
        logs.add(List.of(new LogRecord(nowMillis() * 1_000_000, Resource.of(Attributes.of("service.name", service)), "test",
                LogRecord.Level.ERROR, "", message, TraceId.NONE, 0, Attributes.of(), Alteration.NONE, 300)));
    }

    private Node request(String service, String name, Node caller, double start) {
        return new Node(caller, service, Span.Kind.SERVER, name, start).with("http.request.method", "GET");
    }

    /** Makes a call, and returns its end; negative if it failed. */
    private double call(Node from, String callee, int port, String name, double start, double own) {
        var call = new Node(from, from.service, Span.Kind.CLIENT, name, start).with("server.address", "localhost")
                .with("server.port", (long) (int) knob(from.service + " port of " + callee, port));
        if (knob(callee + " up", 1) == 0 || knobs.containsKey(from.service + " cannot reach " + callee)) {
            call.error = true;
            call.with("error.type", "java.net.ConnectException");
            call.end = start + 1;
            call.send();
            return -call.end;
        }
        double way = knob("way to " + callee, 0.5);
        var answer = request(callee, name, call, start + way);
        answer.end = answer.start + millis(own + knob(callee + " slow", 0));
        boolean isStuck = knobs.containsKey(callee + " has a database") && knobs.containsKey("database silent");
        if (isStuck) {
            answer.end = answer.start + 1000;
        } else if (knobs.containsKey(callee + " has a database")) {
            var select = new Node(answer, callee, Span.Kind.CLIENT, "SELECT " + callee, answer.start).with("db.system.name", "postgresql")
                    .with("db.namespace", callee);
            select.end = answer.start + millis(1);
            select.send();
        }
        boolean isCanary = knobs.containsKey(callee + " canary") && happens(callee + " canary");
        answer.version = isCanary ? "2" : "1";
        boolean fails = isStuck || happens(callee + " fails") || isCanary && knobs.containsKey("canaries fail");
        long status = fails ? (long) knob(callee + " status", 500) : 200;
        double patience = knob(from.service + " patience", 2000);
        if (answer.end + way - start > patience) {
            call.error = true;
            call.with("error.type", "timeout");
            call.end = start + patience;
            answer.send();
            call.send();
            return -call.end;
        }
        answer.status(status).send();
        call.end = answer.end + way;
        call.status(status).send();
        return fails ? -call.end : call.end;
    }

    private void look() {
        long article = random.nextInt(6);
        String name = knobs.containsKey("random names") ? "GET /shelf/" + ids : "GET /shelf";
        var front = request("front", name, null, random.nextInt(500)).with("article", article);
        boolean isBad = article == 3 && knobs.containsKey("article 3 fails");
        if (isBad) {
            knobs.put("shelf fails", 1.0);
        }
        double at = front.start + 1;
        boolean failed = false;
        for (int i = 0; i < knob("calls of shelf", 1) && !failed; i++) {
            double end = call(front, "shelf", 2, "GET /list", at, 5);
            failed = end < 0;
            at = Math.abs(end);
        }
        if (isBad) {
            knobs.remove("shelf fails");
        }
        front.end = at + millis(1 + knob("front slow", 0));
        front.status(failed ? 502 : random.nextInt(100) == 0 ? 404 : 200).send();
    }

    private void buy() {
        var front = request("front", "POST /buy", null, random.nextInt(500));
        double end = take(front, front.start + 1);
        if (end > 0 && !knobs.containsKey("front forgets bank") && charges++ < knob("charges a second", Integer.MAX_VALUE)) {
            double at = end;
            end = -1;
            for (int i = 0; i < knob("attempts at bank", 1) && end < 0; i++) {
                end = call(front, "bank", 4, "POST /charge", at, 8);
                at = Math.abs(end);
            }
        }
        front.end = Math.abs(end) + millis(1);
        front.status(end < 0 ? 502 : 200).send();
    }

    /** Lets the consumers of a message handle it. @param again how many more messages one of them sends meanwhile */
    private void handle(Node send, int again) {
        boolean unreadable = happens("sales unreadable");
        for (String consumer : List.of("ledger", "post")) {
            var process = new Node(send, consumer, Span.Kind.CONSUMER, "process sales", send.end + 2).with("messaging.destination.name",
                    "sales");
            process.end = process.start + millis(3 + knob(consumer + " slow", 0));
            process.error = unreadable || happens(consumer + " fails");
            process.send();
            for (int i = 0; i < again && consumer.equals("ledger"); i++) {
                var another = new Node(process, "ledger", Span.Kind.PRODUCER, "send sales", process.start + 1)
                        .with("messaging.destination.name", "sales");
                another.end = another.start + 0.5;
                another.send();
                handle(another, 0);
            }
        }
    }

    private double take(Node front, double start) {
        var call = new Node(front, "front", Span.Kind.CLIENT, "POST /take", start).with("server.address", "localhost").with("server.port",
                3L);
        double way = knob("way to basket", 0.5);
        var basket = request("basket", "POST /take", call, start + way);
        double asked = knobs.containsKey("basket asks shelf")
                ? call(basket, "shelf", 2, "GET /list", basket.start + 1, 5)
                : basket.start + 1;
        var insert = new Node(basket, "basket", Span.Kind.CLIENT, "INSERT item", Math.abs(asked)).with("db.system.name", "postgresql")
                .with("db.namespace", "baskets");
        boolean isStuck = knobs.containsKey("database silent");
        insert.end = insert.start + (isStuck ? 1000 : millis(3 + knob("database slow", 0)));
        boolean refused = isStuck || happens("database fails");
        if (refused) {
            insert.error = true;
            insert.with("db.response.status_code", knob("database state", 0) == 42 ? "42703" : "57014");
        }
        if (!isStuck) {
            insert.send();
        }
        basket.end = insert.end + millis(2);
        boolean fails = refused || asked < 0;
        long status = fails ? 503 : 200;
        if (!fails && !knobs.containsKey("no messages")) {
            var send = new Node(basket, "basket", Span.Kind.PRODUCER, "send sales", basket.end - 0.5).with("messaging.destination.name",
                    "sales");
            send.end = basket.end;
            send.send();
            handle(send, (int) knob("ledger sends again", 0));
        }
        basket.status(status).send();
        call.end = basket.end + way;
        call.status(status).send();
        return fails ? -call.end : call.end;
    }
}
