package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.debugshop.launcher.build.Build;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.instance.State.Phase;
import org.debugshop.launcher.supervise.ControlSocket;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Service;

/** An instance that is up. Its launcher executes the requests of other {@code ./shop} commands. */
record RunningInstance(Instance instance, State state) {

    /**
     * Returns the running instance. If it is not up, prints that and returns empty.
     *
     * @param names the services that the user named
     */
    static Optional<RunningInstance> find(Instance instance, List<String> names) throws IOException {
        var state = State.read(instance).filter(read -> read.launcher().isAlive());
        if (state.isEmpty()) {
            var left = !Leftovers.of(instance).isEmpty();
            System.err.println(left
                    ? "shop: The launcher of this instance was killed; ./shop up stops what it left and starts everything again."
                    : "shop: Nothing is up; ./shop up starts everything, ./shop up --only " + String.join(",", names) + " only that.");
            return Optional.empty();
        }
        if (state.get().phase() != Phase.UP) {
            System.err.println("shop: This instance is " + state.get().phase().name().toLowerCase(Locale.ROOT)
                    + "; try again in a moment.");
            return Optional.empty();
        }
        return Optional.of(new RunningInstance(instance, state.get()));
    }

    /**
     * Builds those of these services that are stale. Services in dev mode are left out, because dev mode compiles. Returns whether all were
     * built.
     */
    boolean build(List<Service> services) throws IOException, InterruptedException {
        var packaged = services.stream().filter(service -> !state.find(service.name()).map(State.Entry::isInDevMode).orElse(false))
                .toList();
        return new Build(instance.checkout(), new Screen(Terminal.current(), System.out)).run(packaged);
    }

    /** Sends the command to the launcher, prints its answer and returns the exit code. */
    int ask(String command, List<String> words) throws IOException, InterruptedException {
        return ask(command, words, System.out::println);
    }

    /** Like {@link #ask(String, List)}, but passes the lines of the answer to a consumer. */
    int ask(String command, List<String> words, Consumer<String> lines) throws IOException, InterruptedException {
        return ControlSocket.send(instance, command, words, lines).orElseGet(() -> {
            System.err.println("shop: The launcher (pid " + state.launcher().pid() + ") does not answer; ./shop down ends it.");
            return Shop.FAILED;
        });
    }

    /** Prints a warning if the packaged service is older than its sources, because the user may expect to see the changes. */
    void warnIfStale(Service service) throws IOException {
        if (!new Build(instance.checkout(), new Screen(Terminal.current(), System.out)).stale(List.of(service)).isEmpty()) {
            var offset = instance.offset() == 0 ? "" : " --port-offset " + instance.offset();
            System.out
                    .println("The sources of " + service.name() + " changed since it was packaged, and what runs now is what was packaged. "
                            + "./shop restart " + service.name() + offset + " builds and runs the changes.");
        }
    }
}
