package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.debugshop.launcher.supervise.ControlCommands;
import org.debugshop.launcher.topology.Mode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "debug", description = {"Restart a service with a port for a debugger",
        "",
        "The port is on localhost only: 5005, plus the port offset, or the next free one. Prints what an IDE needs to attach. Builds "
                + "the service first if its sources changed.",
        "",
        "A request may wait at a breakpoint for ten minutes and still succeed, because the service and all its callers, up to the load "
                + "generator, are restarted with UPSTREAM_TIMEOUT=" + Mode.PATIENCE
                + ". While the service does not answer, its state is paused, which does not count as a failure. It keeps the port of its "
                + "debugger when it is restarted or dies, until --off.",
        ""}, footer = {"", "Examples:",
                "  ./shop debug instabook             then attach, set a breakpoint, and use the shop",
                "  ./shop debug checkout --suspend    it starts when the debugger has attached",
                "  ./shop debug --off instabook       puts it and its callers back"}, exitCodeList = {
                        "0:it is ready, or with --suspend waits for the debugger", "1:it is not, the message says why, or nothing is up"})
final class DebugCommand implements Callable<Integer> {

    private static final int HIGHEST_PORT = 65_535;

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "PORT", description = "Listen for the debugger on this port.")
    private Integer port;

    @Option(names = "--suspend", description = "Wait for the debugger before the service starts.")
    private boolean suspend;

    @Option(names = "--off", description = "Restart the service and its callers without a debugger.")
    private boolean off;

    @Parameters(paramLabel = "SERVICE", completionCandidates = Candidates.Services.class, description = "Which one; ./shop status has the names.")
    private String name;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (port != null && (port < 1 || port > HIGHEST_PORT)) {
            throw new ParameterException(spec.commandLine(), "--port must be from 1 to " + HIGHEST_PORT + ", not " + port + ".");
        }
        if (off && (port != null || suspend)) {
            throw new ParameterException(spec.commandLine(), "--off goes with neither --port nor --suspend.");
        }
        var service = common.application(name);
        var running = RunningInstance.find(common.instance(), List.of(name));
        if (running.isEmpty()) {
            return Shop.FAILED;
        }
        var words = new ArrayList<>(List.of(name));
        if (off) {
            words.add(ControlCommands.OFF);
            var code = running.get().ask("debug", words);
            running.get().warnIfStale(service);
            return code;
        }
        if (port != null) {
            words.add(ControlCommands.PORT + port);
        }
        if (suspend) {
            words.add(ControlCommands.SUSPEND);
        }
        return running.get().build(List.of(service)) ? running.get().ask("debug", words) : Shop.FAILED;
    }
}
