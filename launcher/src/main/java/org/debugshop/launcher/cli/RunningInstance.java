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

/** An instance whose launcher carries out what another {@code ./shop} asks for. */
record RunningInstance(Instance instance, State state) {

    /** Empty when there is none that is up; it has said so then. @param names what the user wants of it */
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

    /** Has the launcher do it, shows what it says and returns the exit code. */
    int ask(String command, List<String> words) throws IOException, InterruptedException {
        return ask(command, words, System.out::println);
    }

    /** As {@link #ask(String, List)}, with what it says going elsewhere. */
    int ask(String command, List<String> words, Consumer<String> lines) throws IOException, InterruptedException {
        return ControlSocket.send(instance, command, words, lines).orElseGet(() -> {
            System.err.println("shop: The launcher (pid " + state.launcher().pid() + ") does not answer; ./shop down ends it.");
            return Shop.FAILED;
        });
    }

    /** Says so when what was packaged is older than the sources: the user may believe to see the changes run. */
    void tellIfStale(Service service) throws IOException {
        if (!new Build(instance.checkout(), new Screen(Terminal.current(), System.out)).stale(List.of(service)).isEmpty()) {
            var offset = instance.offset() == 0 ? "" : " --port-offset " + instance.offset();
            System.out
                    .println("The sources of " + service.name() + " changed since it was packaged, and what runs now is what was packaged. "
                            + "./shop restart " + service.name() + offset + " builds and runs the changes.");
        }
    }
}
