package org.debugshop.launcher.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.instance.State.Phase;
import org.debugshop.launcher.os.LogFile;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.os.Problem;
import org.debugshop.launcher.os.Signals;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.supervise.Session;

/** The background process of {@code ./shop up -d}: this program in another process, which supervises the instance. */
record BackgroundLauncher(Instance instance, Screen screen) {

    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final int LAST_LINES = 20;

    /**
     * Starts it and waits until everything is ready, or it has ended. Returns the exit code.
     *
     * @param command the command and its options
     */
    int start(List<String> command) throws IOException, InterruptedException {
        var log = new LogFile(instance.log("launcher"));
        log.startNew();
        var builder = OsProcess.detached(commandLine(command))
                .directory(instance.checkout().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
        builder.environment().putAll(instance.telemetry().asEnvironment());
        var launcher = builder.start();
        Signals.onEnding(number -> {
            launcher.destroy();
            exitWhenGone(launcher, 128 + number);
        });
        if (isUp(launcher)) {
            screen.keep();
            Session.printAddresses(screen, instance, state(launcher).orElseThrow());
            return Shop.OK;
        }
        screen.keep();
        System.err.println(state(launcher).map(State::failure).orElseGet(() -> "shop: The launcher ended: " + lastWords(log)));
        return Shop.FAILED;
    }

    /** Returns the command line of this JVM with its options, but without the terminal. */
    private static List<String> commandLine(List<String> command) {
        var line = new ArrayList<String>();
        line.add(LaunchCommand.java());
        line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        line.removeIf(argument -> argument.startsWith("-Dshop.terminal"));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Shop.class.getName()));
        line.addAll(command);
        return line;
    }

    /** Shows the services' states until all are ready. Returns false once the launcher has ended instead. */
    private boolean isUp(Process launcher) throws IOException, InterruptedException {
        while (launcher.isAlive()) {
            var state = state(launcher);
            state.ifPresent(read -> screen.show(read.services()));
            if (state.isPresent() && state.get().phase() == Phase.UP) {
                return true;
            }
            launcher.waitFor(REDRAW);
        }
        return false;
    }

    /** Returns the state of the instance. Empty while the state file is that of an earlier launcher. */
    private Optional<State> state(Process launcher) throws IOException {
        return State.read(instance).filter(state -> state.launcher().pid() == launcher.pid());
    }

    private static void exitWhenGone(Process launcher, int code) {
        Thread.ofVirtual().start(() -> {
            launcher.onExit().join();
            Runtime.getRuntime().halt(code);
        });
    }

    private static String lastWords(LogFile log) {
        try {
            var lines = String.join("\n", log.lastLines(LAST_LINES));
            return lines.isBlank() ? "it could not even write " + log.path() + "; is the disk full?" : lines;
        } catch (IOException unreadable) {
            return Problem.of(unreadable);
        }
    }
}
