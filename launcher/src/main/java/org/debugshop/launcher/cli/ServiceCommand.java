package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.debugshop.launcher.topology.Service;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that the launcher of a running instance executes for some of its services. */
abstract sealed class ServiceCommand implements Callable<Integer> {

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SERVICE", arity = "1..*", completionCandidates = Candidates.Services.class, description = "Which ones; ./shop status has the names.")
    private List<String> names;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var services = common.services(names);
        var running = RunningInstance.find(common.instance(), names);
        if (running.isEmpty() || builds() && !running.get().build(services)) {
            return Shop.FAILED;
        }
        return running.get().ask(spec.name(), services.stream().map(Service::name).toList());
    }

    /** Returns whether the services must be built first. */
    abstract boolean builds();

    @Command(name = "start", description = {"Start services that do not run",
            "",
            "Builds them first if their sources changed, and returns when each is ready. This also adds a service that ./shop up "
                    + "left out.",
            ""}, footer = {"", "Examples:",
                    "  ./shop start currency",
                    "  ./shop start load-generator load-generator-instabook"}, exitCodeList = {"0:each is ready",
                            "1:one is not, the message says why, or nothing is up"})
    static final class Start extends ServiceCommand {
        @Override
        boolean builds() {
            return true;
        }
    }

    @Command(name = "stop", description = {"Stop services while the others keep running",
            "",
            "For example, to see what the others do without them. They stay stopped until ./shop start.",
            ""}, footer = {"", "Examples:",
                    "  ./shop stop ad-service",
                    "  ./shop stop load-generator --port-offset 100"}, exitCodeList = {"0:they are stopped", "1:nothing is up"})
    static final class Stop extends ServiceCommand {
        @Override
        boolean builds() {
            return false;
        }
    }

    @Command(name = "restart", description = {"Stop services and start them again",
            "",
            "Builds them first if their sources changed, so this also brings a change into a running system. Returns when each "
                    + "is ready. A service with a debugger or in dev mode keeps that mode.",
            ""}, footer = {"", "Examples:",
                    "  ./shop restart gateway",
                    "  ./shop restart instabook instabook-cache"}, exitCodeList = {"0:each is ready",
                            "1:one is not, the message says why, or nothing is up"})
    static final class Restart extends ServiceCommand {
        @Override
        boolean builds() {
            return true;
        }
    }
}
