package org.debugshop.console.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.console.analysis.Peers;
import org.debugshop.console.analysis.Peers.Address;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;

/**
 * Reads one trace after the other, and adds to the {@link Window} what each component did, what a request from outside waited for, and
 * because of whom it failed.
 *
 * <pre>
 * SERVER gateway POST /checkout          120 ms  503   a request from outside
 *   CLIENT gateway POST /process         110 ms  503     a call gateway → checkout, 4 ms of it on the way
 *     SERVER checkout POST /process      106 ms  503     a request of checkout: it fails by itself, so it is to blame
 *       CLIENT checkout SELECT orders     70 ms            a call checkout → postgresql, which takes 70 of the 120 ms
 * </pre>
 *
 * A callee whose caller has given up is not to blame for the broken connection. Whoever waited longer than usual blames the callee, and
 * who gave up sooner than that is to blame.
 */
final class TraceReader {

    static final int MAX_ADDRESSES = 2000;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_TEXT = 300;
    private static final double USUAL = 0.5;
    /** {@code SQLSTATE} in a message: five characters in parentheses, or after the word. */
    private static final Pattern SQLSTATE = Pattern.compile("(?:\\(|SQLSTATE[ :=\\[(]*|ERROR: )([0-9A-Z]{5})\\b\\)?");
    /** The classes of {@code SQLSTATE} for which the statement is to blame, not the database: data, integrity, syntax, features. */
    private static final List<String> STATEMENT = List.of("0A", "21", "22", "23", "42");
    /** The classes for which the database is to blame: connections, authorization, resources, operators, locks, system. */
    private static final List<String> SERVER = List.of("08", "28", "53", "55", "57", "58", "XX");

    /** Why a request fails. */
    enum Reason {
        /** By itself. */
        ERROR,
        /** It gave up sooner than the callee usually needs. */
        IMPATIENT,
        /** It did not answer in time. */
        LATE,
        /** Nothing answered at its address. */
        UNREACHABLE,
        /** A database does not do its work. */
        DATABASE,
        /** It failed before its first call to a database, although it usually makes one. */
        CONNECTION,
        /** The database refused the statement. */
        STATEMENT,
        /** A message could not be sent. */
        SENDING,
        /** A consumer cannot read the message that the blamed component has sent. */
        MESSAGE
    }

    /**
     * What the newest failing requests say.
     *
     * @param by the component that tried to reach the blamed one; the blamed one itself if it failed by itself
     * @param text an error message, may be empty
     */
    record Example(TraceId trace, long nanos, String by, String text) {}

    /** Figures that only make sense together with examples of traces. */
    static final class Details {
        final Map<Key, List<Example>> examples = new HashMap<>();
        final Map<Key, Map<List<String>, Integer>> paths = new HashMap<>();
        /** The operations that are called from outside, or by a message. */
        final Set<Key> outermost = new HashSet<>();
        /** Those of them that are called by a message. */
        final Set<Key> consumers = new HashSet<>();

        void note(Key key, Example example, List<String> path) {
            var known = examples.computeIfAbsent(key, _ -> new ArrayList<>(4));
            if (known.size() < 5) {
                known.add(example);
            }
            notePath(key, path);
        }

        void notePath(Key key, List<String> path) {
            paths.computeIfAbsent(key, _ -> new HashMap<>(2)).merge(path, 1, Integer::sum);
        }

        /** Returns the most frequent path from the component to the request from outside. */
        List<String> path(Key key) {
            return paths.getOrDefault(key, Map.of()).entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey)
                    .orElse(List.of());
        }
    }

    private final Map<Address, String> addresses;
    private final Past past;
    private final Map<String, String> databases;
    private final Window window;
    private final Details details;
    private final Map<TraceId, List<String>> logs;
    private final Map<Key, Boolean> usual = new HashMap<>();

    // The trace that is read.
    private TraceId trace;
    private Span[] spans;
    private int[] parent;
    private int[] entry;
    private int[] firstChild;
    private int[] nextSibling;
    private String[] names;

    /**
     * @param addresses the services at the addresses of calls; what is learned is added
     * @param databases the database that an operation usually calls, by {@link #operation}; what is learned is added
     * @param logs what was logged at WARN and above, by trace
     */
    TraceReader(Map<Address, String> addresses, Map<String, String> databases, Past past, Window window, Details details,
            Map<TraceId, List<String>> logs) {
        this.addresses = addresses;
        this.databases = databases;
        this.past = past;
        this.window = window;
        this.details = details;
        this.logs = logs;
    }

    static String operation(String service, String name) {
        return service + '\n' + name;
    }

    void read(TraceId id, List<Span> all) {
        trace = id;
        spans = all.toArray(Span[]::new);
        link();
        for (int i = 0; i < spans.length; i++) {
            Span span = spans[i];
            int place = window.place(span.startNanos());
            if (place < 0) {
                continue;
            }
            if (span.kind().isEntry()) {
                window.add(request(i), place, millis(span), hasFailed(i), wasRefused(i));
            } else if (span.kind().isExit()) {
                call(i, place);
            }
            if (isOutermost(i)) {
                outermost(i, place);
            } else if (isUnfinished(i)) {
                unfinished(i, place);
            }
        }
    }

    /** Links the spans to a tree. A span whose parent is missing is a root; if parents form a cycle, one of them is. */
    private void link() {
        int size = spans.length;
        parent = new int[size];
        entry = new int[size];
        firstChild = new int[size];
        nextSibling = new int[size];
        names = new String[size];
        Arrays.fill(firstChild, -1);
        Arrays.fill(entry, -1);
        Map<Long, Integer> ids = HashMap.newHashMap(size);
        for (int i = 0; i < size; i++) {
            ids.putIfAbsent(spans[i].spanId(), i);
        }
        for (int i = 0; i < size; i++) {
            parent[i] = spans[i].isRoot() ? -1 : ids.getOrDefault(spans[i].parentId(), -1);
        }
        for (int i = 0; i < size; i++) {
            int steps = 0;
            for (int above = i; above >= 0 && steps <= size; above = parent[above]) {
                steps++;
            }
            if (steps > size) {
                parent[i] = -1;
            }
        }
        for (int i = 0; i < size; i++) {
            if (parent[i] >= 0) {
                nextSibling[i] = firstChild[parent[i]];
                firstChild[parent[i]] = i;
            } else {
                nextSibling[i] = -1;
            }
        }
        for (int i = 0; i < size; i++) {
            int above = i;
            while (!spans[above].kind().isEntry() && parent[above] >= 0
                    && (above == i || spans[parent[above]].service().equals(spans[i].service()))) {
                above = parent[above];
            }
            entry[i] = above;
        }
    }

    private Key request(int i) {
        return Key.request(spans[i].service(), spans[i].name());
    }

    private static double millis(Span span) {
        return span.durationNanos() / 1e6;
    }

    /** Returns whether this is the first span in our system: no request above it, and no request below it if it is none itself. */
    private boolean isOutermost(int i) {
        if (spans[i].kind() == Span.Kind.CONSUMER) {
            return true;
        }
        if (spans[i].kind() == Span.Kind.SERVER) {
            for (int above = parent[i]; above >= 0; above = parent[above]) {
                if (spans[above].kind().isEntry()) {
                    return false;
                }
            }
            return true;
        }
        return parent[i] < 0 && spans[i].isRoot() && !hasEntryBelow(i, 0) && hasFailed(i);
    }

    /** Returns whether this is a failed call of a request that has not ended yet: one that is repeated again and again, say. */
    private boolean isUnfinished(int i) {
        return parent[i] < 0 && !spans[i].isRoot() && spans[i].kind() == Span.Kind.CLIENT && hasFailed(i) && callee(i) != null;
    }

    private void unfinished(int call, int place) {
        details.outermost.add(request(call));
        window.add(request(call), place, millis(spans[call]), true, false);
        blameCall(call, call, place, List.of(spans[call].service()), 0);
    }

    private boolean hasEntryBelow(int i, int depth) {
        for (int child = firstChild[i]; child >= 0 && depth < MAX_DEPTH; child = nextSibling[child]) {
            if (spans[child].kind().isEntry() || hasEntryBelow(child, depth + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a span failed. A server span without a status did not answer, because its caller had gone. */
    private boolean hasFailed(int i) {
        int status = Status.of(spans[i]);
        return status > 0 ? Status.isFailure(status) : spans[i].isError() && !wasAbandoned(i);
    }

    /** Returns whether a request failed. @param refused whether it also counts if it was refused as the caller's mistake */
    static boolean isBad(Span span, boolean refused) {
        int status = Status.of(span);
        return status > 0 ? Status.isFailure(status) || refused && status >= 400 : span.isError();
    }

    private boolean wasAbandoned(int i) {
        return spans[i].kind() == Span.Kind.SERVER && spans[i].isError() && Status.of(spans[i]) == 0
                && spans[i].attributes().text("http.request.method") != null;
    }

    private boolean wasRefused(int i) {
        return Status.isRefusal(Status.of(spans[i]));
    }

    private int answer(int exit) {
        for (int child = firstChild[exit]; child >= 0; child = nextSibling[child]) {
            if (spans[child].kind().isEntry()) {
                return child;
            }
        }
        return -1;
    }

    /** Returns the component that a call goes to; null if it is unknown. */
    private String callee(int exit) {
        if (names[exit] == null) {
            String topic = Peers.topic(spans[exit]);
            int answer = topic == null ? answer(exit) : -1;
            if (answer >= 0) {
                var address = Peers.address(spans[exit]);
                if (address != null && addresses.size() < MAX_ADDRESSES) {
                    addresses.put(address, spans[answer].service());
                }
            }
            names[exit] = topic != null ? topic : answer >= 0 ? spans[answer].service() : Peers.callee(spans[exit], addresses);
        }
        return names[exit];
    }

    private Key callKey(int exit) {
        return Key.call(spans[exit].service(), spans[entry[exit]].name(), callee(exit), spans[exit].name());
    }

    private static boolean isDatabase(Span span) {
        return span.attributes().text("db.system.name") != null;
    }

    private void call(int exit, int place) {
        String callee = callee(exit);
        if (callee == null || callee.equals(spans[exit].service())) {
            return;
        }
        Span span = spans[exit];
        if (isDatabase(span) && databases.size() < Window.MAX_KEYS) {
            databases.putIfAbsent(operation(span.service(), spans[entry[exit]].name()), callee);
        }
        var sums = window.add(callKey(exit), place, millis(span), hasFailed(exit), wasRefused(exit));
        if (sums != null && span.kind() == Span.Kind.CLIENT && !isDatabase(span)) {
            int answer = answer(exit);
            if (answer < 0) {
                sums.values[Sums.UNANSWERED]++;
            } else {
                sums.values[Sums.GAP] += Math.max(0, millis(span) - millis(spans[answer]));
            }
        }
    }

    private void outermost(int top, int place) {
        details.outermost.add(request(top));
        if (spans[top].kind() == Span.Kind.CONSUMER) {
            details.consumers.add(request(top));
        }
        if (!spans[top].kind().isEntry()) {
            window.add(request(top), place, millis(spans[top]), true, false);
        }
        wait(top, top, spans[top].startNanos(), spans[top].endNanos(), place, List.of(spans[top].service()), 0);
        if (hasFailed(top)) {
            blame(top, top, place, start(top), 0);
        }
    }

    /** A client that is not part of the system is on no path. */
    private List<String> start(int top) {
        return spans[top].kind().isEntry() ? List.of(spans[top].service()) : List.of();
    }

    private static List<String> above(String component, List<String> path) {
        if (!path.isEmpty() && path.getFirst().equals(component)) {
            return path;
        }
        var longer = new ArrayList<String>(path.size() + 1);
        longer.add(component);
        longer.addAll(path);
        return List.copyOf(longer);
    }

    private Key time(int top, String component, String detail) {
        return new Key(Key.What.TIME, spans[top].service(), spans[top].name(), component, detail);
    }

    /** Returns how the detail of {@link Key.What#TIME} begins for the calls of a service. */
    static String way(String caller) {
        return caller + " → ";
    }

    /**
     * Divides the time of a span on the critical path: from its end backwards, the time belongs to the child that ended last before, and
     * between children to the span itself.
     */
    private void wait(int top, int i, long from, long to, int place, List<String> path, int depth) {
        long own = 0;
        long until = to;
        if (depth < MAX_DEPTH) {
            var children = new ArrayList<Integer>(4);
            for (int child = firstChild[i]; child >= 0; child = nextSibling[child]) {
                if (spans[child].kind() != Span.Kind.CONSUMER) {
                    children.add(child);
                }
            }
            children.sort(Comparator.comparingLong((Integer child) -> spans[child].endNanos()).reversed());
            for (int child : children) {
                long start = Math.max(spans[child].startNanos(), from);
                long end = Math.min(spans[child].endNanos(), to);
                if (end > until || end <= start) {
                    continue;
                }
                own += until - end;
                wait(top, child, start, end, place, path(child, path), depth + 1);
                until = start;
            }
        }
        own += Math.max(0, until - from);
        Span span = spans[i];
        String callee = span.kind().isExit() ? callee(i) : null;
        Key key = callee == null || callee.equals(span.service())
                ? time(top, span.service(), "")
                : time(top, callee, way(span.service()) + span.name());
        window.add(key, place, own / 1e6);
        details.notePath(key, callee == null ? path : above(callee, path));
    }

    private List<String> path(int child, List<String> path) {
        return above(spans[child].service(), path);
    }

    /** Follows the failed calls down to the component where the failure of a request starts. */
    private void blame(int top, int failed, int place, List<String> above, int depth) {
        Span span = spans[failed];
        List<String> path = spans[top].kind().isEntry() || span.kind().isEntry() ? above(span.service(), above) : above;
        var calls = new LinkedHashMap<String, Integer>();
        if (depth < MAX_DEPTH) {
            failedCalls(failed, calls, true, 0);
            if (calls.isEmpty()) {
                failedCalls(failed, calls, false, 0);
            }
        }
        if (calls.isEmpty()) {
            String database = databases.get(operation(span.service(), span.name()));
            String text = text(span);
            String state = sqlState(text);
            if (state != null && STATEMENT.contains(state)) {
                note(top, place, span.service(), Reason.STATEMENT, span, text, path);
            } else if (database != null && state != null && SERVER.contains(state)) {
                note(top, place, database, Reason.DATABASE, span, text, above(database, path));
            } else if (span.kind() == Span.Kind.CONSUMER && producer(failed) != null && firstChild[failed] < 0) {
                String topic = Peers.topic(span);
                var way = topic == null ? path : above(topic, path);
                note(top, place, producer(failed), Reason.MESSAGE, span, text, before(producer(failed), way));
            } else if (database != null && !calls(failed, database, 0) && usuallyCalls(request(failed), database)) {
                note(top, place, span.service(), Reason.CONNECTION, span, text, path);
            } else {
                note(top, place, span.service(), Reason.ERROR, span, text, path);
            }
        }
        calls.values().forEach(call -> blameCall(top, call, place, path, depth + 1));
    }

    private String producer(int consumer) {
        return parent[consumer] >= 0 && spans[parent[consumer]].kind() == Span.Kind.PRODUCER ? spans[parent[consumer]].service() : null;
    }

    private static List<String> before(String component, List<String> path) {
        var longer = new ArrayList<String>(path.size() + 1);
        longer.add(component);
        longer.addAll(path);
        return List.copyOf(longer);
    }

    /** Collects the failed calls of a request, the last to each component. @param failed whether to look for failed ones, or for refused ones */
    private void failedCalls(int above, Map<String, Integer> found, boolean failed, int depth) {
        for (int child = firstChild[above]; child >= 0 && depth < MAX_DEPTH; child = nextSibling[child]) {
            if (spans[child].kind().isExit()) {
                String callee = callee(child);
                if (callee != null && (failed ? hasFailed(child) : wasRefused(child))) {
                    found.merge(callee, child, (one, other) -> spans[one].endNanos() >= spans[other].endNanos() ? one : other);
                }
            } else if (!spans[child].kind().isEntry()) {
                failedCalls(child, found, failed, depth + 1);
            }
        }
    }

    private boolean calls(int above, String component, int depth) {
        for (int child = firstChild[above]; child >= 0 && depth < MAX_DEPTH; child = nextSibling[child]) {
            if (spans[child].kind().isExit() ? component.equals(callee(child)) : calls(child, component, depth + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether most requests of an operation call a component, and not only one now and then. */
    private boolean usuallyCalls(Key request, String component) {
        return usual.computeIfAbsent(request, _ -> {
            var requests = past.of(request).plus(window.sum(request, 0, Window.BUCKETS)).count();
            double calls = past.keysWith(window).stream()
                    .filter(key -> key.what() == Key.What.CALL && key.component().equals(request.component())
                            && key.operation().equals(request.operation()) && key.other().equals(component))
                    .mapToDouble(key -> past.of(key).plus(window.sum(key, 0, Window.BUCKETS)).count()).sum();
            return calls >= USUAL * requests;
        });
    }

    private void blameCall(int top, int call, int place, List<String> path, int depth) {
        Span span = spans[call];
        String callee = callee(call);
        int answer = answer(call);
        String text = text(span);
        if (isDatabase(span)) {
            String state = Optional.ofNullable(span.attributes().text("db.response.status_code")).filter(code -> code.length() == 5)
                    .map(code -> code.substring(0, 2)).orElse(sqlState(text));
            if (state != null && STATEMENT.contains(state)) {
                note(top, place, span.service(), Reason.STATEMENT, span, text, path);
            } else {
                note(top, place, callee, Reason.DATABASE, span, text, above(callee, path));
            }
        } else if (span.kind() == Span.Kind.PRODUCER) {
            note(top, place, callee, Reason.SENDING, span, text, above(callee, path));
        } else if (answer >= 0 && (hasFailed(answer) || wasRefused(answer))) {
            blame(top, answer, place, path, depth);
        } else if (Status.of(span) > 0) {
            note(top, place, callee, Reason.ERROR, span, text, above(callee, path));
        } else if (isRefusal(span)) {
            note(top, place, callee, Reason.UNREACHABLE, span, text, above(callee, path));
        } else if (millis(span) < past.slowAbove(callKey(call)) && past.slowAbove(callKey(call)) < Double.POSITIVE_INFINITY) {
            note(top, place, span.service(), Reason.IMPATIENT, span, text, path);
        } else if (answer >= 0) {
            late(top, answer, place, path, depth);
        } else {
            note(top, place, callee, Reason.LATE, span, text, above(callee, path));
        }
    }

    /** Follows the calls that were waited for when the caller gave up. */
    private void late(int top, int answer, int place, List<String> above, int depth) {
        Span span = spans[answer];
        List<String> path = above(span.service(), above);
        var calls = new LinkedHashMap<String, Integer>();
        if (depth < MAX_DEPTH) {
            failedCalls(answer, calls, true, 0);
        }
        if (calls.isEmpty()) {
            note(top, place, span.service(), Reason.LATE, span, text(span), path);
        }
        calls.values().forEach(call -> blameCall(top, call, place, path, depth + 1));
    }

    private static boolean isRefusal(Span span) {
        String type = Optional.ofNullable(span.attributes().text("error.type")).orElse("");
        return type.contains("ConnectException") || type.contains("UnknownHost") || type.contains("ECONNREFUSED")
                || span.statusMessage().toLowerCase(java.util.Locale.ROOT).contains("refused");
    }

    private void note(int top, int place, String component, Reason reason, Span at, String text, List<String> path) {
        var key = new Key(Key.What.BLAME, spans[top].service(), spans[top].name(), component, reason.name());
        window.add(key, place, 0);
        details.note(key, new Example(trace, at.endNanos(), at.service(), text), path);
    }

    /** Returns the best error message: of what was logged in the trace, of the span, or of its exceptions. */
    private String text(Span span) {
        var logged = logs.getOrDefault(trace, List.of()).stream().filter(line -> line.startsWith(span.service() + ": "))
                .map(line -> line.substring(span.service().length() + 2));
        var exceptions = span.events().stream().filter(event -> event.name().equals("exception"))
                .flatMap(event -> Stream.of("exception.message", "exception.type").map(event.attributes()::text));
        return Stream.of(logged, Stream.of(span.statusMessage()), exceptions, Stream.ofNullable(span.attributes().text("error.type")))
                .flatMap(candidates -> candidates).filter(candidate -> candidate != null && !candidate.isBlank()).findFirst()
                .map(text -> text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…").orElse("");
    }

    private static String sqlState(String text) {
        var matcher = SQLSTATE.matcher(text);
        while (matcher.find()) {
            String state = matcher.group(1).substring(0, 2);
            if (STATEMENT.contains(state) || SERVER.contains(state)) {
                return state;
            }
        }
        return null;
    }
}
