package org.debugshop.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "down",
    description = {"Stop everything",
        "",
        "Stops all services, the last started first, and the launcher that keeps them running. One that has not ended after ten "
            + "seconds is killed. It also stops what a killed launcher has left behind.",
        ""},
    footer = {"", "Examples:",
        "  ./shop down",
        "  ./shop down --port-offset 100",
        "",
        "Exit codes: 0 nothing runs any more, or nothing did; 1 something could not be stopped."})
final class DownCommand implements Callable<Integer> {

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration LAUNCHER_ENDS = Duration.ofSeconds(10);

    @Mixin
    private InstanceOptions common;

    private final Screen screen = new Screen(Terminal.current(), System.out);

    @Override
    public Integer call() throws IOException, InterruptedException {
        var instance = common.instance();
        var state = State.read(instance);
        var launcher = state.map(State::launcher).filter(OsProcess::isAlive);
        if (launcher.isPresent()) {
            screen.line("Stopping");
            if (Control.send(instance, "down", List.of(), screen::line).isEmpty()) {
                screen.line("The launcher (pid " + launcher.get().pid() + ") does not answer; ending it");
                launcher.get().terminate();
            }
            awaitEnd(launcher.get(), LAUNCHER_ENDS);
            launcher.get().kill();
            awaitEnd(launcher.get(), LAUNCHER_ENDS);
        }
        var left = Leftovers.of(instance);
        if (!left.isEmpty()) {
            screen.line("The launcher is gone; stopping what it left: " + Leftovers.names(left));
            Leftovers.stop(left);
        }
        screen.line(launcher.isEmpty() && left.isEmpty() ? "Nothing was running." : "Stopped.");
        return Shop.OK;
    }

    private static void awaitEnd(OsProcess process, Duration atMost) throws InterruptedException {
        for (var waited = Duration.ZERO; process.isAlive() && waited.compareTo(atMost) < 0; waited = waited.plus(LOOK)) {
            Thread.sleep(LOOK);
        }
    }
}
