package org.debugshop.launcher.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.debugshop.launcher.build.Build;
import org.debugshop.launcher.build.Training;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.os.Signals;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Checks the command line and builds. Programs in {@code bench/} do the measurement. */
@Command(name = "bench", description = {"Measure start, memory, throughput, latencies",
        "",
        "Compares the system with a second one that sends no telemetry, and with the same number of bare Quarkus services: all three get the "
                + "same requests in turns. Orders are also compared with a system without engines, and a protected route with an open one. Machines "
                + "differ, and other work disturbs the measurement: trust the ratios of one run more than its figures, and leave the machine alone meanwhile. It takes about "
                + "a quarter of an hour, with --quick three minutes.",
        ""}, footer = {"", "Examples:",
                "  ./shop bench --quick                 a first impression",
                "  ./shop bench --json > before.json",
                "  ./shop bench --only products --rate 200 --seconds 20",
                "  ./shop bench --ingest                how much telemetry the console accepts",
                "  ./shop bench --pages                 how quickly pages open, in a browser",
                "  ./shop bench --against HEAD~20       what became faster and smaller since then",
                "  ./shop bench --petshop ~/petshop     how well the diagnosis does on foreign data"}, exitCodeList = {
                        "0:measured, even if goals are missed", "1:a process did not start, or requests failed", Shop.WRONG, Shop.ENDED})
final class BenchCommand implements Callable<Integer> {

    /** The distance between the port offsets of the instances. All of them fit between two instances whose offsets differ by 100. */
    private static final int INSTANCES = 4;
    private static final int BETWEEN_INSTANCES = 20;
    private static final int MAX_OFFSET = Instance.MAX_OFFSET - (INSTANCES - 1) * BETWEEN_INSTANCES;

    private static final Service PROGRAM = Service.quarkus("bench", 0);
    private static final Service CONSOLE = Service.quarkus("console", 0);

    private static final List<String> JVM_FLAGS = List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    /** The requests that can be measured, by the names of {@code --only}. */
    enum Request {
        products, product, checkout, booking, orders, outbox, auth
    }

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "32", description = "How many requests are under way at once, 1 to 1000. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(names = "--rate", paramLabel = "N", description = "Requests per second in the rounds at a fixed rate, 1 to 100000. Default: half the throughput of the slowest of the three.")
    private Integer rate;

    @Option(names = "--seconds", paramLabel = "S", description = "How long a round takes, 0.1 to 600. Default: 5, with --quick 1.")
    private Double seconds;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds of each request, 1 to 100; figures are the medians. Default: 3, with --quick 1.")
    private Integer rounds;

    @Option(names = "--starts", paramLabel = "N", description = "How often the start is measured, 1 to 100, after one to warm up. Default: 3, with --quick 1 without warm-up.")
    private Integer starts;

    @Option(names = "--only", paramLabel = "NAME", split = ",", description = "Only these requests: ${COMPLETION-CANDIDATES} (a,b).")
    private List<Request> only = List.of(Request.values());

    @Option(names = "--quick", description = "A short run, for an impression.")
    private boolean quick;

    @Option(names = "--json", description = "Print JSON. Progress is always printed on standard error.")
    private boolean json;

    @Option(names = "--port-offset", paramLabel = "N", defaultValue = "500", description = "The port offsets of its instances: N, N + 20, N + 40 and N + 60; N is from 0 to "
            + MAX_OFFSET + ". Default: ${DEFAULT-VALUE}.")
    private int offset;

    @ArgGroup
    private Other other = new Other();

    /** What to measure instead of the whole system. */
    private static final class Other {

        @Option(names = "--ingest", description = "Measure the console alone instead: spans per second, bytes per span, its queries. Takes --json.")
        private boolean ingest;

        @Option(names = "--pages", description = {
                "Measure the pages in Chromium instead: how long each takes to open, what it loads, and what an",
                "open overview costs the console. Takes --quick and --json."})
        private boolean pages;

        @Option(names = "--against", paramLabel = "COMMIT", description = {
                "Compare the last commit with another one instead: fresh clones of both are started and loaded in turns.",
                "Takes twenty minutes."})
        private String against;

        @Option(names = "--petshop", paramLabel = "FOLDER", description = {
                "Measure instead how well the diagnosis finds the issues of the PetShop dataset, which is in FOLDER.",
                "Starts nothing."})
        private Path petshop;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var checkout = Shop.checkout(spec).withSources("bench");
        if (other.petshop != null) {
            return measureDiagnosis(checkout, other.petshop.toAbsolutePath());
        }
        return other.ingest ? measureIngest(checkout) : other.pages ? measurePages(checkout) : measureTheWhole(checkout);
    }

    private int measureIngest(Path checkout) throws IOException, InterruptedException {
        if (!prepare(checkout, List.of(), Stream.of(CONSOLE))) {
            return Shop.FAILED;
        }
        return byMaven(checkout, "ingest.IngestBenchmark", json ? "--json" : "");
    }

    private int measurePages(Path checkout) throws IOException, InterruptedException {
        if (!prepare(checkout, List.of(Topology.DEBUG_SHOP), Stream.empty())) {
            return Shop.FAILED;
        }
        return byMaven(checkout, "pages.PagesBenchmark", (quick ? "--quick " : "") + (json ? "--json" : ""));
    }

    /** Runs a program among the tests of the console, which has the diagnosis. */
    private int measureDiagnosis(Path checkout, Path dataset) throws IOException, InterruptedException {
        if (!Files.isDirectory(dataset)) {
            throw new ParameterException(spec.commandLine(), "--petshop: there is no folder " + dataset + ".");
        }
        return run(checkout,
                List.of("./mvnw", "-B", "-ntp", "-q", "process-test-classes", "-pl", "console", "-am", "-Dpetshop=" + dataset));
    }

    /** Runs a program in {@code bench/} with Maven, which knows its class path. */
    static int byMaven(Path checkout, String program, String arguments) throws IOException, InterruptedException {
        return run(checkout, List.of("./mvnw", "-B", "-ntp", "-q", "verify", "-pl", "testkit,bench", "-DskipTests", "-Pprogram",
                "-Dprogram=" + program, "-Dprogram.args=" + arguments));
    }

    /** Builds everything and makes the AOT caches. Returns whether that succeeded. */
    static boolean prepare(Path checkout, List<Topology> topologies, Stream<Service> more) throws IOException, InterruptedException {
        var screen = new Screen(Terminal.current(), System.err);
        if (!new Build(checkout, screen)
                .run(Stream.concat(topologies.stream().flatMap(topology -> topology.services().stream()), more).toList())) {
            return false;
        }
        for (var topology : topologies) {
            Training.first(checkout, topology, screen).run(topology.services());
        }
        return true;
    }

    private int measureTheWhole(Path checkout) throws IOException, InterruptedException {
        var plan = plan();
        if (other.against != null) {
            requireCommit(checkout, other.against);
        }
        var systems = other.against == null ? List.of(Topology.DEBUG_SHOP, Topology.BARE) : List.<Topology>of();
        if (!prepare(checkout, systems, Stream.of(PROGRAM))) {
            return Shop.FAILED;
        }
        var command = new ArrayList<String>();
        command.add(LaunchCommand.java());
        command.addAll(JVM_FLAGS);
        command.addAll(List.of("-jar", checkout.resolve("bench/target/bench.jar").toString(), JSON.std.asString(plan)));
        return run(checkout, command);
    }

    private void requireCommit(Path checkout, String commit) throws InterruptedException {
        boolean exists;
        try {
            exists = new ProcessBuilder("git", "rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{commit}")
                    .directory(checkout.toFile()).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException noGit) {
            exists = false;
        }
        if (!exists) {
            throw new ParameterException(spec.commandLine(), "--against: git knows no commit " + commit + " here.");
        }
    }

    /** Returns the settings in the form that the program in {@code bench/} reads. */
    private Map<String, Object> plan() {
        var plan = new LinkedHashMap<String, Object>();
        plan.put("connections", within("--connections", connections, 1, 1000));
        plan.put("rate", rate == null ? 0 : within("--rate", rate, 1, 100_000));
        plan.put("seconds", within("--seconds", seconds == null ? quick ? 1.0 : 5.0 : seconds, 0.1, 600.0));
        plan.put("rounds", within("--rounds", rounds == null ? quick ? 1 : 3 : rounds, 1, 100));
        plan.put("starts", within("--starts", starts == null ? quick ? 1 : 3 : starts, 1, 100));
        plan.put("warmUpStart", !quick);
        plan.put("requests", only.stream().distinct().map(Request::name).toList());
        plan.put("offsets",
                Stream.iterate(within("--port-offset", offset, 0, MAX_OFFSET), next -> next + BETWEEN_INSTANCES).limit(INSTANCES).toList());
        plan.put("against", other.against == null ? "" : other.against);
        plan.put("json", json);
        plan.put("live", Terminal.current().live());
        return plan;
    }

    private <T extends Number & Comparable<T>> T within(String option, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new ParameterException(spec.commandLine(), "%s must be from %s to %s, not %s.".formatted(option, least, most, value));
        }
        return value;
    }

    /** Waits for the program after a Ctrl-C too. The program gets the signal as well, and stops what it has started. */
    private static int run(Path checkout, List<String> command) throws IOException, InterruptedException {
        var program = new ProcessBuilder(command).directory(checkout.toFile()).inheritIO().start();
        Signals.onEnding(_ -> program.destroy());
        return program.waitFor();
    }
}
