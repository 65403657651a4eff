package org.debugshop.launcher;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.debugshop.launcher.State.Phase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that the launcher of a running instance carries out for some of its services. */
abstract sealed class ServiceCommand implements Callable<Integer> {

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SERVICE", arity = "1..*", completionCandidates = Candidates.Services.class,
        description = "Which ones; ./shop status has the names.")
    private List<String> names;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var instance = common.instance();
        var services = common.services(names);
        var state = State.read(instance).filter(read -> read.launcher().isAlive());
        if (state.isEmpty()) {
            var left = !Leftovers.of(instance).isEmpty();
            System.err.println(left
                ? "shop: The launcher of this instance was killed; ./shop up stops what it left and starts everything again."
                : "shop: Nothing is up; ./shop up starts everything, ./shop up --only " + String.join(",", names) + " only that.");
            return Shop.FAILED;
        }
        if (state.get().phase() != Phase.UP) {
            System.err.println("shop: This instance is " + state.get().phase().name().toLowerCase(Locale.ROOT)
                + "; try again in a moment.");
            return Shop.FAILED;
        }
        if (builds() && !new Build(instance.checkout(), new Screen(Terminal.current(), System.out)).run(services)) {
            return Shop.FAILED;
        }
        return Control.send(instance, spec.name(), services.stream().map(Service::name).toList(), System.out::println).orElseGet(() -> {
            System.err.println("shop: The launcher (pid " + state.get().launcher().pid() + ") does not answer; ./shop down ends it.");
            return Shop.FAILED;
        });
    }

    /** Whether the command needs the services as they are in the sources now. */
    abstract boolean builds();

    @Command(name = "start",
        description = {"Start services that do not run",
            "",
            "Builds them first if their sources changed, and returns when each is ready. A service that ./shop up left out joins the "
                + "others so.",
            ""},
        footer = {"", "Examples:",
            "  ./shop start currency",
            "  ./shop start load-generator load-generator-instabook",
            "",
            "Exit codes: 0 each is ready; 1 one is not, a sentence says why, or nothing is up."})
    static final class Start extends ServiceCommand {
        @Override
        boolean builds() {
            return true;
        }
    }

    @Command(name = "stop",
        description = {"Stop services, while the others go on",
            "",
            "To see what the others do without them, say. They stay stopped until ./shop start.",
            ""},
        footer = {"", "Examples:",
            "  ./shop stop ad-service",
            "  ./shop stop load-generator --port-offset 100",
            "",
            "Exit codes: 0 they do not run any more; 1 nothing is up."})
    static final class Stop extends ServiceCommand {
        @Override
        boolean builds() {
            return false;
        }
    }

    @Command(name = "restart",
        description = {"Stop services and start them again",
            "",
            "Builds them first if their sources changed, so this is also how a change gets into a running system. Returns when each "
                + "is ready.",
            ""},
        footer = {"", "Examples:",
            "  ./shop restart gateway",
            "  ./shop restart instabook instabook-cache",
            "",
            "Exit codes: 0 each is ready; 1 one is not, a sentence says why, or nothing is up."})
    static final class Restart extends ServiceCommand {
        @Override
        boolean builds() {
            return true;
        }
    }
}
