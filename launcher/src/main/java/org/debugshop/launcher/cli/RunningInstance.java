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

/** An instance that is up, whose launcher carries out the commands of another {@code ./shop}. */
record RunningInstance(Instance instance, State state) {

    /**
     * Empty if this instance is not up, which it has then printed.
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

    /** Builds what is stale of these services; not what runs in dev mode, which does so itself. Returns whether all could be built. */
    boolean build(List<Service> services) throws IOException, InterruptedException {
        var packaged = services.stream().filter(service -> !state.find(service.name()).map(State.Entry::isInDevMode).orElse(false))
                .toList();
        return new Build(instance.checkout(), new Screen(Terminal.current(), System.out)).run(packaged);
    }

    /** Sends the command to the launcher, prints its answer and returns the exit code. */
    int ask(String command, List<String> words) throws IOException, InterruptedException {
        return ask(command, words, System.out::println);
    }

    /** As {@link #ask(String, List)}, with the lines of the answer going elsewhere. */
    int ask(String command, List<String> words, Consumer<String> lines) throws IOException, InterruptedException {
        return ControlSocket.send(instance, command, words, lines).orElseGet(() -> {
            System.err.println("shop: The launcher (pid " + state.launcher().pid() + ") does not answer; ./shop down ends it.");
            return Shop.FAILED;
        });
    }

    /** Prints a warning if the packaged service is older than its sources, since the user may expect to see the changes. */
    void warnIfStale(Service service) throws IOException {
        if (!new Build(instance.checkout(), new Screen(Terminal.current(), System.out)).stale(List.of(service)).isEmpty()) {
            var offset = instance.offset() == 0 ? "" : " --port-offset " + instance.offset();
            System.out
                    .println("The sources of " + service.name() + " changed since it was packaged, and what runs now is what was packaged. "
                            + "./shop restart " + service.name() + offset + " builds and runs the changes.");
        }
    }
}
