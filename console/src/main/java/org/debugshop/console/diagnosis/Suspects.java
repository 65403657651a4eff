package org.debugshop.console.diagnosis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.debugshop.console.analysis.Peers;
import org.debugshop.console.diagnosis.Incident.Kind;
import org.debugshop.console.diagnosis.Incident.Type;
import org.debugshop.console.diagnosis.SeriesReader.Findings;
import org.debugshop.console.diagnosis.TraceReader.Reason;

/**
 * Weighs where the failing and the slow requests start. The weight of a suspect is the number of requests that it explains and that
 * would not have been bad before.
 *
 * <pre>
 * POST /checkout: 12 of 30 failed, before 0 of 200       checkout 11, currency 1
 * GET /products:  200 ms instead of 20 ms, 40 requests   currency 30 (150 of 180 ms more), gateway 6
 * </pre>
 */
final class Suspects {

    /** A component, and why. */
    static final class Suspect {
        final String component;
        final Map<Reason, Double> reasons = new HashMap<>();
        final Map<List<String>, Double> paths = new HashMap<>();
        final Map<Key, Double> keys = new HashMap<>();
        double weight;
        double slow;
        Kind kind;
        String sentence;

        Suspect(String component) {
            this.component = component;
        }

        void add(double more, List<String> path, Key key) {
            weight += more;
            paths.merge(path, more, Double::sum);
            keys.merge(key, more, Double::sum);
        }

        List<String> path() {
            return paths.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(List.of(component));
        }

        Reason reason() {
            return reasons.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(null);
        }

        private double partOf(Key operation) {
            return keys.entrySet().stream().filter(entry -> entry.getKey().component().equals(operation.component())
                    && entry.getKey().operation().equals(operation.operation())).mapToDouble(Map.Entry::getValue).sum();
        }

        private Suspect part(Predicate<Key> which, Comparisons figures) {
            var part = new Suspect(component);
            keys.forEach((key, more) -> {
                if (which.test(key)) {
                    part.add(more, figures.path(key), key);
                    if (key.what() == Key.What.BLAME) {
                        part.reasons.merge(Reason.valueOf(key.detail()), more, Double::sum);
                    } else if (key.what() == Key.What.TIME) {
                        part.slow += more;
                    }
                }
            });
            return part;
        }

        private void take(Suspect other) {
            weight += other.weight;
            slow += other.slow;
            other.reasons.forEach((reason, more) -> reasons.merge(reason, more, Double::sum));
            other.keys.forEach((key, more) -> keys.merge(key, more, Double::sum));
        }
    }

    /** A service that calls another one more often than before for one request. */
    record Multiplied(String caller, String callee, double before, double now, double failed) {}

    /** The load, which is no component. */
    static final String LOAD = "";

    private static final double LEAST_PART = 0.05;
    /** The weight of what only the metrics show, as a part of the weight of all that requests show. */
    private static final double APART = 0.05;
    /** A suspect leads if it explains this part of an operation, and at least so many requests. */
    private static final double LEADING = 0.6;
    private static final double LEAST_LED = 3;
    /** As many repetitions as of three attempts or more, so that they are a problem of their own. */
    private static final double RETRIES = 3;
    /** The part of the weight of messages that another service explains. */
    private static final double REPEATED = 0.2;
    /** A process is slow at first, until its code is compiled and its connections are open. */
    private static final long WARM_MILLIS = 45_000;
    /** A process that has started so long ago can be reached. */
    private static final long READY_MILLIS = 20_000;

    private final Comparisons figures;
    private final Findings findings;
    private final long beganMillis;
    private final Map<String, Suspect> suspects = new LinkedHashMap<>();
    private final List<Multiplied> multiplied = new ArrayList<>();
    private final Set<String> young = new HashSet<>();
    /** What blames somebody only if no request does. */
    private final List<Runnable> unexplained = new ArrayList<>();
    /** What blames somebody for more than all requests do. */
    private final List<DoubleConsumer> overall = new ArrayList<>();
    private final Map<String, Double> topicsWithoutMessages = new TreeMap<>();
    /** What only the metrics show, next to suspects of requests: it may be another problem. */
    private final Set<String> apart = new HashSet<>();
    private double scale = 1;
    private final List<Symptoms.Logged> logged = new ArrayList<>();

    Suspects(Comparisons figures, Findings findings, long beganMillis, long nowMillis) {
        this.figures = figures;
        this.findings = findings;
        this.beganMillis = beganMillis;
        findings.starts().stream().filter(start -> start.version().isEmpty() && nowMillis - start.epochMillis() < WARM_MILLIS)
                .forEach(start -> young.add(start.service()));
        findMultiplied();
    }

    private Suspect suspect(String component) {
        return suspects.computeIfAbsent(component, Suspect::new);
    }

    List<Multiplied> multiplied() {
        return multiplied;
    }

    /** Blames the failing requests of an operation. */
    void addFailures(Key operation) {
        for (var key : figures.keys(Key.What.BLAME, operation)) {
            double more = figures.now(key).count() - figures.expected(key);
            if (more > 0.2) {
                var suspect = suspect(key.other());
                suspect.add(more, figures.path(key), key);
                suspect.reasons.merge(Reason.valueOf(key.detail()), more, Double::sum);
            }
        }
    }

    /** Blames the additional time of an operation, in requests. */
    void addSlowness(Key operation) {
        double requests = figures.now(operation).count();
        double requestsBefore = figures.before(operation).count();
        var parts = new LinkedHashMap<Key, Double>();
        for (var key : figures.keys(Key.What.TIME, operation)) {
            double more = figures.now(key).millis() / requests - (requestsBefore == 0 ? 0 : figures.before(key).millis() / requestsBefore);
            if (more > 0) {
                parts.put(key, more);
            }
        }
        double sum = parts.values().stream().mapToDouble(Double::doubleValue).sum();
        double bad = requests * Math.min(1, sum / Math.max(1, figures.now(operation).mean()));
        parts.forEach((key, more) -> {
            if (more > LEAST_PART * sum && !isYoung(key)) {
                String caller = callerThatDelays(key);
                var path = figures.path(key);
                var suspect = suspect(caller.isEmpty() ? key.other() : caller);
                suspect.add(bad * more / sum, caller.isEmpty() ? path : path.subList(1, path.size()), key);
                suspect.slow += bad * more / sum;
            }
        });
    }

    /** Returns the caller, if its calls of others take longer by as much, too; empty if it is not the caller that delays them. */
    private String callerThatDelays(Key time) {
        int end = time.detail().indexOf(TraceReader.way(""));
        String caller = end < 0 ? "" : time.detail().substring(0, end);
        return !caller.isEmpty() && figures.delayOfAllCalls(caller) >= 0.5 * figures.delayOfCalls(caller, time.other()) ? caller : "";
    }

    private boolean isYoung(Key time) {
        return young.contains(time.other()) || young.stream().anyMatch(service -> time.detail().startsWith(TraceReader.way(service)));
    }

    /** Blames a caller for its additional calls, if nobody else is to blame for more. */
    void addCalls(Symptoms.Calls calls) {
        add(calls.caller(), calls.now() / calls.before(), Kind.LATENCY, figures.wayOut(calls.caller()),
                "%s calls %s %.1f times for one request, before %.1f times.".formatted(calls.caller(), calls.callee(), calls.now(),
                        calls.before()));
    }

    /**
     * Blames a service for the calls that it no longer makes, if nobody else is to blame for more. Messages that are not sent any more are
     * the topic's fault, or that of the messaging system if several topics get none.
     */
    void addMissing(Symptoms.Calls calls, double weight) {
        if (calls.callee().startsWith(Peers.TOPIC)) {
            topicsWithoutMessages.merge(calls.callee(), weight, Double::sum);
            return;
        }
        unexplained.add(() -> add(calls.caller(), weight, Kind.ERRORS, figures.wayOut(calls.caller()),
                "%s hardly calls %s any more: %.1f times for one request, before %.1f times.".formatted(calls.caller(), calls.callee(),
                        calls.now(), calls.before())));
    }

    private void addTopicsWithoutMessages() {
        if (topicsWithoutMessages.isEmpty()) {
            return;
        }
        double weight = topicsWithoutMessages.values().stream().mapToDouble(Double::doubleValue).sum();
        String topic = topicsWithoutMessages.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
        String component = topicsWithoutMessages.size() == 1 ? topic : figures.messagingSystem();
        add(component, weight, Kind.MESSAGES, figures.wayOut(component.equals(topic) ? topic : component),
                "Hardly any message arrives at the %s any more."
                        .formatted(String.join(", ", new TreeSet<>(topicsWithoutMessages.keySet()))));
    }

    /** Blames a service that cannot be scraped. Users notice at once if requests from outside go to it. */
    void addGone(SeriesReader.Gone gone) {
        String sentence = "%s does not answer when its metrics are asked for.".formatted(gone.service());
        if (gone.isEntry()) {
            overall.add(all -> add(gone.service(), all + 5, Kind.ERRORS, List.of(gone.service()), sentence));
        } else {
            unexplained.add(() -> add(gone.service(), 3, Kind.ERRORS, figures.wayOut(gone.service()), sentence));
        }
    }

    void addLogged(Symptoms.Logged more) {
        logged.add(more);
    }

    /**
     * Blames what is logged at ERROR on the service that logs it, or on the one that the message names. A service that calls another
     * one of them only repeats what happens there.
     */
    private void addLogs() {
        var services = new HashMap<String, List<Symptoms.Logged>>();
        logged.forEach(more -> services.computeIfAbsent(more.key().component(), _ -> new ArrayList<>()).add(more));
        services.forEach((service, all) -> {
            double weight = all.stream().mapToDouble(more -> more.now() - more.before()).sum();
            boolean repeats = services.keySet().stream().anyMatch(other -> !other.equals(service) && figures.calls(service, other, 4)
                    && !figures.calls(other, service, 4));
            var most = all.stream().max(Comparator.comparingDouble(more -> more.now() - more.before())).orElseThrow();
            String message = most.key().detail();
            var named = services.size() > 1 ? Optional.<String>empty() : figures.serviceNamedIn(message, service);
            String component = named.orElse(service);
            add(component, weight * (repeats ? REPEATED : 1), Kind.ERRORS, figures.wayOut(component),
                    "%s logs %.1f times a second, before %.1f times: %s".formatted(service, most.now(), most.before(), message));
        });
    }

    void add(String component, double weight, Kind kind, List<String> path, String sentence) {
        var suspect = suspect(component);
        suspect.add(weight, path, Key.request(component, ""));
        suspect.kind = kind;
        suspect.sentence = sentence;
    }

    /** Moves the weight of a suspect to the one behind it. */
    private void move(Suspect from, String to, Kind kind, List<String> path, String sentence) {
        if (from.component.equals(to)) {
            from.kind = kind;
            from.sentence = sentence;
            from.paths.clear();
            from.paths.put(path, from.weight);
            return;
        }
        suspects.remove(from.component);
        var suspect = suspect(to);
        suspect.take(from);
        suspect.paths.merge(path, from.weight, Double::sum);
        suspect.kind = kind;
        suspect.sentence = sentence;
    }

    private static List<String> before(String component, List<String> path) {
        if (!path.isEmpty() && path.getFirst().equals(component)) {
            return path;
        }
        var longer = new ArrayList<String>();
        longer.add(component);
        longer.addAll(path);
        return List.copyOf(longer);
    }

    /** Looks behind the suspects: at locks, connections, pools, unknown addresses, repeated calls. */
    void lookBehind() {
        for (var suspect : List.copyOf(suspects.values())) {
            lookBehind(suspect);
        }
    }

    private void lookBehind(Suspect suspect) {
        String name = suspect.component;
        var reason = suspect.reason();
        if (findings.locks().isPresent() && (findings.locks().get().blocked().contains(name) || figures.isDatabase(name))) {
            var locks = findings.locks().get();
            String database = figures.isDatabase(name) ? name : figures.databaseOf(name);
            String blocker = locks.blockers().entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse("");
            move(suspect, database, Kind.LOCK, before(database, suspect.path()),
                    "A session of %s in %s holds a lock that %s waits for.".formatted(
                            blocker.isEmpty() ? "an unknown application" : blocker, database,
                            String.join(", ", locks.blocked())));
            return;
        }
        boolean connection = reason == Reason.CONNECTION || reason == Reason.DATABASE;
        if (connection && findings.connections().isPresent()) {
            var connections = findings.connections().get();
            String database = figures.isDatabase(name) ? name : figures.databaseOf(name);
            if (connections.mostNow() >= 2 * connections.mostBefore() + 4) {
                String application = connections.most();
                String owner = figures.isService(application) ? application : figures.owner(connections.namespace());
                String culprit = owner.isEmpty() ? application : owner;
                move(suspect, culprit, Kind.SATURATION, before(culprit, before(database, suspect.path())),
                        "%s holds %.0f of the %.0f connections that %s allows, before %.0f; nearly none is left for others.".formatted(
                                culprit.equals(application) ? culprit : application + " of " + culprit, connections.mostNow(),
                                connections.max(),
                                database, connections.mostBefore()));
                return;
            }
        }
        if (!figures.isDatabase(name) && figures.isSilent(figures.databaseOf(name))) {
            String database = figures.databaseOf(name);
            move(suspect, database, Kind.LATENCY, before(database, suspect.path()),
                    "%s answers hardly any of its callers.".formatted(database));
            return;
        }
        if (reason == Reason.MESSAGE) {
            var alone = figures.onlyFailingConsumer(suspect.path());
            if (alone.isPresent()) {
                move(suspect, alone.get(), Kind.ERRORS, List.of(alone.get()),
                        "%s cannot handle the messages of %s, which other consumers can%s.".formatted(alone.get(), name,
                                figures.quote(suspect)));
                return;
            }
            suspect.kind = Kind.MESSAGES;
            suspect.paths.keySet().removeIf(way -> suspect.paths.size() > 1 && way.getLast().equals(name));
            suspect.sentence = "Consumers cannot read what %s sends%s.".formatted(name, figures.quote(suspect));
            return;
        }
        // A database may have taken over what its clients are suspected of.
        if (reason == Reason.CONNECTION && !figures.isDatabase(name)) {
            var pool = findings.pools().stream().filter(full -> full.service().equals(name)).findFirst();
            if (pool.isPresent()) {
                suspect.kind = Kind.SATURATION;
                suspect.sentence = "%s has used up its pool: %.0f of %.0f connections are taken, and requests wait for one.".formatted(name,
                        pool.get().used(), pool.get().max());
            } else {
                String database = figures.databaseOf(name);
                move(suspect, database, Kind.CONFIGURATION, before(database, suspect.path()),
                        "%s gets no connection to %s%s.".formatted(name, database, figures.quote(suspect)));
            }
            return;
        }
        if ((reason == Reason.UNREACHABLE || reason == Reason.LATE) && !findings.down().contains(name)) {
            String caller = figures.callerOf(suspect);
            boolean restarts = findings.starts().stream().anyMatch(start -> start.version().isEmpty() && start.service().equals(name)
                    && start.epochMillis() >= beganMillis - READY_MILLIS);
            if (restarts && reason == Reason.UNREACHABLE) {
                suspect.sentence = "%s was restarted, and its callers could not connect meanwhile.".formatted(name);
                return;
            }
            if (!caller.isEmpty() && reason == Reason.UNREACHABLE
                    && (figures.onlyFailsFor(caller, name) || figures.answers(name))) {
                blameCaller(suspect, caller, "%s cannot connect to %s, which answers others%s.");
                return;
            }
            if (!caller.isEmpty() && !figures.isKnown(name)) {
                blameCaller(suspect, caller, "%s calls %s, where nothing ever answered%s.");
                return;
            }
        }
        if (reason == Reason.UNREACHABLE && findings.down().contains(name)) {
            suspect.sentence = "%s does not answer: its callers cannot connect, and it cannot be scraped.".formatted(name);
        }
        var repeated = multiplied.stream().filter(more -> more.callee.equals(name) && !more.caller.equals(name))
                .filter(more -> more.failed <= 0.1 || more.now >= RETRIES * more.before).findFirst();
        if (repeated.isPresent()) {
            var more = repeated.get();
            boolean retries = more.failed > 0.1;
            var path = retries ? round(more) : without(name, suspect.path(), more.caller);
            if (retries) {
                suspects.computeIfAbsent(more.caller, Suspect::new).paths.clear();
            }
            move(suspect, more.caller, retries ? Kind.LOAD : Kind.LATENCY, path,
                    "%s calls %s %.1f times for one request, before %.1f times%s.".formatted(more.caller, name, more.now, more.before,
                            retries ? "; it repeats failed calls" : ""));
        }
    }

    /**
     * Blames a caller for the requests in which it called a suspect. Those by other callers may have another problem with the suspect.
     *
     * @param sentence with the caller, the suspect and what a failing request says
     */
    private void blameCaller(Suspect suspect, String caller, String sentence) {
        boolean hasCalled = suspect.keys.keySet().stream().anyMatch(key -> isBy(caller, key));
        var requests = suspect.part(key -> !hasCalled || isBy(caller, key), figures);
        var others = suspect.part(key -> hasCalled && !isBy(caller, key), figures);
        var path = requests.path();
        suspects.put(suspect.component, requests);
        move(requests, caller, Kind.CONFIGURATION, path.size() > 1 ? path.subList(1, path.size()) : path,
                sentence.formatted(caller, suspect.component, figures.quote(requests)));
        if (others.weight > 0) {
            suspects.put(suspect.component, others);
            lookBehind(others);
        }
    }

    /** Returns whether most requests of a key have come to the suspect by a caller, as far as that is known. */
    private boolean isBy(String caller, Key key) {
        var path = figures.path(key);
        return path.size() < 2 || path.get(1).equals(caller);
    }

    /** Returns the path of a caller that overloads its callee and suffers from it. */
    private List<String> round(Multiplied more) {
        var path = new ArrayList<String>(List.of(more.caller, more.callee));
        path.addAll(figures.wayOut(more.caller));
        return List.copyOf(path);
    }

    private static List<String> without(String callee, List<String> path, String caller) {
        int at = path.indexOf(caller);
        return at >= 0 ? path.subList(at, path.size()) : before(caller, path.isEmpty() ? path : path.subList(1, path.size()));
    }

    /** Finds calls that are made much more often for one request than before. */
    private void findMultiplied() {
        var calls = new HashMap<String, double[]>();
        var seen = new HashSet<Key>();
        for (var key : figures.keys(Key.What.CALL)) {
            if (key.other().startsWith(Peers.TOPIC) || figures.isDatabase(key.other())) {
                continue;
            }
            var request = Key.request(key.component(), key.operation());
            double requests = figures.now(request).count();
            double requestsBefore = figures.before(request).count();
            if (requests < 2 || requestsBefore < 5) {
                continue;
            }
            var sums = calls.computeIfAbsent(key.component() + '\n' + key.other(), _ -> new double[5]);
            sums[0] += figures.before(key).count() / requestsBefore * requests;
            sums[1] += figures.now(key).count();
            sums[2] += figures.now(key).failed();
            if (seen.add(Key.request(key.component() + '\n' + key.other(), key.operation()))) {
                sums[3] += requests;
            }
        }
        calls.forEach((pair, sums) -> {
            String caller = pair.substring(0, pair.indexOf('\n'));
            String callee = pair.substring(pair.indexOf('\n') + 1);
            if (sums[1] >= 10 && sums[0] > 0 && sums[1] >= 1.7 * sums[0]) {
                multiplied.add(new Multiplied(caller, callee, sums[0] / sums[3], sums[1] / sums[3], sums[2] / sums[1]));
            }
        });
    }

    /** Returns all suspects, the most likely first. */
    List<Suspect> ranked() {
        return suspects.values().stream().filter(suspect -> suspect.weight > 0)
                .sorted(Comparator.comparingDouble((Suspect suspect) -> suspect.weight).reversed()).toList();
    }

    /** Returns the suspects that explain most of at least one of these operations: two faults at once may concern different ones. */
    Set<String> leading(List<Key> operations) {
        var leading = new HashSet<String>(apart);
        for (var operation : operations) {
            String most = "";
            double best = 0;
            double all = 0;
            for (var suspect : suspects.values()) {
                double part = suspect.partOf(operation);
                all += part;
                if (part > best) {
                    best = part;
                    most = suspect.component;
                }
            }
            if (best >= LEAST_LED && best >= LEADING * all) {
                leading.add(most);
            }
        }
        return leading;
    }

    /** Blames the additional messages of a consumer on whoever sends more of them. */
    void addTraffic(Key consumer) {
        for (var key : figures.keys(Key.What.CALL)) {
            if (key.other().startsWith(Peers.TOPIC)) {
                double more = figures.rateNow(key) - figures.rateBefore(key);
                boolean isSent = consumer.operation().contains(key.other().substring(Peers.TOPIC.length()));
                if (isSent && more > 0.5 && figures.rateNow(key) >= 3 * figures.rateBefore(key)) {
                    boolean loop = figures.isConsumer(key.component(), key.operation());
                    var path = new ArrayList<String>(List.of(key.component(), key.other()));
                    if (!consumer.component().equals(key.component())) {
                        path.add(consumer.component());
                    }
                    add(key.component(), more * (path.size() > 2 ? 1.2 : 1), Kind.MESSAGES, List.copyOf(path),
                            "%s sends %.1f messages a second to the %s, before %.1f%s.".formatted(key.component(), figures.rateNow(key),
                                    key.other(),
                                    figures.rateBefore(key), loop ? "; it sends them while it handles a message" : ""));
                }
            }
        }
    }

    /** Adds what only the metrics show. */
    void addFindings() {
        double all = suspects.values().stream().mapToDouble(suspect -> suspect.weight).sum();
        for (var resource : findings.resources()) {
            if (!figures.hasRequests(resource.service())) {
                continue;
            }
            boolean cpu = resource.kind() == SeriesReader.Resource.Kind.CPU;
            add(resource.service(), all + 5, Kind.SATURATION, figures.wayOut(resource.service()),
                    cpu
                            ? "%s uses %.1f cores, before %.1f, and has not more requests.".formatted(resource.service(), resource.now(),
                                    resource.before())
                            : "The heap of %s fills: %.0f %% stay used after a collection, before %.0f %%.".formatted(resource.service(),
                                    100 * resource.now(), 100 * resource.before()));
        }
        if (all == 0) {
            unexplained.forEach(Runnable::run);
            addTopicsWithoutMessages();
            addLogs();
        }
        overall.forEach(add -> add.accept(all));
        var known = Set.copyOf(suspects.keySet());
        scale = all == 0 ? 1 : APART * all;
        for (var lag : findings.lags()) {
            String topic = Peers.TOPIC + lag.topic();
            add(topic, 3 * scale, Kind.MESSAGES, List.of(topic, lag.service()),
                    "%s handles no message of a part of the %s: a record on it may be what stops it.".formatted(lag.service(), topic));
        }
        var onPaths = new HashSet<String>();
        known.forEach(name -> onPaths.addAll(suspects.get(name).path()));
        findings.figures().stream().filter(figure -> !onPaths.contains(figure.service())).forEach(this::addFigure);
        suspects.keySet().stream().filter(name -> !known.contains(name)).forEach(apart::add);
    }

    private void addFigure(SeriesReader.Figure figure) {
        String service = figure.service();
        String sentence = figure.before() == 0
                ? "%s counts what it never counted before: %s.".formatted(service, figure.text())
                : "The mean of %s of %s moved from %.4g to %.4g.".formatted(figure.text(), service, figure.before(), figure.now());
        if (figure.before() == 0) {
            // What goes wrong upstream is counted downstream, too.
            boolean isFed = findings.figures().stream()
                    .anyMatch(other -> !other.service().equals(service) && figures.feeds(other.service(), service));
            add(service, scale * (isFed ? 1 : 2), Kind.DATA, figures.wayOut(service), sentence);
            return;
        }
        String deepest = service;
        for (var label : figure.labels().entrySet()) {
            for (var carrier : label.getKey().equals("service") ? Set.<String>of() : figures.carriers(label.getValue()).keySet()) {
                if (figures.calls(deepest, carrier, 4)) {
                    deepest = carrier;
                }
            }
        }
        add(deepest, scale * 2, Kind.DATA, figures.wayOut(deepest), deepest.equals(service)
                ? sentence
                : "%s It comes from %s, the deepest service that handles %s.".formatted(sentence, deepest, figure.what()));
    }

    static Type type(String component, boolean database) {
        return component.startsWith(Peers.TOPIC) ? Type.TOPIC : database ? Type.DATABASE : Type.SERVICE;
    }
}
