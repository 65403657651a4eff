package org.debugshop.launcher.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.Diagnosis;
import org.debugshop.launcher.console.Diagnosis.Incident;
import org.debugshop.launcher.console.Diagnosis.Suspect;
import org.debugshop.launcher.terminal.Printable;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.terminal.Terminal.Style;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "why", description = {"Show what fails, where it starts, and why",
        "",
        "The console compares the requests, logs and metrics of now with those from before. For each incident, this command shows what users "
                + "see, which components are suspects, the evidence for and against each, what the failing requests have in common, what else "
                + "changed, and what to check next. The console needs about a minute of healthy requests to compare with.",
        "If the system has an ADMIN_PASSWORD, this command takes it from its environment.",
        ""}, footer = {"", "Examples:",
                "  ./shop why",
                "  ./shop why --json | jq '.incidents[0].suspects[0].component'"}, exitCodeList = {"0:shown, also if nothing fails",
                        "1:there is no console"})
final class WhyCommand implements Callable<Integer> {

    private static final DateTimeFormatter OF_TODAY = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final DateTimeFormatter OF_ANOTHER_DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    @Mixin
    private InstanceOptions common;

    @Option(names = "--json", description = "Print the console's JSON, which includes past incidents.")
    private boolean json;

    private final Terminal terminal = Terminal.current();

    @Override
    public Integer call() throws IOException {
        var console = ConsoleClient.of(common.instance());
        var diagnosis = console.diagnosis();
        if (json) {
            System.out.println(diagnosis.json());
            return Shop.OK;
        }
        var active = diagnosis.incidents().stream().filter(Incident::active).toList();
        if (active.isEmpty()) {
            System.out.println(Printable.of(diagnosis.sentence()));
            diagnosis.incidents().stream().findFirst().ifPresent(last -> System.out.printf("The last incident was from %s to %s: %s%n",
                    clock(last.began()), clock(last.ended()), Printable.of(last.sentence())));
        }
        for (var incident : active) {
            if (incident != active.getFirst()) {
                System.out.println();
            }
            show(incident, console.url());
        }
        return Shop.OK;
    }

    private void show(Incident incident, String console) {
        System.out.println(terminal.styled(Printable.of(incident.sentence()), Style.BOLD));
        System.out.printf("Since %s, for %s.%n", clock(incident.began()), ago(incident.began()));
        list("What users see", incident.symptoms(), symptom -> Printable.of(symptom.sentence()));
        if (!incident.suspects().isEmpty()) {
            System.out.println("\nSuspects");
            for (var i = 0; i < incident.suspects().size(); i++) {
                show(i + 1, incident.suspects().get(i));
            }
        }
        list("What the failing requests have in common", incident.common(), row -> "%s: %d of %d failing requests, %d of %d good ones"
                .formatted(Printable.of(row.attribute() + "=" + row.value()), row.failing(), row.of_failing(), row.good(), row.of_good()));
        list("What else changed", incident.changes(),
                change -> "%s  %s: %s%s".formatted(clock(change.at()), Printable.of(change.sentence()),
                        change.cause() ? "likely the cause" : "not the cause",
                        change.reason() == null ? "" : ", " + Printable.of(change.reason())));
        list("What to check next", incident.next(), Printable::of);
        System.out.println();
        if (!incident.traces().isEmpty()) {
            System.out.println("An example: ./shop trace " + Printable.of(incident.traces().getFirst()) + common.repeated());
        }
        System.out.println("With links: " + console + "/incidents/" + Printable.of(incident.id()));
    }

    private void show(int rank, Suspect suspect) {
        System.out.printf("%d. %s, confidence %d %%: %s%n", rank,
                terminal.styled(suspect.component() == null ? "the load" : Printable.of(suspect.component()), Style.BOLD),
                Math.round(suspect.confidence() * 100), Printable.of(suspect.sentence()));
        if (suspect.path().size() > 1) {
            System.out.println("   path     " + suspect.path().stream().map(Printable::of)
                    .collect(Collectors.joining(terminal.unicode() ? " → " : " -> ")));
        }
        evidence(suspect, true, "for    ");
        evidence(suspect, false, "against");
    }

    private static void evidence(Suspect suspect, boolean supports, String label) {
        suspect.evidence().stream().filter(evidence -> evidence.supports() == supports)
                .forEach(evidence -> System.out.println("   " + label + "  " + Printable.of(evidence.sentence())));
    }

    private static <T> void list(String title, List<T> entries, Function<T, String> line) {
        if (!entries.isEmpty()) {
            System.out.println("\n" + title);
            entries.forEach(entry -> System.out.println("  - " + line.apply(entry)));
        }
    }

    private static String clock(String time) {
        var local = Instant.parse(time).atZone(ZoneId.systemDefault());
        return (local.toLocalDate().equals(LocalDate.now()) ? OF_TODAY : OF_ANOTHER_DAY).format(local);
    }

    private static String ago(String time) {
        var seconds = Math.max(0, Duration.between(Instant.parse(time), Instant.now()).toSeconds());
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600 ? seconds / 60 + " min " + seconds % 60 + " s" : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
