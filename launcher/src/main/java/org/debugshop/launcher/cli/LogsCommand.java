package org.debugshop.launcher.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.os.LogTail;
import org.debugshop.launcher.terminal.LogLine;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.terminal.Terminal.Style;
import org.debugshop.launcher.topology.Service;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "logs", description = {"Show what the services log",
        "",
        "The last lines of each service, in the order of time. The services write JSON; it is shown in readable form unless --raw is given."
                + " The files are .shop/<port offset>/logs/<service>.log. If nothing is up, they are those of the last run.",
        ""}, footer = {"", "Examples:",
                "  ./shop logs                       the last lines of all",
                "  ./shop logs -f gateway checkout   follow two of them until Ctrl-C",
                "  ./shop logs --raw -n 1000 | jq 'select(.level == \"ERROR\")'"}, exitCodeList = {"0:shown", "1:there are no logs yet",
                        "130:ended by Ctrl-C"})
final class LogsCommand implements Callable<Integer> {

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final List<Style> COLOURS = List.of(Style.CYAN, Style.GREEN, Style.MAGENTA, Style.YELLOW, Style.BLUE);

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-f", "--follow"}, description = "Continue with new lines as they are written.")
    private boolean follow;

    @Option(names = {"-n",
            "--tail"}, paramLabel = "LINES", defaultValue = "50", description = "How many lines of each service. Default: ${DEFAULT-VALUE}.")
    private int tail;

    @Option(names = "--raw", description = "Print the lines as they were written, without the service's name.")
    private boolean raw;

    @Parameters(paramLabel = "SERVICE", arity = "0..*", completionCandidates = Candidates.Logs.class, description = "Which services; default: all. Also: launcher, and SERVICE-canary.")
    private List<String> names = List.of();

    private final Terminal terminal = Terminal.current();
    private final PrintStream out = System.out;

    /** @param prefix the text before each of its lines */
    private record Source(Path path, LogTail tail, String prefix) {}

    /** A line of a service. A line without a time has the time of the line before it. */
    private record Written(Instant time, Source source, String line) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (tail < 0) {
            throw new ParameterException(spec.commandLine(), "--tail must not be negative.");
        }
        var instance = common.instance();
        var sources = sources(instance);
        if (sources.stream().noneMatch(source -> Files.exists(source.path())) && !follow) {
            System.err.println("shop: There are no logs yet; ./shop up starts everything.");
            return Shop.FAILED;
        }
        var lines = new ArrayList<Written>();
        for (var source : sources) {
            var time = Instant.MIN;
            for (var line : source.tail().lastLines(tail)) {
                time = LogLine.parse(line).time().orElse(time);
                lines.add(new Written(time, source, line));
            }
        }
        lines.stream().sorted(Comparator.comparing(Written::time)).forEach(written -> print(written.source(), written.line()));
        while (follow && !out.checkError()) {
            for (var source : sources) {
                for (var line : source.tail().newLines()) {
                    print(source, line);
                }
            }
            Thread.sleep(LOOK);
        }
        return Shop.OK;
    }

    private List<Source> sources(Instance instance) {
        var known = new ArrayList<>(instance.topology().names());
        var canaries = known.stream().map(name -> name + Instance.CANARY).filter(name -> Files.exists(instance.log(name))).toList();
        var services = names.stream().filter(name -> !name.equals("launcher") && !canaries.contains(name)).toList();
        var wanted = new ArrayList<>(common.services(services).stream().map(Service::name).toList());
        if (names.isEmpty()) {
            wanted.addAll(known);
        }
        wanted.addAll(canaries.stream().filter(name -> names.isEmpty() || names.contains(name)).toList());
        if (names.contains("launcher")) {
            wanted.add("launcher");
        }
        var width = wanted.stream().mapToInt(String::length).max().orElse(0);
        return wanted.stream().map(name -> {
            var colour = COLOURS.get(Math.floorMod(known.indexOf(name), COLOURS.size()));
            return new Source(instance.log(name), new LogTail(instance.log(name)),
                    terminal.styled(("%-" + width + "s |").formatted(name), colour) + " ");
        }).toList();
    }

    private void print(Source source, String line) {
        if (raw) {
            out.println(line);
            return;
        }
        LogLine.parse(line).styled(terminal).forEach(part -> out.println(source.prefix() + part));
    }
}
