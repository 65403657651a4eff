package org.debugshop.launcher.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.Incident;
import org.debugshop.launcher.os.Signals;
import org.debugshop.launcher.terminal.Printable;
import org.debugshop.launcher.terminal.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "incident", description = {"Play: find a fault that you have not chosen",
        "",
        "Breaks a running system without showing how, and starts a clock. Find out with the console, ./shop trace and ./shop logs which "
                + "component is at fault and what is wrong there. Each line that you type is a guess, such as: checkout latency. The answer says how "
                + "close it is. If no component of the shop is at fault, the component is: none. The right guess ends the game, and so does "
                + "Ctrl-C. Then the system is healed, and the answer is shown with what would have revealed it.",
        "With --json, a program can play. It reads the game as one line of JSON after each of its own: "
                + "{\"component\":\"checkout\",\"kind\":\"latency\"} or {\"give_up\":true}.",
        ""}, footer = {"", "Examples:",
                "  ./shop incident",
                "  ./shop incident --seed 4711     the same incident once more",
                "  ./shop incident --give-up       ends a game that was started elsewhere"}, exitCodeList = {
                        "0:found, or ended by --give-up", "1:not found, or the game could not start", Shop.WRONG,
                        Shop.ENDED + "; the system is healed"})
final class IncidentCommand implements Callable<Integer> {

    private static final int SIGNAL = 128;

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    @Option(names = "--seed", paramLabel = "N", description = "Repeat the game with this seed, which each game shows.")
    private Long seed;

    @Option(names = "--json", description = "Read and write a line of JSON for each step.")
    private boolean json;

    @Option(names = "--give-up", description = "End the game that is running, and show the answer.")
    private boolean giveUp;

    @Override
    public Integer call() throws IOException {
        if (giveUp && seed != null) {
            throw new ParameterException(spec.commandLine(), "--give-up starts no game, so it takes no --seed.");
        }
        var console = ConsoleClient.of(common.instance());
        if (giveUp) {
            show(console.giveUp());
            return Shop.OK;
        }
        var game = console.startIncident(seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
        Signals.onEnding(signal -> {
            end(console);
            Runtime.getRuntime().halt(SIGNAL + signal);
        });
        introduce(game, console.url());
        try {
            return play(console) ? Shop.OK : Shop.FAILED;
        } catch (IOException | RuntimeException failure) {
            if (!(failure instanceof ConsoleClient.Refusal refusal && refusal.isNotFound())) {
                end(console);
            }
            throw failure;
        }
    }

    /** Takes guesses until the game is over. Returns whether one was right. */
    private boolean play(ConsoleClient console) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in));
        while (true) {
            prompt();
            var line = in.readLine();
            if (line == null || isGivingUp(line)) {
                show(console.giveUp());
                return false;
            }
            if (line.isBlank()) {
                continue;
            }
            try {
                var game = guess(console, line.strip());
                show(game);
                if (!game.isRunning()) {
                    return game.isSolved();
                }
            } catch (ConsoleClient.Refusal refusal) {
                if (refusal.isNotFound()) {
                    throw refusal;
                }
                report(refusal.getMessage());
            }
        }
    }

    private Incident guess(ConsoleClient console, String line) throws IOException {
        if (json) {
            var guess = parsed(line);
            return console.guess(String.valueOf(guess.get("component")), String.valueOf(guess.get("kind")));
        }
        var words = line.toLowerCase(Locale.ROOT).split("[\\s,]+");
        return console.guess(words[0], words.length > 1 ? words[1] : "");
    }

    private boolean isGivingUp(String line) {
        return json
                ? Boolean.TRUE.equals(parsed(line).get("give_up"))
                : line.strip().equalsIgnoreCase("give up") || line.strip().equalsIgnoreCase("quit");
    }

    private static Map<String, Object> parsed(String line) {
        try {
            return line.isBlank() ? Map.of() : JSON.std.mapFrom(line);
        } catch (IOException notJson) {
            return Map.of();
        }
    }

    private void introduce(Incident game, String url) {
        if (json) {
            System.out.println(game.json());
            return;
        }
        System.out.printf("""
                Something in the shop is broken. Where does it start, and what is wrong there? The clock runs. (seed %d)
                  Look at      %s, ./shop trace --error%s, ./shop logs%s
                  Components   %s
                  Kinds        %s
                Type a component and a kind, such as: checkout latency. Type "give up" for the answer.
                """, game.seed(), url, common.repeated(), common.repeated(), String.join(", ", game.components()),
                String.join(", ", game.kinds()));
    }

    private void prompt() {
        if (!json && Terminal.current().live()) {
            System.out.print("> ");
            System.out.flush();
        }
    }

    private void report(String problem) throws IOException {
        System.out.println(json ? JSON.std.asString(Map.of("error", problem)) : Printable.of(problem));
    }

    private void show(Incident game) {
        if (json) {
            System.out.println(game.json());
            return;
        }
        if (!game.guesses().isEmpty()) {
            System.out.println(Printable.of(game.guesses().getLast().sentence()));
        }
        if (game.answer() == null) {
            return;
        }
        var answer = game.answer();
        System.out.printf("%n%s after %s, with %d %s: %s, %s (%s).%n%s%n%nIt shows first in %s of %s.%n%nWhat would have helped:%n",
                game.isSolved() ? "Found" : "Not found", time(game.seconds()), game.guesses().size(),
                game.guesses().size() == 1 ? "guess" : "guesses", answer.component(), answer.kind(), answer.id(),
                Printable.of(answer.answer()), answer.symptom().series(), answer.symptom().service());
        answer.hints().forEach(hint -> System.out.println("  - " + Printable.of(hint)));
        System.out.println("Sources:");
        answer.sources().forEach(source -> System.out.println("  " + source));
        System.out.println("\nThe system is healed. To play it again: ./shop incident --seed " + game.seed() + common.repeated());
    }

    private static String time(double seconds) {
        return "%d:%02d minutes".formatted((int) seconds / 60, (int) seconds % 60);
    }

    /** Ends the game and says so; there may be none any more. */
    private void end(ConsoleClient console) {
        try {
            show(console.giveUp());
        } catch (IOException over) {
            System.err.println("shop: " + Printable.of(over.getMessage()));
        }
    }
}
