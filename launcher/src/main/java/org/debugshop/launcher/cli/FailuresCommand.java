package org.debugshop.launcher.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.FaultView;
import org.debugshop.launcher.terminal.Printable;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.terminal.Terminal.Style;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "failures", description = {"List the failures that can be switched on, and their state",
        "",
        "If nothing is up, the state is unknown. With a name, it shows more about that failure: what to look for and, one at a time, "
                + "hints.",
        ""}, footer = {"", "Examples:",
                "  ./shop failures",
                "  ./shop failures instabook-token --hint 1    then --hint 2, and so on",
                "  ./shop failures instabook-token --answer    the cause",
                "  ./shop failures --json | jq '.[] | select(.active)'"}, exitCodeList = {"0:shown",
                        "2:there is no such failure, or no such hint"})
final class FailuresCommand implements Callable<Integer> {

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FAILURE", arity = "0..1", completionCandidates = Candidates.Failures.class, description = "Only this one.")
    private String id;

    @Option(names = "--hint", paramLabel = "N", description = "Show the Nth hint for finding the cause; each reveals more than the one before.")
    private Integer hint;

    @Option(names = "--answer", description = "Show the cause, and how to remove it.")
    private boolean answer;

    @Option(names = "--json", description = "Print the console's JSON, including hints and answers.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (id == null && (hint != null || answer)) {
            throw new ParameterException(spec.commandLine(), "Which failure? ./shop failures lists them.");
        }
        if (id == null) {
            list();
            return Shop.OK;
        }
        var failure = common.failure(id);
        if (hint != null && (hint < 1 || hint > failure.hints().size())) {
            throw new ParameterException(spec.commandLine(), "--hint must be from 1 to " + failure.hints().size() + " for " + id + ".");
        }
        if (json) {
            System.out.println(toJson(current(failure)));
        } else if (hint != null) {
            hint(failure);
        } else if (!answer) {
            show(current(failure));
        }
        if (answer && !json) {
            System.out.println(failure.answer() + " (Simulates: " + failure.simulates() + ".)");
        }
        return Shop.OK;
    }

    private void list() throws IOException {
        var failures = current();
        if (json) {
            System.out.println(toJson(failures));
            return;
        }
        var width = Math.max(7, failures.stream().mapToInt(failure -> failure.id().length()).max().orElse(0));
        System.out.printf("%-" + width + "s %-8s %s%n", "FAILURE", "STATE", "SYMPTOM");
        var topics = failures.stream().collect(Collectors.groupingBy(FaultView::topic, LinkedHashMap::new, Collectors.toList()));
        topics.forEach((topic, ofTopic) -> {
            System.out.println(Terminal.current().styled(Printable.of(topic), Style.BOLD));
            for (var failure : ofTopic) {
                System.out.printf("%-" + width + "s %s %s%s%n", failure.id(), styled(failure, 8), failure.title(),
                        failure.state() == FaultView.State.BROKEN
                                ? failure.confirmed().map(confirmed -> " (active on " + confirmed + ")").orElse("")
                                : "");
            }
        });
        failures.stream().filter(failure -> failure.state() == FaultView.State.UNKNOWN).map(FaultView::error).distinct()
                .forEach(why -> System.err.println("The state is unknown: " + sentence(why)));
        System.out.println("\n./shop break FAILURE breaks, ./shop heal FAILURE heals, ./shop failures FAILURE shows more.");
    }

    private void hint(FaultView failure) {
        var last = hint == failure.hints().size();
        System.out.printf("Hint %d of %d: %s%nNext: ./shop failures %s %s%s%n", hint, failure.hints().size(),
                failure.hints().get(hint - 1), id,
                last ? "--answer" : "--hint " + (hint + 1), common.repeated());
    }

    private void show(FaultView failure) {
        var symptom = failure.symptom();
        System.out.printf("""
                %s is %s.
                  What happens   %s.
                  Where it shows %s:
                                 %s of %s
                %s%s  Stuck? ./shop failures %s --hint 1%s shows the first of %d hints, --answer the cause.
                """, id, styled(failure, 0), failure.title(), symptom.text(), symptom.series(), symptom.service(),
                strength(failure), instances(failure), id,
                common.repeated(), failure.hints().size());
        if (failure.error() != null) {
            System.err.println("The state is unknown: " + sentence(failure.error()));
        }
    }

    private static String strength(FaultView failure) {
        var strength = failure.strength();
        return strength == null
                ? ""
                : "  Strength       %s, default %s%s.%n".formatted(failure.range(), strength.get("default"),
                        strength.get("now") == null ? "" : ", now " + strength.get("now"));
    }

    private static String instances(FaultView failure) {
        return failure.state() == FaultView.State.HEALED
                ? ""
                : failure.confirmed().map(confirmed -> "  Active on      %s of %s.%n".formatted(confirmed,
                        String.join(", ", failure.services()))).orElse("");
    }

    /** Returns the failures with their state. It is unknown if the console does not answer. */
    private List<FaultView> current() throws IOException {
        try {
            return ConsoleClient.of(common.instance()).failures();
        } catch (ConsoleClient.Refusal refusal) {
            return FaultView.all().stream().map(failure -> failure.unknown(refusal.getMessage())).toList();
        }
    }

    private FaultView current(FaultView failure) throws IOException {
        return current().stream().filter(known -> known.id().equals(failure.id())).findFirst().orElse(failure);
    }

    private static String styled(FaultView failure, int width) {
        var style = switch (failure.state()) {
            case BROKEN -> Style.RED;
            case HEALED -> Style.GREEN;
            case UNKNOWN -> Style.YELLOW;
        };
        var state = failure.state().word();
        return Terminal.current().styled(width == 0 ? state : ("%-" + width + "s").formatted(state), style);
    }

    private static String sentence(String text) {
        return Printable.of(text) + (text.endsWith(".") ? "" : ".");
    }

    private static String toJson(Object value) throws IOException {
        return JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(value);
    }
}
