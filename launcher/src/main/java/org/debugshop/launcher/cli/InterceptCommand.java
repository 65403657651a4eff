package org.debugshop.launcher.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.RouteView;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.LocalCopy;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.GuardedProcess;
import org.debugshop.launcher.os.LogFile;
import org.debugshop.launcher.os.LogTail;
import org.debugshop.launcher.os.Signals;
import org.debugshop.launcher.supervise.Health;
import org.debugshop.launcher.supervise.RouteRenewal;
import org.debugshop.launcher.terminal.LogLine;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Service;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "intercept", description = {"Get the requests with a key into your own copy of a service",
        "",
        "Starts your copy beside the packaged service: Quarkus dev mode, with live reload and a debugger, or the command after --. It gets "
                + "the same environment variables, and a PORT of its own. Only requests with the key go to it, through all services in "
                + "between; everyone else keeps the packaged one. So several people can each intercept with a key of their own.",
        "",
        "Shows the log of your copy until Ctrl-C, or until it ends. Then, or within ten seconds after this command was killed, the packaged "
                + "service gets all requests again. A request that cannot reach your copy goes to the packaged one.",
        ""}, footer = {"", "Examples:",
                "  ./shop intercept checkout --key ann",
                "  ./shop intercept currency --key ann --mirror         it gets copies, the packaged one answers",
                "  ./shop intercept currency --key ann -- java Mine.java",
                "  curl -H 'baggage: debug-shop.intercept=ann' http://localhost:8080/products"}, exitCodeList = {"0:the system was stopped",
                        "1:your copy did not start or has ended, the message says why, or nothing is up", Shop.ENDED})
final class InterceptCommand implements Callable<Integer> {

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,40}");

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    private String key;

    @Option(names = "--key", required = true, paramLabel = "KEY", description = "1 to 40 of A-Z a-z 0-9 . _ -: your name, for example.")
    void setKey(String value) {
        if (!KEY.matcher(value).matches()) {
            throw new ParameterException(spec.commandLine(), "--key has 1 to 40 characters of A-Z a-z 0-9 . _ -");
        }
        key = value;
    }

    @Option(names = "--mirror", description = "The packaged service answers. Your copy gets a copy of each request that changes nothing, and its answer is dropped.")
    private boolean mirror;

    @Option(names = "--unsafe", description = "With --mirror: also copies of requests that change something.")
    private boolean unsafe;

    @Option(names = "--events", description = "Your copy also processes the events that requests with the key have caused.")
    private boolean events;

    @Option(names = "--from", paramLabel = "CHECKOUT", description = "The folder of another copy of the project, whose sources dev mode runs. Default: this one.")
    private Path from;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "180", description = "How long your copy may take to become healthy. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Parameters(index = "0", paramLabel = "SERVICE", completionCandidates = Candidates.Services.class, description = "Which one; ./shop status has the names.")
    private String name;

    @Parameters(index = "1..*", paramLabel = "-- COMMAND", description = "What to start instead of dev mode. It must listen on $PORT.")
    private List<String> command = List.of();

    private final Terminal terminal = Terminal.current();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var service = common.intercepted(name);
        if (unsafe && !mirror) {
            throw new ParameterException(spec.commandLine(), "--unsafe goes with --mirror.");
        }
        if (events && mirror) {
            throw new ParameterException(spec.commandLine(), "--events goes without --mirror: only one copy processes an event.");
        }
        if (from != null && !command.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--from is for dev mode, and goes with no command.");
        }
        if (timeout < 1) {
            throw new ParameterException(spec.commandLine(), "--timeout must be at least 1 second.");
        }
        var found = RunningInstance.find(common.instance(), List.of(name));
        if (found.isEmpty()) {
            return Shop.FAILED;
        }
        var program = command.isEmpty() ? "" : program(command.getFirst());
        var sources = command.isEmpty() ? common.checkout(from).withSources("intercept") : common.checkout().root();
        var running = found.get();
        var console = ConsoleClient.of(running.instance());
        var taken = console.routes().stream().filter(route -> route.service().equals(name) && key.equals(route.key())).findFirst();
        if (taken.isPresent()) {
            System.err.println("shop: " + name + " is intercepted with the key " + key + " already, by " + taken.get().owner() + ".");
            return Shop.FAILED;
        }
        var copy = LocalCopy.of(running.instance(), service, key, events, running.state());
        var builder = command.isEmpty() ? copy.devMode(sources) : copy.command(withProgram(program), common.checkout().from());
        new LogFile(copy.log()).startNew();
        var tail = new LogTail(copy.log());
        tail.lastLines(0);
        var signal = new AtomicInteger();
        var interrupted = new CountDownLatch(1);
        Signals.onEnding(number -> {
            if (!signal.compareAndSet(0, number)) {
                Runtime.getRuntime().halt(128 + number); // the guard ends the copy
            }
            interrupted.countDown();
        });
        int code;
        try (var process = GuardedProcess.start(builder)) {
            System.out.println("Starting your copy of " + name + (command.isEmpty() ? " in dev mode" : "") + ", port " + copy.port()
                    + (command.isEmpty() ? ", debugger on " + copy.debugPort() : ""));
            code = run(running, console, copy, process, tail, interrupted);
            if (signal.get() != 0) {
                System.out.println("\nStopping your copy");
            }
        }
        return signal.get() != 0 ? 128 + signal.get() : code;
    }

    /** Waits until the copy is healthy, and routes requests to it until it ends. */
    private int run(RunningInstance running, ConsoleClient console, LocalCopy copy, GuardedProcess process, LogTail tail,
            CountDownLatch interrupted)
            throws IOException, InterruptedException {
        var deadline = System.nanoTime() + Duration.ofSeconds(timeout).toNanos();
        while (!Health.answers(copy.host(), copy.port(), command.isEmpty())) {
            show(tail);
            if (!process.isAlive()) {
                return ended(tail, "Your copy of " + name + " did not start: " + process.ending());
            }
            if (System.nanoTime() > deadline) {
                return ended(tail,
                        "Your copy of " + name + " is not healthy after " + timeout + " s: GET /health/ready at port " + copy.port()
                                + (command.isEmpty() ? " does not answer 200" : " is not answered, or with 5xx"));
            }
            if (interrupted.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return Shop.OK;
            }
        }
        show(tail);
        try (var route = RouteRenewal.begin(console, wanted(copy), System.out::println)) {
            explain(console, copy, route.first());
            while (!interrupted.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                show(tail);
                if (!process.isAlive()) {
                    return ended(tail,
                            "Your copy of " + name + " has ended (" + process.ending() + "). The packaged one gets all requests again");
                }
                if (route.lost().isPresent()) {
                    System.err.println("shop: " + route.lost().get());
                    return Shop.FAILED;
                }
                if (State.read(running.instance()).filter(state -> state.launcher().isAlive() && state.phase() == State.Phase.UP)
                        .isEmpty()) {
                    System.out.println("The system is not up any more.");
                    return Shop.OK;
                }
            }
            return Shop.OK;
        }
    }

    private void show(LogTail tail) throws IOException {
        for (var line : tail.newLines()) {
            LogLine.parse(line).styled(terminal).forEach(System.out::println);
        }
    }

    private int ended(LogTail tail, String sentence) throws IOException {
        show(tail);
        System.err.println("shop: " + sentence + ".");
        return Shop.FAILED;
    }

    private RouteView.Wanted wanted(LocalCopy copy) {
        return new RouteView.Wanted(copy.routeId(), name, copy.url(), null, key, mirror, unsafe, events, owner(), copy.version());
    }

    private void explain(ConsoleClient console, LocalCopy copy, RouteView route) {
        var gateway = common.instance().topology().find("gateway").map(service -> copy.urlOf(service)).orElseThrow();
        System.out.println(mirror
                ? "Your copy of %s (port %d) gets a copy of each request with the key %s%s. The packaged one answers."
                        .formatted(name, copy.port(), key, unsafe ? "" : " that changes nothing")
                : "Requests with the key %s go to your copy of %s (port %d). Everyone else keeps the packaged one.".formatted(key, name,
                        copy.port()));
        if (events) {
            System.out.println("Your copy also processes the events that they cause.");
        }
        if (!route.isComplete()) {
            System.out.println(route.shortfall());
        }
        System.out.println("""
                  curl -H 'baggage: debug-shop.intercept=%1$s' %2$s/products   this, or any other request
                  %2$s/?intercept=%1$s   the storefront with the key
                  %3$s/traces?attribute=service.version%%3D%4$s   what your copy handled
                Ctrl-C ends it.""".formatted(key, gateway, console.url(), copy.version()));
    }

    private List<String> withProgram(String program) {
        var line = new ArrayList<>(command);
        line.set(0, program);
        return line;
    }

    /** Returns the path of a program, which may be relative to the user's folder, or on the path. */
    private String program(String word) throws IOException {
        var folders = word.contains("/")
                ? List.of(common.checkout().from())
                : List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream().filter(folder -> !folder.isEmpty()).map(Path::of)
                        .toList();
        return folders.stream().map(folder -> folder.resolve(word)).filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst().map(Path::toString)
                .orElseThrow(() -> new IOException("There is no command '" + word + "'."));
    }

    /** Returns who renews the route: the user, this machine and this process. */
    private static String owner() {
        var machine = Optional.<String>empty();
        try {
            machine = Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException noName) {
            // then the user's name must do
        }
        var owner = System.getProperty("user.name", "?") + machine.map(host -> "@" + host).orElse("");
        return owner.replaceAll("[^\\p{Graph}]", "?") + ", pid " + ProcessHandle.current().pid();
    }
}
