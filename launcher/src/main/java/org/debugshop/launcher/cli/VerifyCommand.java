package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.debugshop.launcher.console.FaultView;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks the command line and builds. A program in {@code bench/} does the work. */
@Command(name = "verify", description = {"Switch on each fault, and check that it works and is found",
        "",
        "Starts a copy of the system with load on free ports. For each fault it waits until the symptom is measured, asks the console every "
                + "second where the failure starts, compares the answers with the truth, switches the fault off and waits for the recovery. "
                + "At the end it checks the orders, the stock and the payments. AC@1 is the share of faults whose origin is the first suspect "
                + "in the last answer, AC@3 the same for the first three. Meanwhile clients make mistakes, a service restarts now and "
                + "then, and new versions are deployed that are not to blame. A fault takes about a minute.",
        ""}, footer = {"", "Examples:",
                "  ./shop verify --blind --json           the score that counts, of all faults",
                "  ./shop verify payment-declined --seed 7",
                "  ./shop verify --healthy 10 --pairs 10 --seed 7",
                "  ./shop verify --effects                only whether each fault works and heals, in a few minutes"}, exitCodeList = {
                        "0:each effect was measured and each fault healed, whatever the score is",
                        "1:one was not, or an order was wrong afterwards", Shop.WRONG, Shop.ENDED})
final class VerifyCommand implements Callable<Integer> {

    private static final int MAX_PAIRS = 100;
    private static final int MAX_MINUTES = 600;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Parameters(paramLabel = "FAILURE", arity = "0..*", completionCandidates = Candidates.Failures.class, description = "Only these; all unless given.")
    private List<String> ids = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "Repeat the noise of an earlier run.")
    private Long seed;

    @Option(names = "--blind", description = "A reminder: the diagnosis never uses what services say about where failures start.")
    private boolean blind;

    @Option(names = "--without-noise", description = "Let nothing else happen meanwhile.")
    private boolean withoutNoise;

    @Option(names = "--effects", description = "Measure only effects and recoveries, several at once, without a diagnosis and noise.")
    private boolean effects;

    @Option(names = "--pairs", paramLabel = "N", description = "Switch on N pairs of failures instead, which the seed decides; both have to be among the first three suspects.")
    private Integer pairs;

    @Option(names = "--healthy", paramLabel = "MINUTES", description = "First watch the healthy system for so long: nobody should be named. Without names of failures and --pairs, that is all.")
    private Integer healthyMinutes;

    @Option(names = "--json", description = "Print JSON. Progress is always printed on standard error.")
    private boolean json;

    @Option(names = "--port-offset", paramLabel = "N", description = "Use the copy that runs at this port offset, with its load. Its orders are not checked.")
    private Integer offset;

    @Override
    public Integer call() throws IOException, InterruptedException {
        for (var id : ids) {
            if (!FaultView.ids().contains(id)) {
                throw new ParameterException(spec.commandLine(),
                        "There is no failure '" + id + "'. " + InstanceOptions.suggestion(id, FaultView.ids()));
            }
        }
        if (effects && (blind || seed != null)) {
            throw new ParameterException(spec.commandLine(), "--effects asks no diagnosis and makes no noise.");
        }
        if (effects && (pairs != null || healthyMinutes != null)) {
            throw new ParameterException(spec.commandLine(), "--effects asks no diagnosis, which --pairs and --healthy are about.");
        }
        if (pairs != null && (pairs < 1 || pairs > MAX_PAIRS || ids.size() == 1)) {
            throw new ParameterException(spec.commandLine(),
                    "--pairs takes a number from 1 to %d, and the names of two failures or more if of any.".formatted(MAX_PAIRS));
        }
        if (healthyMinutes != null && (healthyMinutes < 1 || healthyMinutes > MAX_MINUTES)) {
            throw new ParameterException(spec.commandLine(), "--healthy takes minutes from 1 to %d.".formatted(MAX_MINUTES));
        }
        if (offset != null && (offset < 0 || offset > Instance.MAX_OFFSET)) {
            throw new ParameterException(spec.commandLine(),
                    "--port-offset must be from 0 to " + Instance.MAX_OFFSET + ", not " + offset + ".");
        }
        var checkout = Shop.checkout(spec).withSources("verify");
        if (!BenchCommand.prepare(checkout, offset == null ? List.of(Topology.DEBUG_SHOP) : List.of(), Stream.empty())) {
            return Shop.FAILED;
        }
        return BenchCommand.byMaven(checkout, "verify.Verify", String.join(" ", arguments()));
    }

    private List<String> arguments() {
        var arguments = new ArrayList<>(ids);
        if (seed != null) {
            arguments.addAll(List.of("--seed", seed.toString()));
        }
        if (offset != null) {
            arguments.addAll(List.of("--port-offset", offset.toString()));
        }
        if (blind) {
            arguments.add("--blind");
        }
        if (withoutNoise) {
            arguments.add("--without-noise");
        }
        if (effects) {
            arguments.add("--effects");
        }
        if (pairs != null) {
            arguments.addAll(List.of("--pairs", pairs.toString()));
        }
        if (healthyMinutes != null) {
            arguments.addAll(List.of("--healthy", healthyMinutes.toString()));
        }
        if (json) {
            arguments.add("--json");
        }
        return arguments;
    }
}
