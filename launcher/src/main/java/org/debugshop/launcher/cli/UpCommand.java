package org.debugshop.launcher.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.debugshop.launcher.build.Build;
import org.debugshop.launcher.build.Training;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.InstanceLock;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.os.Problem;
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
        "After a build, while the system runs, a second copy of it is trained with the least priority: it starts at free ports, handles some "
                + "requests and stops, and each JVM saves its linked classes (an AOT cache). From then on services start in half the time.",
        "",
        "Starts all services at the same time, waits until each answers /health/ready, and prints the addresses. A service that dies "
                + "later is started again, after 1, 2, 4 and up to 30 seconds. Ctrl-C stops everything, the last started first; a second "
                + "Ctrl-C kills everything at once.",
        ""}, footer = {"", "Examples:",
                "  ./shop up                                  in the foreground",
                "  ./shop up -d && ./shop logs -f gateway     in the background; then ./shop down",
                "  ./shop up --only instabook,instabook-cache only these",
                "  ./shop up --memory                         without PostgreSQL, Kafka, stock and payments",
                "  ./shop up -d --port-offset 100             a second copy, ports 8180 and so on",
                "  ./shop up --otlp-port 14318 --otlp-endpoint http://localhost:4318",
                "                                             telemetry also to a Collector that has port 4318"}, exitCodeList = {
                        "0:started (with -d), or it was up already", "1:a service did not start, so all were stopped", Shop.ENDED})
final class UpCommand implements Callable<Integer> {

    @Mixin
    private InstanceOptions common;

    @Mixin
    private TelemetryOptions telemetry;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-d", "--detach"}, description = "Return when everything is ready, and keep it running in the background.")
    private boolean detach;

    @Option(names = "--only", paramLabel = "NAME", split = ",", completionCandidates = Candidates.Services.class, description = "Start only these services (a,b,c).")
    private List<String> only = List.of();

    @Option(names = "--memory", description = "Leave out PostgreSQL, Kafka and what needs them: orders are kept in memory, and no events are sent.")
    private boolean memory;

    @Option(names = "--without-load", description = "Leave out the load generators.")
    private boolean withoutLoad;

    @Option(names = "--no-restart", description = "Do not restart a service that dies.")
    private boolean noRestart;

    @Option(names = "--no-training", description = "Make no AOT caches beside the running system; the next starts take as long as the first.")
    private boolean noTraining;

    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = Instance.DEFAULT_HOST, description = "Listen on this address of the machine, 0.0.0.0 for all. Most services have no password. "
            + "Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "180", description = "How long everything may take to become ready. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(names = "--supervise", hidden = true, description = "Run as the background process of -d.")
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
        var held = supervise ? InstanceLock.tryAcquireSupervision(instance) : InstanceLock.tryAcquire(instance);
        if (held.isEmpty()) {
            return new AlreadyUp(instance, selected, host, memory, telemetry, screen).report();
        }
        try (var lock = held.get()) {
            if (!supervise && !prepare(instance, selected)) {
                return Shop.FAILED;
            }
            if (!detach) {
                var options = new Supervisor.Options(host, !noRestart, Duration.ofSeconds(timeout), OsProcess.PATIENCE,
                        SupervisedService.Timing.STANDARD);
                return new Session(instance, screen, supervise).run(selected, options, () -> train(instance, selected));
            }
            lock.handOverSupervision();
            var code = new BackgroundLauncher(instance, screen).start(backgroundCommand(instance));
            if (code == Shop.OK && needsTraining(instance, selected)) {
                screen.line("For some minutes, AOT caches are made in the background; from then on, services start in half the time.");
            }
            return code;
        }
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

    /** Refuses an offset that puts a page at a port that browsers block. */
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

    /** Checks everything that can be checked before the first process is started. */
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
        var taken = selected.stream().flatMap(service -> instance.takenPorts(service, host).stream()).toList();
        if (!taken.isEmpty()) {
            explain(taken, instance, selected);
        }
        return taken.isEmpty();
    }

    private boolean needsTraining(Instance instance, List<Service> selected) {
        return !noTraining && Training.isNeeded(instance, selected);
    }

    /** Makes the AOT caches that are missing, for the next start. */
    private void train(Instance instance, List<Service> selected) throws InterruptedException {
        try {
            if (needsTraining(instance, selected)) {
                Training.inBackground(instance.checkout(), instance.topology(), screen).run(selected);
            }
        } catch (IOException e) {
            screen.line("No AOT caches could be made, so the next start takes as long: " + Problem.of(e));
        }
    }

    /** Prints which ports are taken, and what the user can do about it. */
    private void explain(List<String> taken, Instance instance, List<Service> selected) {
        System.err.println("shop: Not started, because ports are taken:");
        taken.forEach(port -> System.err.println("  " + port));
        var advice = selected.stream().anyMatch(Service::takesOtlp)
                ? telemetry.adviceIfTaken(instance, host)
                : Optional.<String>empty();
        advice.ifPresent(System.err::println);
        if (advice.isEmpty() || taken.size() > telemetry.taken(instance, host).size()) {
            System.err.println("Stop that process, or use other ports with --port-offset.");
        }
        if (selected.stream().anyMatch(service -> service.kind().isEngine() && !instance.takenPorts(service, host).isEmpty())) {
            System.err.println("If these ports belong to your own PostgreSQL or Kafka, --memory starts the system without both.");
        }
    }

    /** Returns the command line of the background process for the same instance. */
    private List<String> backgroundCommand(Instance instance) {
        var command = new ArrayList<>(List.of("up", "--supervise", "--port-offset", Integer.toString(instance.offset()),
                "--host", host, "--timeout", Integer.toString(timeout)));
        if (instance.topology() == Topology.BARE) {
            command.add("--bare");
        }
        if (!only.isEmpty()) {
            command.addAll(List.of("--only", String.join(",", only)));
        }
        telemetry.port().ifPresent(port -> command.addAll(List.of("--otlp-port", Integer.toString(port))));
        if (withoutLoad) {
            command.add("--without-load");
        }
        if (memory) {
            command.add("--memory");
        }
        if (noRestart) {
            command.add("--no-restart");
        }
        if (noTraining) {
            command.add("--no-training");
        }
        return command;
    }
}
