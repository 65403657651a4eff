package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.FaultView;
import org.debugshop.launcher.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Switches faults on and off, with a request to the console of the instance. */
abstract sealed class FailureCommand implements Callable<Integer> {

    @Mixin
    InstanceOptions common;

    @Command(name = "break", description = {"Break a running system: switch on the fault behind a failure",
            "",
            "Prints what to look for, but not the cause. Nothing changes if the fault is on already.",
            "If the system has an ADMIN_PASSWORD, this command takes it from its environment.",
            ""}, footer = {"", "Examples:",
                    "  ./shop break instabook-token",
                    "  ./shop break payment-declined --strength 0.8",
                    "  ./shop trace --error              then look at a failed request"}, exitCodeList = {"0:it is broken",
                            "1:it could not be broken, the message says why",
                            "2:there is no such failure, or it cannot have that strength"})
    static final class Break extends FailureCommand {

        @Parameters(paramLabel = "FAILURE", completionCandidates = Candidates.Failures.class, description = "Which one; ./shop failures lists them.")
        private String id;

        @Option(names = "--strength", paramLabel = "N", description = "How strong; ./shop failures FAILURE shows what the number means, and "
                + "its default. It may be changed while the failure is on.")
        private Double strength;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            var failure = common.failure(id);
            if (strength != null) {
                failure.objectionTo(strength).ifPresent(objection -> {
                    throw new ParameterException(spec.commandLine(), objection);
                });
            }
            var console = ConsoleClient.of(common.instance());
            if (strength == null && console.failure(id).state() == FaultView.State.BROKEN) {
                System.out.println(id + " is broken already.");
            } else {
                var changed = change(console, id, FaultView.State.BROKEN,
                        strength == null ? OptionalDouble.empty() : OptionalDouble.of(strength));
                if (changed.isEmpty()) {
                    return Shop.FAILED;
                }
                System.out.println(
                        "Broke " + id + changed.get().confirmed().map(on -> " on " + on).orElse("") + ". " + failure.title() + ".");
            }
            var symptom = failure.symptom();
            var service = common.instance().topology().find(symptom.service());
            var n = common.repeated();
            System.out.printf("""

                    Look for:
                      %s:
                      %s
                      of %s%s

                    Next:
                      %-52s %s
                      %-52s what the console shows
                      %-52s where it starts, as the console sees it
                      %-52s if you are stuck
                      %-52s to end it
                    """,
                    symptom.text(), symptom.series(), symptom.service(),
                    service.map(target -> ", localhost:" + common.instance().port(target.port()) + "/metrics").orElse(""),
                    failure.failsRequests() ? "./shop trace --error" + n : "./shop trace --service " + symptom.service() + n,
                    failure.failsRequests() ? "a failed request, as a tree" : "a request that passes through it, as a tree", console.url(),
                    "./shop why" + n, "./shop failures " + id + " --hint 1" + n,
                    "./shop heal " + id + n);
            return Shop.OK;
        }
    }

    @Command(name = "heal", description = {"Heal the system: switch off a fault, or all of them",
            "",
            "Nothing changes if a fault is off already.",
            "If the system has an ADMIN_PASSWORD, this command takes it from its environment.",
            ""}, footer = {"", "Examples:",
                    "  ./shop heal                       all that is broken",
                    "  ./shop heal instabook-token"}, exitCodeList = {"0:it is healed", "1:it could not be healed, the message says why",
                            "2:there is no such failure"})
    static final class Heal extends FailureCommand {

        @Parameters(paramLabel = "FAILURE", arity = "0..1", completionCandidates = Candidates.Failures.class, description = "Which one; all that are broken unless given.")
        private String id;

        @Override
        public Integer call() throws IOException {
            if (id != null) {
                common.failure(id);
            }
            var console = ConsoleClient.of(common.instance());
            var asked = id == null ? console.failures() : List.of(console.failure(id));
            var unknown = new ArrayList<String>();
            var done = true;
            for (var failure : asked) {
                // What only some instances have confirmed can be healed, too.
                if (failure.state() == FaultView.State.UNKNOWN && failure.confirmed().isEmpty()) {
                    unknown.add(failure.error());
                } else if (failure.state() != FaultView.State.HEALED) {
                    var healed = change(console, failure.id(), FaultView.State.HEALED, OptionalDouble.empty());
                    done &= healed.isPresent();
                    healed.ifPresent(_ -> System.out.println("Healed " + failure.id() + "."));
                }
            }
            unknown.stream().distinct()
                    .forEach(why -> System.err.println("shop: Cannot determine what is broken: " + Printable.of(why) + "."));
            if (!unknown.isEmpty() || !done) {
                return Shop.FAILED;
            }
            if (asked.stream().allMatch(failure -> failure.state() == FaultView.State.HEALED)) {
                System.out.println(id == null ? "Nothing is broken." : id + " is not broken.");
            }
            return Shop.OK;
        }
    }

    /** Requests a state. Returns the fault if it has that state now; if not, says why. */
    private static Optional<FaultView> change(ConsoleClient console, String id, FaultView.State wanted, OptionalDouble strength)
            throws IOException {
        var changed = console.change(id, wanted == FaultView.State.BROKEN, strength);
        if (changed.state() == wanted) {
            return Optional.of(changed);
        }
        if (changed.state() == FaultView.State.UNKNOWN) {
            System.err.println(
                    "shop: Only " + changed.confirmed().orElse("0 instances") + " of " + id + " confirmed it in time:");
            changed.instances().stream().filter(instance -> !instance.confirmed()).forEach(instance -> System.err.println("  "
                    + Printable.of(instance.service() + " " + instance.instance()) + " did not"
                    + (instance.problem() == null ? "" : ": " + Printable.of(instance.problem()))));
            return Optional.empty();
        }
        System.err.println("shop: The switch of " + id + " was changed, but it is still " + changed.state().word()
                + "; another user may have changed it back.");
        return Optional.empty();
    }
}
