package org.debugshop.console.diagnosis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.debugshop.console.analysis.Peers;
import org.debugshop.console.diagnosis.Diagnosis.Known;
import org.debugshop.console.diagnosis.Suspects.Suspect;
import org.debugshop.console.diagnosis.TraceReader.Details;

/** The figures of now and before, for the time of one incident. What is newer weighs more, so that a failure that is over is soon forgotten. */
final class Comparisons {

    /** After how many buckets of five seconds a request counts half. */
    private static final double HALF_LIFE = 2.5;
    private static final double LEAST_CALLS = 8;
    /** The most calls that still succeed, as a part of the usual ones. */
    private static final double SILENT = 0.15;
    private static final double LEAST_CALLS_NOW = 2;

    private final Past past;
    private final Window window;
    private final Details details;
    private final double[] before;
    private final double[] now;
    private final double secondsBefore;
    private final double secondsNow;
    private final Known known;
    private final Map<Key.What, List<Key>> byWhat = new HashMap<>();
    private final Map<Key, List<Key>> byOperation = new HashMap<>();

    /**
     * @param onset the place of the bucket in which the incident began
     * @param isNormal whether a bucket belongs to no incident
     */
    Comparisons(Past past, Window window, Details details, int onset, boolean[] isNormal, Known known) {
        this.past = past;
        this.window = window;
        this.details = details;
        this.known = known;
        before = new double[Window.BUCKETS];
        double seconds = past.seconds();
        for (int i = 0; i < onset; i++) {
            before[i] = isNormal[i] && window.isUsed(i) ? 1 : 0;
            seconds += before[i] * 5;
        }
        secondsBefore = seconds;
        now = Window.weights(Math.max(0, onset), Window.BUCKETS, HALF_LIFE);
        double weights = 0;
        for (double weight : now) {
            weights += 5 * weight;
        }
        secondsNow = weights;
        for (var key : window.keys()) {
            byWhat.computeIfAbsent(key.what(), _ -> new ArrayList<>()).add(key);
            if (key.what() == Key.What.BLAME || key.what() == Key.What.TIME) {
                byOperation.computeIfAbsent(Key.request(key.component(), key.operation()), _ -> new ArrayList<>()).add(key);
            }
        }
    }

    /** Returns how long the system was seen before, in seconds. */
    double secondsBefore() {
        return secondsBefore;
    }

    Sums before(Key key) {
        return past.of(key).plus(window.sum(key, before));
    }

    /** Returns the sums of the incident, newer requests with more weight. */
    Sums now(Key key) {
        return window.sum(key, now);
    }

    /** Returns how often this would have happened, if all were as before. */
    double expected(Key key) {
        return secondsBefore < 5 ? 0 : before(key).count() / secondsBefore * secondsNow;
    }

    /** Returns how often it happens in a second now. */
    double rateNow(Key key) {
        return now(key).count() / secondsNow;
    }

    /** Returns how often it happened in a second before; NaN if too little is known. */
    double rateBefore(Key key) {
        return secondsBefore < 15 ? Double.NaN : before(key).count() / secondsBefore;
    }

    List<Key> keys(Key.What what) {
        return byWhat.getOrDefault(what, List.of());
    }

    List<Key> keys(Key.What what, Key operation) {
        return byOperation.getOrDefault(operation, List.of()).stream().filter(key -> key.what() == what).toList();
    }

    List<String> path(Key key) {
        return details.path(key);
    }

    boolean isConsumer(String component, String operation) {
        return details.consumers.contains(Key.request(component, operation));
    }

    /** Returns whether a component handles requests. */
    boolean hasRequests(String component) {
        return keys(Key.What.REQUEST).stream().anyMatch(key -> key.component().equals(component));
    }

    boolean isDatabase(String component) {
        return known.databases().containsValue(component);
    }

    /** Returns whether the component is one of ours, or answered before. */
    boolean isKnown(String component) {
        return known.services().contains(component) || known.targets().contains(component) || component.startsWith(Peers.TOPIC)
                || isDatabase(component)
                || keys(Key.What.CALL).stream().filter(key -> key.other().equals(component))
                        .anyMatch(key -> before(key).count() > before(key).failed());
    }

    /** Returns the database that a service calls; a general word if it calls none. */
    String databaseOf(String service) {
        return known.databases().entrySet().stream().filter(entry -> entry.getKey().startsWith(service + '\n')).map(Map.Entry::getValue)
                .findFirst()
                .orElse("database");
    }

    /** Returns the services that only requests from outside call. */
    Set<String> entries(Set<Key> outermost, Set<Key> consumers) {
        return Symptoms.entries(past, window, outermost, consumers, known.services());
    }

    /** Returns the name of the system that carries messages; that of the spans, such as kafka. */
    String messagingSystem() {
        return known.messagingSystems().stream().findFirst().orElse("messaging");
    }

    /** Returns whether hardly any call of a database succeeds, whoever makes it: two services or more that usually call it for such requests. */
    boolean isSilent(String database) {
        var expected = new TreeMap<String, Double>();
        var good = new TreeMap<String, Double>();
        for (var key : past.keysWith(window)) {
            var request = Key.request(key.component(), key.operation());
            if (key.what() == Key.What.CALL && key.other().equals(database) && before(request).count() > 0) {
                expected.merge(key.component(), before(key).count() / before(request).count() * now(request).count(), Double::sum);
                good.merge(key.component(), now(key).count() - now(key).failed(), Double::sum);
            }
        }
        expected.values().removeIf(count -> count < 1);
        return expected.size() >= 2 && expected.values().stream().mapToDouble(Double::doubleValue).sum() >= LEAST_CALLS
                && expected.entrySet().stream().allMatch(caller -> good.get(caller.getKey()) <= SILENT * caller.getValue());
    }

    /** Returns the service that uses a database, by its namespace; empty if it is unknown. */
    String owner(String namespace) {
        return known.owners().getOrDefault(namespace, "");
    }

    boolean isService(String component) {
        return known.services().contains(component);
    }

    /** Returns how many requests with this value a service handled lately. */
    Map<String, Integer> carriers(String value) {
        return known.carriers().getOrDefault(value, Map.of());
    }

    /** Returns whether the calls of other services to a component succeed, while those of this one fail. */
    boolean onlyFailsFor(String caller, String callee) {
        double good = 0;
        double bad = 0;
        double own = 0;
        for (var key : keys(Key.What.CALL)) {
            if (key.other().equals(callee)) {
                var sums = now(key);
                if (key.component().equals(caller)) {
                    own += sums.failed();
                } else {
                    good += sums.count() - sums.failed();
                    bad += sums.failed();
                }
            }
        }
        return own > 0 && good >= 2 && bad <= 0.2 * good;
    }

    /**
     * Returns how many milliseconds the calls of a service to a component take longer than before, without the time that the component
     * itself measures.
     */
    double delayOfCalls(String caller, String callee) {
        var before = new Sums();
        var now = new Sums();
        for (var key : keys(Key.What.CALL)) {
            if (key.component().equals(caller) && key.other().equals(callee)) {
                before.add(before(key), 1);
                now.add(now(key), 1);
            }
        }
        boolean measures = now.values[Sums.UNANSWERED] < now.count() / 2 && !isDatabase(callee);
        int field = measures ? Sums.GAP : Sums.MILLIS;
        return before.count() < LEAST_CALLS || now.count() < LEAST_CALLS_NOW ? 0 : Math.max(0, now.share(field) - before.share(field));
    }

    /** Returns by how many milliseconds all calls of a service take longer, if it calls two components or more; else 0. */
    double delayOfAllCalls(String caller) {
        var callees = new HashSet<String>();
        for (var key : keys(Key.What.CALL)) {
            if (key.component().equals(caller) && !key.other().startsWith(Peers.TOPIC) && !key.other().equals(caller)) {
                callees.add(key.other());
            }
        }
        return callees.size() < 2 ? 0 : callees.stream().mapToDouble(callee -> delayOfCalls(caller, callee)).min().orElse(0);
    }

    /** Returns the service that a message names as a word, other than the one that logs it; empty if it names none or several. */
    Optional<String> serviceNamedIn(String message, String logger) {
        var named = known.services().stream().filter(service -> !service.equals(logger))
                .filter(service -> Pattern.compile("(?<![\\w-])" + Pattern.quote(service) + "(?![\\w-])").matcher(message).find()).toList();
        return named.size() == 1 ? Optional.of(named.getFirst()) : Optional.empty();
    }

    /** Returns whether a component has handled requests since the incident began. */
    boolean answers(String component) {
        return keys(Key.What.REQUEST).stream().filter(key -> key.component().equals(component)).mapToDouble(key -> now(key).count())
                .sum() >= 3;
    }

    /** Returns the only consumer of a topic on this path that fails, if there are others. */
    Optional<String> onlyFailingConsumer(List<String> path) {
        var topic = path.stream().filter(component -> component.startsWith(Peers.TOPIC))
                .map(component -> component.substring(Peers.TOPIC.length()))
                .findFirst();
        var failing = new HashSet<String>();
        var good = new HashSet<String>();
        for (var key : details.consumers) {
            var sums = now(key);
            if (topic.isPresent() && key.operation().contains(topic.get()) && sums.count() > 1) {
                (sums.share(Sums.FAILED) > 0.1 ? failing : good).add(key.component());
            }
        }
        return failing.size() == 1 && !good.isEmpty() ? failing.stream().findFirst() : Optional.empty();
    }

    /** Returns whether a component sends messages that another one handles. */
    boolean feeds(String producer, String consumer) {
        return keys(Key.What.CALL).stream().filter(key -> key.component().equals(producer) && key.other().startsWith(Peers.TOPIC))
                .anyMatch(key -> details.consumers.stream().anyMatch(request -> request.component().equals(consumer)
                        && request.operation().contains(key.other().substring(Peers.TOPIC.length()))));
    }

    /** Returns whether a service calls another one, directly or over others. */
    boolean calls(String caller, String callee, int depth) {
        return depth > 0 && keys(Key.What.CALL).stream().filter(key -> key.component().equals(caller))
                .anyMatch(key -> key.other().equals(callee) || isService(key.other()) && calls(key.other(), callee, depth - 1));
    }

    private Optional<TraceReader.Example> example(Suspect suspect) {
        return suspect.keys.entrySet().stream().filter(entry -> details.examples.containsKey(entry.getKey()))
                .max(Map.Entry.comparingByValue()).map(entry -> details.examples.get(entry.getKey()).getFirst());
    }

    String callerOf(Suspect suspect) {
        return example(suspect).map(TraceReader.Example::by).filter(by -> !by.equals(suspect.component) && known.services().contains(by))
                .orElse("");
    }

    /** Returns ": " and what the newest failing request says, without the full stop; empty if it says nothing. */
    String quote(Suspect suspect) {
        return example(suspect).map(TraceReader.Example::text).filter(text -> !text.isBlank())
                .map(text -> ": " + text.replaceFirst("\\.$", ""))
                .orElse("");
    }

    List<TraceReader.Example> examples(Suspect suspect) {
        return suspect.keys.entrySet().stream().sorted(Map.Entry.<Key, Double>comparingByValue().reversed())
                .flatMap(entry -> details.examples.getOrDefault(entry.getKey(), List.of()).stream()).limit(5).toList();
    }

    /** Returns the shortest way from a component to the outside, over the callers that call most. */
    List<String> wayOut(String component) {
        var callers = new TreeMap<String, Map<String, Double>>();
        for (var key : keys(Key.What.CALL)) {
            var all = before(key).plus(window.sum(key, 0, Window.BUCKETS));
            callers.computeIfAbsent(key.other(), _ -> new TreeMap<>()).merge(key.component(), all.count(), Double::sum);
        }
        var path = new ArrayList<String>();
        String at = component;
        while (path.size() < 8 && !path.contains(at)) {
            path.add(at);
            var next = callers.getOrDefault(at, Map.of()).entrySet().stream().filter(caller -> known.services().contains(caller.getKey()))
                    .max(Map.Entry.comparingByValue());
            if (next.isEmpty()) {
                break;
            }
            at = next.get().getKey();
        }
        return List.copyOf(path);
    }
}
