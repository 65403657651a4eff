package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.debugshop.launcher.build.Build;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.supervise.Session;
import org.debugshop.launcher.topology.Service;

/**
 * The answer of {@code ./shop up} if the instance is up already.
 *
 * @param instance the instance with the options of this command
 * @param selected the services that this command would have started
 */
record AlreadyUp(Instance instance, List<Service> selected, String host, boolean memory, TelemetryOptions telemetry, Screen screen) {

    /** Prints the answer and returns the exit code: 0 if the running instance has the options of this command. */
    int report() throws IOException {
        var running = State.read(instance).filter(state -> state.launcher().isAlive());
        if (running.isEmpty()) {
            return refuse("Another ./shop up is at work on this instance (.shop/" + instance.offset() + ").");
        }
        var state = running.get();
        var launcher = "the launcher with pid " + state.launcher().pid();
        return switch (state.phase()) {
            case STARTING -> refuse(launcher + " is starting this instance already; ./shop status shows how far it is.");
            case STOPPING, STOPPED, FAILED -> refuse(launcher + " is stopping this instance; try again in a moment.");
            case UP -> isAsAskedFor(state)
                    ? show(state, launcher)
                    : refuse("Already up with other options (" + launcher + "): it " + description(state)
                            + ". ./shop start adds a service; ./shop down comes first for anything else.");
        };
    }

    private boolean isAsAskedFor(State state) {
        return state.host().equals(host) && missing(state).isEmpty() && !hasUnwantedEngines(state)
                && telemetry.agreeWith(state, instance.telemetry());
    }

    private List<String> missing(State state) {
        return selected.stream().map(Service::name).filter(name -> state.find(name).isEmpty()).toList();
    }

    private boolean hasUnwantedEngines(State state) {
        return memory && instance.topology().services().stream()
                .anyMatch(service -> service.needsEngines() && state.find(service.name()).isPresent());
    }

    /** Describes the options of the running instance as a verb phrase. */
    private String description(State state) {
        var facts = new ArrayList<>(List.of("listens on " + state.host(), "takes OTLP at port " + state.otlpPort(),
                state.forwardedTo() == null ? "does not forward telemetry" : "forwards telemetry to " + state.forwardedTo()));
        if (!missing(state).isEmpty()) {
            facts.add("runs without " + String.join(", ", missing(state)));
        }
        if (hasUnwantedEngines(state)) {
            facts.add("runs with engines");
        }
        return String.join(", ", facts.subList(0, facts.size() - 1)) + " and " + facts.getLast();
    }

    private int show(State state, String launcher) throws IOException {
        if (telemetry.namesHeaders()) {
            System.out.println("The headers for " + state.forwardedTo()
                    + " are those it was started with; ./shop down comes first to change them.");
        }
        var unready = state.services().stream()
                .filter(entry -> entry.state() != State.Condition.READY)
                .map(State.Entry::name)
                .collect(Collectors.joining(", "));
        System.out.println("Already up (" + launcher + ")." + (unready.isEmpty() ? "" : " Not ready: " + unready + "."));
        var stale = new Build(instance.checkout(), screen).stale(selected);
        if (!stale.isEmpty()) {
            System.out.println("The sources of " + String.join(", ", stale)
                    + " have changed; ./shop restart builds and restarts a service.");
        }
        Session.printAddresses(screen, instance, state);
        return unready.isEmpty() ? Shop.OK : Shop.FAILED;
    }

    private static int refuse(String sentence) {
        System.err.println("shop: " + sentence);
        return Shop.FAILED;
    }
}
