package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "chaos", description = {"Break parts of the shop under load, and check that no order is lost",
        "",
        "Starts a copy of the system on free ports, in which simulated buyers place orders, and pay for some. Each round causes one kind of "
                + "trouble at a random moment. Checkout, inventory, payments, Kafka, PostgreSQL or all of them are killed (kill -9) and "
                + "restarted; or PostgreSQL freezes, is read-only or has another password for a while; or a request is repeated while Kafka and checkout are stopped. At the "
                + "end each confirmed order must exist once, with one receipt, and its stock must be sold once; and each confirmed payment "
                + "must exist once, and its order must be paid by it. A round takes about ten seconds.",
        ""}, footer = {"", "Examples:",
                "  ./shop chaos               eleven rounds: each trouble once",
                "  ./shop chaos --rounds 50"}, exitCodeList = {"0:no error", "1:an order was lost or wrong, or a process did not start",
                        Shop.WRONG, Shop.ENDED})
final class ChaosCommand implements Callable<Integer> {

    private static final int MAX_ROUNDS = 10_000;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "11", description = "The number of rounds, 1 to " + MAX_ROUNDS
            + ". Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1 || rounds > MAX_ROUNDS) {
            throw new ParameterException(spec.commandLine(), "--rounds must be from 1 to " + MAX_ROUNDS + ", not " + rounds + ".");
        }
        var checkout = Shop.checkout(spec).withSources("chaos");
        if (!BenchCommand.prepare(checkout, List.of(Topology.DEBUG_SHOP), Stream.empty())) {
            return Shop.FAILED;
        }
        return BenchCommand.byMaven(checkout, "chaos.Chaos", Integer.toString(rounds));
    }
}
