package org.debugshop.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.debugshop.launcher.build.Build;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.RouteView;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.Release;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.Signals;
import org.debugshop.launcher.supervise.ControlCommands;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Service;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "canary", description = {"Give a share of the shoppers to another version of a service",
        "",
        "Starts a second copy of the service beside the usual one, from the package of another checkout (--from), or with other settings "
                + "(--env). A shopper stays on one version from page to page. Then compares the two versions every few seconds, until "
                + "Ctrl-C; the canary goes on until --promote or --abort. If it dies, the usual copy gets all requests again.",
        "",
        "--promote restarts the usual copy as the canary, which gets all requests meanwhile, so none fails. --abort ends the canary.",
        ""}, footer = {"", "Examples:",
                "  ./shop canary currency --env LOG_LEVEL=DEBUG",
                "  git worktree add ../next main && ./shop canary checkout --from ../next --weight 5",
                "  ./shop canary checkout --weight 50     another share",
                "  ./shop canary --promote                or --abort, or --status"}, exitCodeList = {"0:done, the canary gets its share",
                        "1:it does not, the message says why, or nothing is up", Shop.ENDED + ", and the canary goes on"})
final class CanaryCommand implements Callable<Integer> {

    private static final Duration EVERY = Duration.ofSeconds(5);
    /** The period of the comparison, unless the canary is younger. */
    private static final Duration PERIOD = Duration.ofMinutes(2);
    /** The launcher sets them. */
    private static final Set<String> RESERVED = Set.of("PORT", "HOST", "OTEL_RESOURCE_ATTRIBUTES");

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SERVICE", arity = "0..1", completionCandidates = Candidates.Services.class, description = "Which one. --promote, --abort and --status need it only if there are several canaries.")
    private String name;

    private static final class Ending {
        @Option(names = "--promote", description = "The usual copy becomes what the canary is.")
        private boolean promote;

        @Option(names = "--abort", description = "End the canary.")
        private boolean abort;

        @Option(names = "--status", description = "Compare the versions once.")
        private boolean status;
    }

    @ArgGroup
    private Ending ending = new Ending();

    private Integer weight;

    @Option(names = "--weight", paramLabel = "PERCENT", description = "The share of the shoppers, 1 to 100. Default: 10.")
    void setWeight(int value) {
        if (value < 1 || value > 100) {
            throw new ParameterException(spec.commandLine(), "--weight must be from 1 to 100, not " + value + ".");
        }
        weight = value;
    }

    @Option(names = "--from", paramLabel = "CHECKOUT", description = "The folder of another copy of the project, whose service is built if it changed.")
    private Path from;

    @Option(names = "--env", paramLabel = "NAME=VALUE", description = "A variable for the canary only. Repeatable.")
    private Map<String, String> environment = new LinkedHashMap<>();

    @Option(names = {"-d", "--detach"}, description = "Return when the canary gets its share, and compare nothing.")
    private boolean detach;

    private final Screen screen = new Screen(Terminal.current(), System.out);

    @Override
    public Integer call() throws IOException, InterruptedException {
        var ends = ending.promote || ending.abort || ending.status;
        if (ends && (weight != null || from != null || !environment.isEmpty() || detach)) {
            throw new ParameterException(spec.commandLine(), "--promote, --abort and --status go with no other option.");
        }
        if (name == null && !ends) {
            throw new ParameterException(spec.commandLine(), "Which service? ./shop status has the names.");
        }
        var reserved = environment.keySet().stream().filter(RESERVED::contains).findFirst();
        if (reserved.isPresent()) {
            throw new ParameterException(spec.commandLine(), "--env cannot set " + reserved.get() + ", which ./shop sets itself.");
        }
        var asked = name == null ? List.<Service>of() : List.of(common.routed(name));
        var found = RunningInstance.find(common.instance(), asked.stream().map(Service::name).toList());
        if (found.isEmpty()) {
            return Shop.FAILED;
        }
        var running = found.get();
        if (!ends) {
            return begin(running, asked.getFirst());
        }
        var services = asked.isEmpty() ? canaries(running) : asked;
        if (services.isEmpty()) {
            System.err.println("shop: There is no canary.");
            return Shop.FAILED;
        }
        if (ending.status) {
            return services.stream().allMatch(service -> show(running, service)) ? Shop.OK : Shop.FAILED;
        }
        if (services.size() > 1) {
            throw new ParameterException(spec.commandLine(), "Which canary? There are those of "
                    + String.join(", ", services.stream().map(Service::name).toList()) + ".");
        }
        return running.ask("canary",
                List.of(services.getFirst().name(), ending.promote ? ControlCommands.PROMOTE : ControlCommands.ABORT));
    }

    /** Starts a canary, or changes the share of the one that there is. */
    private int begin(RunningInstance running, Service service) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of(service.name(), ControlCommands.WEIGHT + (weight == null ? 10 : weight)));
        var changes = canaries(running).contains(service) && from == null && environment.isEmpty();
        if (changes && weight == null) {
            System.err.println(
                    "shop: " + service.name() + " has a canary already. --weight changes its share, --promote and --abort end it.");
            return Shop.FAILED;
        }
        if (!changes) {
            var checkout = common.checkout(from).root();
            if (!isPackaged(running, service, checkout)) {
                return Shop.FAILED;
            }
            var version = Release.packaged(running.instance().from(checkout), service).orElseGet(Shop::version);
            words.add(ControlCommands.VERSION + encoded(version + Instance.CANARY));
            words.add(ControlCommands.FROM + encoded(checkout.toString()));
            environment.forEach((variable, value) -> words.add(ControlCommands.VARIABLE + encoded(variable + "=" + value)));
        }
        var code = running.ask("canary", words);
        return code != Shop.OK || detach ? code : follow(running, service);
    }

    /** Builds the service in another checkout. This checkout's package is in use, so it is not replaced. */
    private boolean isPackaged(RunningInstance running, Service service, Path checkout) throws IOException, InterruptedException {
        if (!checkout.equals(running.instance().checkout())) {
            return new Build(checkout, screen).run(List.of(service));
        }
        if (!new Build(checkout, screen).stale(List.of(service)).isEmpty()) {
            System.out.println(
                    "The sources of " + service.name() + " changed since it was packaged, and the canary is what was packaged. To try "
                            + "the changes, make them in another checkout (git worktree add), and name it with --from.");
        }
        return true;
    }

    /** Returns the services that have a canary. */
    private List<Service> canaries(RunningInstance running) {
        return running.instance().topology().services().stream()
                .filter(service -> running.state().find(service.name() + Instance.CANARY).isPresent()).toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    /** Compares the versions until the canary ends or the command is interrupted. */
    private int follow(RunningInstance running, Service service) throws InterruptedException {
        var signal = new AtomicInteger();
        var interrupted = new CountDownLatch(1);
        Signals.onEnding(number -> {
            signal.compareAndSet(0, number);
            interrupted.countDown();
        });
        System.out.println(
                "Ctrl-C ends the comparison, not the canary; ./shop canary --promote or --abort" + common.repeated() + " ends that.");
        while (!interrupted.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            if (!show(running, service)) {
                return Shop.OK;
            }
        }
        return 128 + signal.get();
    }

    /** Compares the versions. Returns whether the canary goes on. */
    private boolean show(RunningInstance running, Service service) {
        try {
            if (State.read(running.instance()).flatMap(state -> state.find(service.name() + Instance.CANARY)).isEmpty()) {
                System.out.println(service.name() + " has no canary" + (ending.status ? "." : " any more."));
                return false;
            }
            var console = ConsoleClient.of(running.instance());
            var route = console.routes().stream().filter(one -> one.isCanary() && one.service().equals(service.name())).findFirst();
            if (route.isEmpty()) {
                System.out.println("No request goes to the canary of " + service.name() + " at the moment: it is not ready.");
                return true;
            }
            print(console, route.get());
        } catch (IOException noAnswer) {
            System.out.println(noAnswer.getMessage());
        }
        return true;
    }

    private static void print(ConsoleClient console, RouteView route) throws IOException {
        var begin = Instant.now().minus(PERIOD);
        var since = Instant.parse(route.since()).isAfter(begin) ? Instant.parse(route.since()) : begin;
        var copies = console.copies(route.service(), since.toString());
        new CopiesTable(route.service(), route.version(), "canary, " + route.weight() + " %").lines(copies).forEach(System.out::println);
        if (!route.isComplete()) {
            System.out.println(route.shortfall());
        }
    }
}
