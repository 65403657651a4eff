package org.debugshop.launcher.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Writes a script that completes {@code ./shop}. The script contains all words, so it starts no process. picocli can write a script too,
 * but
 * that one leaves functions with common names and, in zsh, changed options in the user's shell, and does not complete lists with commas.
 */
@Command(name = "completion", description = {"Print a script that makes the Tab key complete ./shop",
        "",
        "It completes commands, options, and the names of services and failures, even if ./shop is called by another path.",
        ""}, footer = {"", "Examples:",
                "  ./shop completion bash | head         what it looks like",
                "  eval \"$(./shop completion bash)\"      in this shell only; the same works in zsh",
                "  ./shop completion bash >>~/.bashrc    in every new bash",
                "  ./shop completion zsh >>~/.zshrc      in every new zsh"}, exitCodeList = {"0:printed",
                        "2:there is no script for that shell"})
final class CompletionCommand implements Callable<Integer> {

    private enum Shell {
        bash, zsh
    }

    /** The part for both shells: it puts the words that may follow into REPLY. */
    private static final String WORDS = """
            # Completes ./shop. Made by ./shop completion %s
            # $1: the command of ./shop, if there is one yet; $2: the word before the one that is completed; $3: what there is of that
            _debug_shop_words() {
              REPLY=
              case "$1 $2" in
            %s  esac
              case "$1:$3" in
                :*) REPLY='%s' ;;
            %s  esac
            }
            """;

    private static final String BASH = """
            _debug_shop() {
              local REPLY command= current=${COMP_WORDS[COMP_CWORD]}
              [ "$COMP_CWORD" -lt 2 ] || command=${COMP_WORDS[1]}
              _debug_shop_words "$command" "${COMP_WORDS[COMP_CWORD-1]}" "$current"
              local before=
              case $current in *,*) before=${current%,*}, ;; esac
              COMPREPLY=($(compgen -P "$before" -W "$REPLY" -- "${current##*,}"))
            }
            complete -F _debug_shop shop
            """;

    private static final String ZSH = """
            _debug_shop() {
              local REPLY command=
              (( CURRENT < 3 )) || command=$words[2]
              _debug_shop_words "$command" "$words[CURRENT-1]" "$PREFIX"
              compset -P '*,'
              compadd -- ${=REPLY}
            }
            (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
            compdef _debug_shop shop
            """;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        var commands = spec.root().subcommands().values().stream().map(command -> command.getCommandSpec())
                .filter(command -> !command.usageMessage().hidden()).toList();
        var names = String.join(" ", commands.stream().map(CommandSpec::name).toList());
        var afterOptions = new StringBuilder();
        var afterCommands = new StringBuilder();
        for (var command : commands) {
            var options = new ArrayList<String>();
            for (var option : command.options()) {
                if (option.hidden()) {
                    continue;
                }
                options.addAll(List.of(option.names()));
                if (option.arity().max() > 0) {
                    var before = Stream.of(option.names()).map(name -> "'" + command.name() + " " + name + "'")
                            .collect(Collectors.joining(" | "));
                    afterOptions.append("    %s) REPLY='%s'; return ;;\n".formatted(before, words(option.completionCandidates())));
                }
            }
            var positional = command.name().equals("help")
                    ? names
                    : command.positionalParameters().stream()
                            .map(parameter -> words(parameter.completionCandidates())).collect(Collectors.joining(" "));
            if (!positional.isEmpty()) {
                afterCommands.append("    %s:-*) REPLY='%s' ;;\n    %s:*) REPLY='%s' ;;\n"
                        .formatted(command.name(), String.join(" ", options), command.name(), positional));
            } else {
                afterCommands.append("    %s:*) REPLY='%s' ;;\n".formatted(command.name(), String.join(" ", options)));
            }
        }
        var out = spec.commandLine().getOut();
        out.print(WORDS.formatted(shell, afterOptions, names, afterCommands) + (shell == Shell.bash ? BASH : ZSH));
        out.flush();
        return Shop.OK;
    }

    /** @param candidates null if there are none */
    private static String words(Iterable<String> candidates) {
        return candidates == null ? "" : StreamSupport.stream(candidates.spliterator(), false).collect(Collectors.joining(" "));
    }
}
