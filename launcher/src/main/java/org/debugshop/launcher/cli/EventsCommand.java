package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.Signals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a program in {@code engines/}, which has Kafka's libraries. The launcher starts quicker without them. */
@Command(name = "events", description = {"List the events that failed, or send them back",
        "",
        "A consumer puts aside an event that it can never process: it becomes a dead letter, in the topic orders.dead or payments.dead. "
                + "Without an action, this command lists the dead letters that wait. When the cause is removed, replay sends each back to its "
                + "topic, for the consumer that failed. An event that was already processed changes nothing.",
        ""}, footer = {"", "Examples:",
                "  ./shop events                   the dead letters that wait, with the reason",
                "  ./shop events replay --dry-run  what would be sent back",
                "  ./shop events replay"}, exitCodeList = {"0:done, even if there are none", "1:Kafka does not run, or it failed",
                        Shop.WRONG})
final class EventsCommand implements Callable<Integer> {

    private static final String PROGRAM = "org.debugshop.engines.DeadLetters";
    private static final String BROKER = "kafka";

    private enum Action {
        list, replay
    }

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ACTION", arity = "0..1", defaultValue = "list", description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Action action;

    @Option(names = "--dry-run", description = "Show what would be sent back, and send nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (dryRun && action != Action.replay) {
            throw new ParameterException(spec.commandLine(), "--dry-run goes with replay.");
        }
        var instance = common.instance();
        var running = RunningInstance.find(instance, List.of(BROKER));
        if (running.isEmpty()) {
            return Shop.FAILED;
        }
        if (running.get().state().find(BROKER).filter(entry -> entry.state() == State.Condition.READY).isEmpty()) {
            System.err.println("shop: Kafka does not run in this instance, and events are kept there. ./shop start " + BROKER
                    + common.repeated() + " starts it.");
            return Shop.FAILED;
        }
        var broker = instance.topology().find(BROKER).orElseThrow();
        var program = new ProcessBuilder(LaunchCommand.java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-Xlog:disable",
                "-cp", instance.jar(broker).toString(), PROGRAM, "localhost:" + instance.port(broker.port()),
                dryRun ? "dry-run" : action.name()).inheritIO().start();
        Signals.onEnding(_ -> program.destroy());
        return program.waitFor();
    }
}
