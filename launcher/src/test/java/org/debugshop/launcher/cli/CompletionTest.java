package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.debugshop.launcher.console.FaultView;
import org.debugshop.launcher.topology.Checkout;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The completion script for bash in a real bash, and that for zsh in a real zsh if it is installed. */
class CompletionTest {

    @TempDir
    Path directory;

    private Path script;

    @BeforeEach
    void write() throws IOException {
        script = directory.resolve("completion");
        Files.writeString(script, script("bash"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ./shop st                          | status start stop
            ./shop restart cur                 | currency
            ./shop restart currency gat        | gateway
            ./shop up --only currency,gat      | currency,gateway
            ./shop up --wi                     | --without-load
            ./shop break insta                 | instabook-token
            ./shop heal --p                    | --port-offset
            ./shop failures instabook-token -- | --help --port-offset --hint --answer --json
            ./shop trace --service check       | checkout
            ./shop trace --er                  | --error
            ./shop events re                   | replay
            ./shop events replay --d           | --dry-run
            ./shop logs lau                    | launcher
            ./shop help comp                   | completion
            ./shop completion z                | zsh
            ./shop deploy --env st             | staging
            ./shop deploy checkout --ca        | --canary
            ./shop up --port-offset 1          | ""
            ./shop nonsense x                  | ""
            /some/where/shop restart cur       | currency
            """)
    void shouldCompleteInBash(String line, String expected) throws Exception {
        assertThat(completed(line)).containsExactlyInAnyOrder(expected.isEmpty() ? new String[0] : expected.split(" "));
    }

    @Test
    void shouldCompleteEveryVisibleCommandAndOption() throws Exception {
        var commands = Shop.commandLine(Checkout.current()).getSubcommands();
        for (var name : completed("./shop ")) {
            assertThat(commands.get(name).getCommandSpec().usageMessage().hidden()).isFalse();
            var options = commands.get(name).getCommandSpec().options().stream().filter(option -> !option.hidden())
                    .flatMap(option -> Arrays.stream(option.names())).toList();
            assertThat(completed("./shop " + name + " -")).as(name).containsExactlyInAnyOrderElementsOf(options);
        }
        assertThat(completed("./shop ")).contains("up", "completion", "help").doesNotContain("train");
        assertThat(completed("./shop restart ")).isEqualTo(Topology.DEBUG_SHOP.names());
        assertThat(completed("./shop break ")).isEqualTo(FaultView.ids());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void shouldPrintAValidScriptForTheShell(String shell) throws Exception {
        if (!shell.equals("bash") && !Files.exists(Path.of("/usr/bin", shell)) && !Files.exists(Path.of("/bin", shell))) {
            return;
        }
        Files.writeString(script, script(shell));
        assertThat(output(new ProcessBuilder(shell, "-n", script.toString()))).isEmpty();
    }

    /** Returns what the Tab key offers at the end of the line. It calls the function that bash finds for the command. */
    private List<String> completed(String line) throws Exception {
        var words = new ArrayList<>(Arrays.asList(line.split(" ", -1)));
        var command = new ArrayList<>(List.of("bash", "-c", """
                source "$0"
                specification=$(complete -p "${1##*/}")
                function=${specification#*-F }
                COMP_WORDS=("$@")
                COMP_CWORD=$(($# - 1))
                ${function%% *}
                printf '%s\\n' "${COMPREPLY[@]}"
                """, script.toString()));
        command.addAll(words);
        return output(new ProcessBuilder(command)).lines().filter(completion -> !completion.isEmpty()).toList();
    }

    private static String output(ProcessBuilder command) throws IOException, InterruptedException {
        var process = command.redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static String script(String shell) {
        var out = new StringWriter();
        assertThat(Shop.commandLine(Checkout.current()).setOut(new PrintWriter(out)).execute("completion", shell)).isZero();
        return out.toString();
    }
}
