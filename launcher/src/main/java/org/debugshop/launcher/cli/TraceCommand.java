package org.debugshop.launcher.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.Trace;
import org.debugshop.launcher.console.TraceTree;
import org.debugshop.launcher.terminal.Printable;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "trace", description = {"Show a trace as a tree, with its logs and where it failed",
        "",
        "Shows the newest trace that the console has, or the newest one that failed or passed through a service. If spans are still "
                + "arriving, the command waits. The span where a failure started is marked: the deepest one whose service reports it, or else "
                + "the deepest one that failed.",
        "If the system has an ADMIN_PASSWORD, this command takes it from its environment.",
        ""}, footer = {"", "Examples:",
                "  ./shop trace --error                     the newest failed one",
                "  ./shop trace --service checkout --follow each that passes through checkout, as they come",
                "  ./shop trace 4bf92f3577b34da6a3ce929d0e0e4736",
                "  ./shop trace --json | jq '.spans[].name'"}, exitCodeList = {"0:shown", "1:there is none, or no console",
                        "130:ended by Ctrl-C"})
final class TraceCommand implements Callable<Integer> {

    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{32}");

    private static final Duration LOOK = Duration.ofMillis(300);
    /** How long after its last span a trace with a missing parent is shown incomplete, because the parent was lost or is very late. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** How far back {@code --follow} looks for new traces. Some started long ago, because a debugger stopped them for ten minutes. */
    private static final Duration WINDOW = Duration.ofMinutes(11);
    private static final int PAGE = 1000;

    @Mixin
    private InstanceOptions common;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TRACE_ID", arity = "0..1", description = "Show this one: 32 hexadecimal digits, for example from a log line.")
    private String id;

    @Option(names = "--error", description = "Show one with a failed span.")
    private boolean error;

    @Option(names = "--service", paramLabel = "SERVICE", completionCandidates = Candidates.Services.class, description = "Show one that passes through this service.")
    private String service;

    @Option(names = {"-f", "--follow"}, description = "Show each trace that begins from now on, as soon as it is complete.")
    private boolean follow;

    @Option(names = "--all", description = "Show every span and log record; without it at most " + TraceTree.MAX_SPANS + " spans.")
    private boolean all;

    @Option(names = "--json", description = "Print what the console has, one line of JSON for each trace.")
    private boolean json;

    private final Terminal terminal = Terminal.current();
    private final PrintStream out = System.out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (id != null && (error || service != null || follow)) {
            throw new ParameterException(spec.commandLine(),
                    "A TRACE_ID names one trace; --error, --service and --follow look for others.");
        }
        if (id != null && !ID.matcher(id).matches()) {
            throw new ParameterException(spec.commandLine(), "A trace id has 32 hexadecimal digits.");
        }
        var console = ConsoleClient.of(common.instance());
        if (follow) {
            return follow(console);
        }
        var wanted = id;
        if (wanted == null) {
            var found = console.traces(query(Instant.EPOCH, 1)).traces();
            if (found.isEmpty()) {
                System.err.println("shop: " + nothing());
                return Shop.FAILED;
            }
            wanted = found.getFirst().trace_id();
        }
        try {
            show(console, awaited(console, wanted));
            return Shop.OK;
        } catch (ConsoleClient.Refusal refusal) {
            if (!refusal.isNotFound()) {
                throw refusal;
            }
            System.err.println("shop: The console has no trace " + wanted + "; it keeps the newest only.");
            return Shop.FAILED;
        }
    }

    private Trace awaited(ConsoleClient console, String wanted) throws IOException, InterruptedException {
        var trace = console.trace(wanted);
        var until = Instant.now().plus(PATIENCE); // even if the sender's clock is ahead of this one
        while (!trace.isWhole(Instant.now()) && Instant.now().isBefore(until) && trace.end().plus(PATIENCE).isAfter(Instant.now())) {
            Thread.sleep(LOOK);
            trace = console.trace(wanted);
        }
        return trace;
    }

    private void show(ConsoleClient console, Trace trace) throws IOException {
        if (json) {
            console.copyTrace(trace.id(), out);
            out.println();
        } else {
            new TraceTree(trace, terminal, all).lines().forEach(out::println);
        }
        out.flush();
    }

    /** Shows traces until the output is closed or Ctrl-C. If the console does not answer, waits for it. */
    private int follow(ConsoleClient console) throws IOException, InterruptedException {
        var begin = Instant.now();
        var shown = new HashSet<String>();
        var first = true;
        var told = false;
        while (!out.checkError()) {
            try {
                var now = Instant.now();
                var since = now.minus(WINDOW).isAfter(begin) ? now.minus(WINDOW) : begin;
                var page = console.traces(query(since, PAGE));
                if (page.cursor() != null && !told) {
                    System.err.println("shop: More traces begin than can be shown; some are left out.");
                    told = true;
                }
                followed(console, page.traces(), shown, now);
                first = false;
            } catch (ConsoleClient.Refusal refusal) {
                if (first || !refusal.isAbsence()) {
                    throw refusal;
                }
                System.err.println("shop: The console does not answer; waiting for it.");
                awaitConsole(console);
            }
            Thread.sleep(LOOK);
        }
        return Shop.OK;
    }

    private void followed(ConsoleClient console, List<ConsoleClient.TraceLine> found, Set<String> shown, Instant now) throws IOException {
        shown.retainAll(found.stream().map(ConsoleClient.TraceLine::trace_id).collect(Collectors.toSet()));
        for (var line : found.reversed()) {
            var end = Instant.parse(line.start()).plusNanos(line.duration_us() * 1000);
            if (shown.contains(line.trace_id()) || !Trace.hadTimeToArrive(end, now)) {
                continue;
            }
            try {
                var trace = console.trace(line.trace_id());
                if (trace.isWhole(now) || end.plus(PATIENCE).isBefore(now)) {
                    show(console, trace);
                    if (!json) {
                        out.println();
                    }
                    shown.add(line.trace_id());
                }
            } catch (ConsoleClient.Refusal refusal) {
                if (!refusal.isNotFound()) { // not found: newer traces have replaced it
                    throw refusal;
                }
            }
        }
    }

    private void awaitConsole(ConsoleClient console) throws IOException, InterruptedException {
        while (!out.checkError()) {
            try {
                console.traces(query(Instant.now(), 1));
                return;
            } catch (ConsoleClient.Refusal refusal) {
                if (!refusal.isAbsence()) {
                    throw refusal;
                }
            }
            Thread.sleep(LOOK);
        }
    }

    private Map<String, String> query(Instant since, int limit) {
        var query = new LinkedHashMap<String, String>();
        query.put("since", since.toString());
        query.put("limit", Integer.toString(limit));
        if (error) {
            query.put("error", "true");
        }
        if (service != null) {
            query.put("service", service);
        }
        return query;
    }

    private String nothing() {
        var which = (error ? "failed " : "") + "trace" + (service == null ? "" : " of " + Printable.of(service));
        var known = Topology.DEBUG_SHOP.names();
        return "The console has no " + which + ". " + (service == null || known.contains(service)
                ? error ? "Nothing has failed lately." : "Send a request, and it will."
                : InstanceOptions.suggestion(service, known));
    }
}
