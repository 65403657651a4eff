package org.debugshop.launcher.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.debugshop.launcher.build.Build;
import org.debugshop.launcher.build.Training;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.InstanceLock;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.instance.State.Phase;
import org.debugshop.launcher.os.LogFile;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.os.Problem;
import org.debugshop.launcher.os.Signals;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.supervise.Session;
import org.debugshop.launcher.supervise.SupervisedService;
import org.debugshop.launcher.supervise.Supervisor;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "up", description = {"Build what changed, start everything, keep it running",
        "",
        "What was built is trained once: it starts, works a little and stops, and the JVM keeps the classes as they are then (an AOT "
                + "cache), so that it starts in half the time from then on.",
        "",
        "Starts all services side by side and waits until each answers /health/ready; then prints the addresses. A service that dies "
                + "later is started again, after 1, 2, 4 and up to 30 seconds. Ctrl-C stops everything, the last started first; a second "
                + "Ctrl-C does so at once.",
        ""}, footer = {"", "Examples:",
                "  ./shop up                                  in the foreground",
                "  ./shop up -d && ./shop logs -f gateway     in the background; then ./shop down",
                "  ./shop up --only instabook,instabook-cache only these",
                "  ./shop up --memory                         the smallest: no PostgreSQL, no Kafka, no stock",
                "  ./shop up -d --port-offset 100             a second copy, ports 8180 and so on",
                "  ./shop up --otlp-port 14318 --otlp-endpoint http://localhost:4318",
                "                                             telemetry also to a Collector that has port 4318",
                "",
                "Exit codes: 0 started (with -d), or it was up already; 1 something did not start, all is stopped again;",
                "129, 130, 143 ended by a closed terminal, by Ctrl-C, by a kill."})
final class UpCommand implements Callable<Integer> {

    private static final Duration REDRAW = Duration.ofMillis(100);

    @Mixin
    private InstanceOptions common;

    @Mixin
    private TelemetryOptions telemetry;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-d", "--detach"}, description = "Return as soon as everything is ready; it runs on in the background.")
    private boolean detach;

    @Option(names = "--only", paramLabel = "NAME", split = ",", completionCandidates = Candidates.Services.class, description = "Start only these services (a,b,c).")
    private List<String> only = List.of();

    @Option(names = "--memory", description = "Leave PostgreSQL, Kafka and what needs them out: orders are kept in memory and not announced.")
    private boolean memory;

    @Option(names = "--without-load", description = "Leave the load generators out.")
    private boolean withoutLoad;

    @Option(names = "--no-restart", description = "Let a service that dies stay dead.")
    private boolean noRestart;

    @Option(names = "--no-training", description = "Make no AOT caches of what was built; this start is slower, and so are the next.")
    private boolean noTraining;

    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = Instance.DEFAULT_HOST, description = "Listen on this address of the machine, 0.0.0.0 for all. There is no password on most of it. "
            + "Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "180", description = "How long all of it may take to become ready. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(names = "--supervise", hidden = true, description = "Be the background half of -d.")
    private boolean supervise;

    private final Screen screen = new Screen(Terminal.current(), System.out);

    @Override
    public Integer call() throws IOException, InterruptedException {
        var selected = selected();
        var instance = common.instance().with(telemetry.telemetry(common.instance(), selected));
        checkHost();
        checkPages(instance, selected);
        if (timeout < 1) {
            throw new ParameterException(spec.commandLine(), "--timeout must be at least 1 second.");
        }
        var held = InstanceLock.tryAcquire(instance);
        if (held.isEmpty()) {
            return alreadyUp(instance, selected);
        }
        try (var _ = held.get()) {
            if (!supervise && !prepare(instance, selected)) {
                return Shop.FAILED;
            }
            if (!detach) {
                var options = new Supervisor.Options(host, !noRestart, Duration.ofSeconds(timeout), OsProcess.PATIENCE,
                        SupervisedService.Timing.STANDARD);
                return new Session(instance, screen, supervise).run(selected, options);
            }
        }
        return inBackground(instance);
    }

    private List<Service> selected() {
        var chosen = only.isEmpty() ? common.topology().services() : common.services(only);
        var services = chosen.stream().filter(service -> !(withoutLoad && service.load() || memory && service.needsEngines())).toList();
        if (services.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Nothing is left to start.");
        }
        return services;
    }

    private void checkHost() throws IOException {
        try {
            var address = InetAddress.getByName(host);
            if (!address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) == null) {
                throw new ParameterException(spec.commandLine(), "--host " + host + " is no address of this machine.");
            }
        } catch (UnknownHostException unknown) {
            throw new ParameterException(spec.commandLine(), "--host " + host + " is no address of this machine.");
        }
    }

    /** A page at a port that browsers refuse could never be seen. */
    private void checkPages(Instance instance, List<Service> selected) {
        var pages = selected.stream().filter(service -> service.page().isPresent()).toList();
        for (var service : pages) {
            if (Ports.REFUSED_BY_BROWSERS.contains(instance.port(service.port()))) {
                var fitting = IntStream.iterate(instance.offset() + 1, offset -> offset + 1)
                        .filter(offset -> pages.stream().noneMatch(page -> Ports.REFUSED_BY_BROWSERS.contains(page.port() + offset)))
                        .findFirst().orElseThrow();
                throw new ParameterException(spec.commandLine(), "--port-offset " + instance.offset() + " would put the page of "
                        + service.name() + " at port " + instance.port(service.port())
                        + ", which browsers refuse to open. --port-offset " + fitting + " does not.");
            }
        }
    }

    /** Everything that can go wrong before a process is started, looked for before one is. */
    private boolean prepare(Instance instance, List<Service> selected) throws IOException, InterruptedException {
        var left = new ArrayList<>(Leftovers.of(instance));
        left.addAll(Training.leftovers(instance.checkout()));
        if (!left.isEmpty()) {
            screen.line("The launcher of an earlier run is gone; stopping what it left: " + Leftovers.names(left));
            Leftovers.stop(left);
        }
        if (!new Build(instance.checkout(), screen).run(selected)) {
            return false;
        }
        if (!noTraining) {
            new Training(instance.checkout(), instance.topology(), screen).run(selected);
        }
        var taken = selected.stream().flatMap(service -> instance.takenPorts(service, host).stream()).toList();
        if (!taken.isEmpty()) {
            System.err.println("shop: Not started, because something else listens where it would:");
            taken.forEach(port -> System.err.println("  " + port));
            var advice = selected.stream().anyMatch(Service::takesOtlp)
                    ? telemetry.adviceIfTaken(instance, host)
                    : Optional.<String>empty();
            advice.ifPresent(System.err::println);
            if (advice.isEmpty() || taken.size() > telemetry.taken(instance, host).size()) {
                System.err.println("End that, or start beside it with --port-offset.");
            }
            if (selected.stream().anyMatch(service -> service.kind().isEngine() && !instance.takenPorts(service, host).isEmpty())) {
                System.err.println("--memory does without PostgreSQL and Kafka, if you have your own there.");
            }
        }
        return taken.isEmpty();
    }

    /** Starts this program again as a process of its own and waits until that has everything ready. */
    private int inBackground(Instance instance) throws IOException, InterruptedException {
        var arguments = new ArrayList<String>();
        arguments.add(LaunchCommand.java());
        arguments.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        arguments.removeIf(argument -> argument.startsWith("-Dshop.terminal"));
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path"), Shop.class.getName(), "up", "--supervise",
                "--port-offset", Integer.toString(instance.offset()), "--host", host, "--timeout", Integer.toString(timeout)));
        if (instance.topology() == Topology.BARE) {
            arguments.add("--bare");
        }
        if (!only.isEmpty()) {
            arguments.addAll(List.of("--only", String.join(",", only)));
        }
        telemetry.port().ifPresent(port -> arguments.addAll(List.of("--otlp-port", Integer.toString(port))));
        if (withoutLoad) {
            arguments.add("--without-load");
        }
        if (memory) {
            arguments.add("--memory");
        }
        if (noRestart) {
            arguments.add("--no-restart");
        }
        var log = new LogFile(instance.log("launcher"));
        log.startNew();
        var background = OsProcess.detached(arguments)
                .directory(instance.checkout().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
        background.environment().putAll(instance.telemetry().asEnvironment());
        var launcher = background.start();
        Signals.onEnding(number -> {
            launcher.destroy();
            exitWhenGone(launcher, 128 + number);
        });
        while (launcher.isAlive()) {
            var state = State.read(instance).filter(read -> read.launcher().pid() == launcher.pid());
            state.ifPresent(read -> screen.show(read.services()));
            if (state.isPresent() && state.get().phase() == Phase.UP) {
                screen.keep();
                Session.printAddresses(screen, instance, state.get());
                return Shop.OK;
            }
            launcher.waitFor(REDRAW);
        }
        var state = State.read(instance).filter(read -> read.launcher().pid() == launcher.pid());
        screen.keep();
        System.err.println(state.map(State::failure).orElseGet(() -> "shop: The launcher ended: " + lastWords(log)));
        return Shop.FAILED;
    }

    private static void exitWhenGone(Process launcher, int code) {
        Thread.ofVirtual().start(() -> {
            launcher.onExit().join();
            Runtime.getRuntime().halt(code);
        });
    }

    private static String lastWords(LogFile log) {
        try {
            var lines = String.join("\n", log.lastLines(20));
            return lines.isBlank() ? "it could not even write " + log.path() + "; is the disk full?" : lines;
        } catch (IOException unreadable) {
            return Problem.of(unreadable);
        }
    }

    private int alreadyUp(Instance instance, List<Service> selected) throws IOException {
        var running = State.read(instance).filter(state -> state.launcher().isAlive());
        if (running.isEmpty()) {
            System.err.println("shop: Another ./shop up is at work on this instance (.shop/" + instance.offset() + ").");
            return Shop.FAILED;
        }
        var state = running.get();
        var who = "the launcher with pid " + state.launcher().pid();
        switch (state.phase()) {
            case STARTING -> System.err.println("shop: " + who + " is starting this instance already; ./shop status shows how far it is.");
            case STOPPING, STOPPED, FAILED -> System.err.println("shop: " + who + " is stopping this instance; try again in a moment.");
            case UP -> {
                var names = state.services().stream().map(State.Entry::name).collect(Collectors.toSet());
                var missing = selected.stream().map(Service::name).filter(name -> !names.contains(name)).toList();
                var excess = memory
                        ? instance.topology().services().stream().filter(Service::needsEngines).map(Service::name).filter(names::contains)
                                .toList()
                        : List.of();
                if (!excess.isEmpty() || !state.host().equals(host) || !missing.isEmpty()
                        || !telemetry.agreeWith(state, instance.telemetry())) {
                    System.err.println("shop: Already up with other options (" + who + "): it listens on " + state.host()
                            + ", takes OTLP at port " + state.otlpPort() + " and forwards telemetry "
                            + (state.forwardedTo() == null ? "nowhere" : "to " + state.forwardedTo())
                            + (missing.isEmpty() ? "" : " and runs without " + String.join(", ", missing))
                            + (excess.isEmpty() ? "" : " and runs with engines")
                            + ". ./shop start adds a service; ./shop down comes first for anything else.");
                    return Shop.FAILED;
                }
                var unready = state.services().stream()
                        .filter(entry -> entry.state() != State.Condition.READY)
                        .map(State.Entry::name)
                        .toList();
                if (telemetry.namesHeaders()) {
                    System.out.println("The headers for " + state.forwardedTo()
                            + " are those it was started with; ./shop down comes first to change them.");
                }
                System.out.println("Already up (" + who + ")."
                        + (unready.isEmpty() ? "" : " Not ready: " + String.join(", ", unready) + "."));
                var stale = new Build(instance.checkout(), screen).stale(selected);
                if (!stale.isEmpty()) {
                    System.out.println("The sources of " + String.join(", ", stale)
                            + " changed since; ./shop restart builds and restarts a service.");
                }
                Session.printAddresses(screen, instance, state);
                return unready.isEmpty() ? Shop.OK : Shop.FAILED;
            }
        }
        return Shop.FAILED;
    }
}
