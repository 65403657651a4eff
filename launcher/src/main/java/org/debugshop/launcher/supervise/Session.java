package org.debugshop.launcher.supervise;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.instance.State.Phase;
import org.debugshop.launcher.os.LogFile;
import org.debugshop.launcher.os.Signals;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;

/**
 * Runs a {@link Supervisor} and everything around it: signals, the requests of other {@code ./shop} commands, and the screen.
 *
 * @param background whether this is the process that {@code ./shop up -d} leaves in the background
 */
public record Session(Instance instance, Screen screen, boolean background) {

    private static final Duration REDRAW = Duration.ofMillis(100);

    /** What is done beside the running system. An interrupt ends it when the system stops. */
    public interface Aside {
        void run() throws InterruptedException;
    }

    /** Runs until all processes have ended, and returns the exit code. */
    public int run(List<Service> selected, Supervisor.Options options, Aside aside) throws IOException, InterruptedException {
        var supervisor = new Supervisor(instance, selected, options, this::report);
        var signal = new AtomicInteger();
        Signals.onEnding(number -> {
            if (!signal.compareAndSet(0, number)) {
                supervisor.kill();
                Runtime.getRuntime().halt(128 + number);
            }
            screen.plain("Stopping");
            supervisor.requestStop();
        });
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(supervisor::kill));
        loadAllClasses();
        var canaries = new Canaries(instance, supervisor, options.host(), this::report);
        try (var _ = ControlSocket.listen(instance, new ControlCommands(instance, supervisor, canaries))) {
            if (watch(supervisor, supervisor::start)) {
                BadCanary.listen(instance, canaries, BadCanary.LEASE);
                screen.keep();
                printAddresses(screen, instance, supervisor.state());
                if (!background) {
                    screen.line("Ctrl-C stops everything.");
                }
                var besides = Thread.ofPlatform().daemon().start(() -> untilInterrupted(aside));
                supervisor.awaitStopRequest();
                besides.interrupt();
                besides.join();
            }
            watch(supervisor, () -> {
                canaries.removeRoutes();
                supervisor.stop();
                return true;
            });
            screen.keep();
        }
        var state = supervisor.state();
        if (state.phase() == Phase.FAILED && !background) {
            System.err.println(state.failure());
        }
        return signal.get() != 0 ? 128 + signal.get() : state.phase() == Phase.FAILED ? ControlSocket.FAILED : ControlSocket.OK;
    }

    private static void untilInterrupted(Aside aside) {
        try {
            aside.run();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Shows a line. In the background it is written to the launcher's own log, whose size is limited like that of the other logs. */
    private void report(String line) {
        screen.line(line);
        if (background) {
            try {
                new LogFile(instance.log("launcher")).rotateOver(LogFile.LIMIT);
            } catch (IOException impossible) {
                // The log grows until a rotation is possible again.
            }
        }
    }

    private interface Work {
        boolean run() throws IOException, InterruptedException;
    }

    /** Shows the services' states while a task runs. */
    private boolean watch(Supervisor supervisor, Work work) throws IOException, InterruptedException {
        var drawing = Thread.ofVirtual().start(() -> drawUntilInterrupted(supervisor::state));
        try {
            return work.run();
        } finally {
            drawing.interrupt();
            drawing.join();
            screen.show(supervisor.state().services());
        }
    }

    private void drawUntilInterrupted(Supplier<State> state) {
        try {
            while (true) {
                screen.show(state.get().services());
                Thread.sleep(REDRAW);
            }
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns a line for each page that users open. */
    public static void printAddresses(Screen screen, Instance instance, State state) {
        for (var service : instance.topology().services()) {
            service.page().filter(_ -> state.find(service.name()).isPresent()).ifPresent(
                    page -> screen.line("  %-27s %s%s".formatted(page.what(), instance.url(service, state.host()), page.path())));
        }
        telemetry(new Instance(instance.checkout(), instance.offset(), instance.topology()), state).forEach(screen::line);
    }

    /** Returns a line for each additional receiver of telemetry. */
    public static List<String> telemetry(Instance instance, State state) {
        var lines = new ArrayList<String>();
        var format = "  %-27s %s";
        if (state.otlpPort() != instance.port(Topology.OTLP_PORT)) {
            lines.add(format.formatted("OTLP receiver", "http://localhost:" + state.otlpPort()));
        }
        if (state.forwardedTo() != null && !state.forwardedTo().isEmpty()) {
            lines.add(format.formatted("telemetry is forwarded to", state.forwardedTo()));
        }
        return lines;
    }

    /** Loads all classes now, because a rebuild of the launcher replaces the jar, and classes could not be loaded later. */
    private static void loadAllClasses() throws IOException {
        var file = new File(System.getProperty("java.class.path")); // ./shop puts nothing but the jar there
        if (!file.isFile()) {
            return;
        }
        try (var jar = new JarFile(file)) {
            for (var name : jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList()) {
                Class.forName(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
            }
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
