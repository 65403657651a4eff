package org.debugshop.console.failures;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.debugshop.console.analysis.Overview;
import org.debugshop.console.failures.FailuresResource.Symptom;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A game: a fault is switched on, and the player finds out which component is at fault, and what is wrong there. While a game runs, the
 * console does not show which faults are on. There is one game at a time.
 */
@Singleton
final class IncidentGame {

    /** The answer that no component of the system is at fault. */
    static final String NOTHING = "none";
    /** Why the state of all faults is unknown during a game. */
    static final String RUNNING = "An incident game is running; ./shop incident --give-up ends it";

    /** A game that is left alone ends after this time, so that no system stays broken by accident. */
    private static final Duration LONGEST = Duration.ofHours(1);
    /** How many faults are tried if some cannot be switched on. */
    private static final int ATTEMPTS = 5;
    private static final int MAX_GUESSES = 200;
    /** Nothing is to be found for this kind. */
    private static final String HARMLESS = "nothing";
    static final List<String> KINDS = List.of("errors", "latency", "saturation", "lock", "data", "messages", "configuration", "release",
            "load");

    /** How close a guess is. */
    enum Closeness {
        RIGHT("That is it."), RIGHT_COMPONENT("It starts there, but something else is wrong."), ON_PATH(
                "The failure passes through it, but starts somewhere else."), ONE_HOP("It is next to where the failure starts."), ELSEWHERE(
                        "It is not near where the failure starts.");

        final String sentence;

        Closeness(String sentence) {
            this.sentence = sentence;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Schema(name = "IncidentGuess")
    record Guess(String component, String kind,
            @Schema(description = "right, right_component (of another kind), on_path, one_hop or elsewhere") String closeness,
            String sentence, double seconds) {}

    @Schema(name = "IncidentAnswer", description = "What was switched on, and what would have shown it")
    record Answer(String id, String title, @Schema(description = "The component, or none") String component, String kind, List<String> path,
            String answer, List<String> hints, List<String> sources, Symptom symptom) {}

    @Schema(name = "IncidentGame")
    record View(@Schema(nullable = true, description = "Repeats the game") Long seed,
            @Schema(description = "none, running, solved, given_up or expired") String state,
            @Schema(nullable = true) Instant started, double seconds,
            @Schema(description = "What can be guessed") List<String> components, List<String> kinds, List<Guess> guesses,
            @Schema(nullable = true, description = "null while the game runs") Answer answer) {}

    private final FaultCatalogue faults;
    private final FaultSwitches switches;
    private final Overview overview;
    private final Vertx vertx;

    // All are guarded by this.
    private Fault fault;
    private boolean starting;
    private long seed;
    private Instant started;
    private Instant ended;
    private String state;
    private long timer;
    private final List<Guess> guesses = new ArrayList<>();

    IncidentGame(FaultCatalogue faults, FaultSwitches switches, Overview overview, Vertx vertx) {
        this.faults = faults;
        this.switches = switches;
        this.overview = overview;
        this.vertx = vertx;
    }

    /** Returns whether a game runs, so that the states of faults are secret. */
    synchronized boolean isRunning() {
        return starting || fault != null && ended == null;
    }

    /** Returns the game that runs, or the latest. Its state is {@code none} if there was no game yet. */
    synchronized View current() {
        return fault == null ? new View(null, "none", null, 0, components(), KINDS, List.of(), null) : view();
    }

    /**
     * Starts a game. The same seed chooses the same fault, as long as the same faults can be switched on.
     *
     * @throws HttpError 409 if a game runs or a fault is on; 502 if none can be switched on
     */
    Uni<View> start(long chosenSeed) {
        synchronized (this) {
            if (isRunning()) {
                throw new HttpError(409, RUNNING);
            }
            starting = true;
        }
        var candidates = shuffled(faults.all(), chosenSeed);
        return whatever(Uni.join().all(candidates.stream().map(switches::state).toList()).andFailFast().chain(states -> {
            if (states.contains(FaultState.BROKEN)) {
                throw new HttpError(409, "Something is broken already; heal it first");
            }
            var possible = candidates.stream().filter(candidate -> states.get(candidates.indexOf(candidate)) == FaultState.HEALED
                    && !HARMLESS.equals(candidate.origin().path("kind").asText())).limit(ATTEMPTS).toList();
            return firstOf(possible);
        }).emitOn(Infrastructure.getDefaultWorkerPool()).map(chosen -> begin(chosenSeed, chosen)).onFailure().invoke(this::notStarted));
    }

    /** Does the work even if the player does not wait for the answer, because Quarkus cancels what a closed connection has requested. */
    private static <T> Uni<T> whatever(Uni<T> work) {
        var shared = work.memoize().indefinitely();
        shared.subscribe().with(_ -> {}, _ -> {});
        return shared;
    }

    /** Returns the elements in an order that depends on the seed only. */
    static <T> List<T> shuffled(List<T> elements, long seed) {
        var shuffled = new ArrayList<>(elements);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled;
    }

    private Uni<Fault> firstOf(List<Fault> possible) {
        if (possible.isEmpty()) {
            throw new HttpError(502, "No fault can be switched on");
        }
        var candidate = possible.getFirst();
        return Uni.createFrom().deferred(() -> switches.set(candidate, true, OptionalDouble.empty()))
                .onFailure(HttpError.class).recoverWithItem(FaultState.UNKNOWN)
                .chain(now -> now == FaultState.BROKEN
                        ? Uni.createFrom().item(candidate)
                        : off(candidate).chain(() -> firstOf(possible.subList(1, possible.size()))));
    }

    private Uni<FaultState> off(Fault broken) {
        return Uni.createFrom().deferred(() -> switches.set(broken, false, OptionalDouble.empty()))
                .onFailure(HttpError.class).recoverWithItem(FaultState.UNKNOWN);
    }

    private synchronized void notStarted() {
        starting = false;
    }

    private synchronized View begin(long chosenSeed, Fault chosen) {
        starting = false;
        fault = chosen;
        seed = chosenSeed;
        started = Instant.now();
        ended = null;
        state = "running";
        guesses.clear();
        timer = vertx.setTimer(LONGEST.toMillis(), _ -> end("expired").subscribe().with(_ -> {},
                failure -> Log.warnf("Cannot end the incident game: %s", failure.getMessage())));
        return view();
    }

    /**
     * Takes a guess. The right one ends the game.
     *
     * @throws HttpError 400 for a component or kind that cannot be guessed, 404 if no game runs, 409 after too many guesses
     */
    Uni<View> guess(String component, String kind) {
        boolean right;
        synchronized (this) {
            requireGame();
            if (!components().contains(component)) {
                throw HttpError.badRequest("The component must be one of " + String.join(", ", components()));
            }
            if (!KINDS.contains(kind)) {
                throw HttpError.badRequest("The kind must be one of " + String.join(", ", KINDS));
            }
            if (guesses.size() >= MAX_GUESSES) {
                throw new HttpError(409, "You have made " + MAX_GUESSES + " guesses; give up");
            }
            var closeness = closeness(fault.origin(), component, kind, calls());
            guesses.add(new Guess(component, kind, closeness.word(), closeness.sentence, seconds()));
            right = closeness == Closeness.RIGHT;
            if (!right) {
                return Uni.createFrom().item(view());
            }
        }
        return end("solved");
    }

    /**
     * Ends the game, and switches the fault off.
     *
     * @param how the new state
     * @throws HttpError 404 if no game runs
     */
    Uni<View> end(String how) {
        Fault broken;
        synchronized (this) {
            requireGame();
            ended = Instant.now();
            state = how;
            broken = fault;
            vertx.cancelTimer(timer);
        }
        return whatever(off(broken)).emitOn(Infrastructure.getDefaultWorkerPool()).map(_ -> {
            synchronized (this) {
                return view();
            }
        });
    }

    private void requireGame() {
        if (fault == null || ended != null || starting) {
            throw HttpError.notFound("No incident game is running");
        }
    }

    /** Returns how close a guess is. @param calls pairs of components of which one calls the other */
    static Closeness closeness(JsonNode origin, String component, String kind, Set<List<String>> calls) {
        var names = new TreeSet<>(texts(origin.path("also")));
        names.add(origin.path("component").asText(NOTHING));
        if (names.contains(component)) {
            return kind.equals(origin.path("kind").asText()) ? Closeness.RIGHT : Closeness.RIGHT_COMPONENT;
        }
        if (texts(origin.path("path")).contains(component)) {
            return Closeness.ON_PATH;
        }
        return names.stream().anyMatch(name -> calls.contains(List.of(name, component)) || calls.contains(List.of(component, name)))
                ? Closeness.ONE_HOP
                : Closeness.ELSEWHERE;
    }

    private Set<List<String>> calls() {
        var calls = new HashSet<List<String>>();
        overview.at(Instant.now()).edges().forEach(edge -> calls.add(List.of(edge.from(), edge.to())));
        return calls;
    }

    /** Returns all that may be guessed: what any fault may concern, and the services that are there. */
    private List<String> components() {
        var all = new TreeSet<String>();
        for (Fault one : faults.all()) {
            all.addAll(one.owners());
            all.addAll(texts(one.origin().path("path")));
            all.addAll(texts(one.origin().path("also")));
            if (one.origin().path("component").isTextual()) {
                all.add(one.origin().path("component").asText());
            }
        }
        overview.at(Instant.now()).services().forEach(service -> all.add(service.name()));
        all.add(NOTHING);
        return List.copyOf(all);
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }

    private double seconds() {
        return Math.round(Duration.between(started, ended == null ? Instant.now() : ended).toMillis() / 100.0) / 10.0;
    }

    private View view() {
        var answer = ended == null
                ? null
                : new Answer(fault.id(), fault.title(), fault.origin().path("component").asText(NOTHING),
                        fault.origin().path("kind").asText(),
                        texts(fault.origin().path("path")), fault.answer(), fault.hints(), fault.sources(), Symptom.of(fault.symptom()));
        return new View(seed, state, started, seconds(), components(), KINDS, List.copyOf(guesses), answer);
    }
}
