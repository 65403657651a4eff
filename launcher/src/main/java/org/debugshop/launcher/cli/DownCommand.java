package org.debugshop.launcher.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.debugshop.launcher.build.Training;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.InstanceLock;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.supervise.ControlSocket;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.terminal.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "down", description = {"Stop everything",
        "",
        "Stops all services, the last started first, and the launcher that keeps them running. A service that does not stop within ten "
                + "seconds is killed. This also stops processes that a killed launcher has left behind.",
        ""}, footer = {"", "Examples:",
                "  ./shop down",
                "  ./shop down --port-offset 100"}, exitCodeList = {"0:everything is stopped, or nothing was running",
                        "1:a process could not be stopped, or ./shop up is still building"})
final class DownCommand implements Callable<Integer> {

    private static final Duration LAUNCHER_ENDS = Duration.ofSeconds(10);

    @Mixin
    private InstanceOptions common;

    private final Screen screen = new Screen(Terminal.current(), System.out);

    @Override
    public Integer call() throws IOException, InterruptedException {
        var instance = common.instance();
        var state = State.read(instance);
        var launcher = state.map(State::launcher).filter(OsProcess::isAlive);
        if (launcher.isEmpty()) {
            var starter = InstanceLock.holder(instance);
            if (starter.isPresent()) {
                System.err.println(
                        "shop: Not stopped: a ./shop up (" + starter.get() + ") is building, or just about to start this instance. "
                                + "Ctrl-C there ends it; ./shop down stops what it has started.");
                return Shop.FAILED;
            }
        } else {
            screen.line("Stopping");
            if (ControlSocket.send(instance, "down", List.of(), screen::line).isEmpty()) {
                screen.line("The launcher (pid " + launcher.get().pid() + ") does not answer; ending it");
                launcher.get().terminate();
            }
            launcher.get().awaitEnd(LAUNCHER_ENDS);
            launcher.get().kill();
            launcher.get().awaitEnd(LAUNCHER_ENDS);
        }
        var left = new ArrayList<>(Leftovers.of(instance));
        left.addAll(Training.leftovers(instance.checkout()));
        if (!left.isEmpty()) {
            screen.line("The launcher is gone; stopping what it left: " + Leftovers.names(left));
            Leftovers.stop(left);
        }
        return outcome(instance, launcher, !left.isEmpty());
    }

    private int outcome(Instance instance, Optional<OsProcess> launcher, boolean somethingWasLeft) throws IOException {
        var immortal = Stream.concat(launcher.stream().filter(OsProcess::isAlive), Leftovers.of(instance).stream()).toList();
        if (!immortal.isEmpty()) {
            System.err.println("shop: Could not be stopped: " + Leftovers.names(immortal));
            return Shop.FAILED;
        }
        screen.line(launcher.isEmpty() && !somethingWasLeft ? "Nothing was running." : "Stopped.");
        return Shop.OK;
    }
}
