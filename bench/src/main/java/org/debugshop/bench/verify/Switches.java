package org.debugshop.bench.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;

/** Switches faults through the console's API, and remembers what is on. */
final class Switches {

    private static final Duration LATEST = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final String console;
    private final Set<String> on = ConcurrentHashMap.newKeySet();

    Switches(String console) {
        this.console = console;
    }

    /** Returns why the fault is not as wanted; empty if it is. */
    Optional<String> set(String fault, boolean active) {
        if (active) {
            on.add(fault);
        }
        var answer = Http.ifAnswered(() -> Http.put(console + "/api/faults/" + fault, "{\"active\":" + active + "}"));
        if (answer.isEmpty()) {
            return Optional.of("the console does not answer");
        }
        if (answer.get().status() != 200) {
            return Optional.of("the console answered " + answer.get());
        }
        var state = Json.tree(answer.get().body());
        // A service that is being restarted confirms it later than the console waits.
        for (var end = System.nanoTime() + LATEST.toNanos(); !is(state, active) && System.nanoTime() < end;) {
            sleep();
            state = Http.ifAnswered(() -> Http.get(console + "/api/faults/" + fault)).filter(read -> read.status() == 200)
                    .map(read -> Json.tree(read.body())).orElse(state);
        }
        if (!is(state, active)) {
            return Optional.of("it was not switched " + (active ? "on" : "off") + ": " + why(state));
        }
        if (!active) {
            on.remove(fault);
        }
        return Optional.empty();
    }

    private static boolean is(JsonNode state, boolean active) {
        return state.path("active").isBoolean() && state.path("active").booleanValue() == active;
    }

    private static void sleep() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static String why(JsonNode state) {
        var problems = StreamSupport.stream(state.path("instances").spliterator(), false).filter(one -> one.path("problem").isTextual())
                .map(one -> one.path("service").asText() + ": " + one.path("problem").asText()).collect(Collectors.joining("; "));
        return problems.isEmpty() ? state.path("error").asText("no reason given") : problems;
    }

    /** Switches off all that may be on. */
    void off() {
        Set.copyOf(on).forEach(fault -> set(fault, false));
    }
}
