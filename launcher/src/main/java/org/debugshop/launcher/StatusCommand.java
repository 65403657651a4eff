package org.debugshop.launcher;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.debugshop.launcher.State.Condition;
import org.debugshop.launcher.Terminal.Style;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "status", description = {"Show what runs",
        "",
        "A state is one of:",
        "  starting    the process runs and is not ready yet",
        "  ready       it answers /health/ready",
        "  unready     it was ready, and its health check fails now",
        "  paused      under a debugger, and not answering: at a breakpoint, or waiting for the debugger",
        "  restarting  it died and will be started again",
        "  failed      it did not start, or died and stays dead",
        "  stopping, stopped",
        "All services are listed; one that this ./shop up left out is stopped, and does not count for the exit code.",
        "Memory is the proportional set size (PSS): what processes share is divided among them.",
        ""}, footer = {"", "Examples:",
                "  ./shop status",
                "  ./shop status --json | jq '.[] | select(.state != \"ready\")'",
                "",
                "Exit codes: 0 everything that was to start is ready; 1 something is not, or nothing is up."})
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private InstanceOptions common;

    @Option(names = "--json", description = "As JSON: name, state, pid, port, uptime_s, pss_bytes, restarts; null where there is none.")
    private boolean json;

    /**
     * A line of the answer; the names are those of the JSON.
     *
     * @param wanted whether it is part of the instance, so that it counts for the exit code
     */
    private record Line(String name, boolean wanted, Condition state, OsProcess process, Integer port, Long uptimeSeconds, Long pss,
            int restarts, String note) {

        static Line stopped(String name, boolean wanted, Integer port, String note) {
            return new Line(name, wanted, Condition.STOPPED, null, port, null, null, 0, note);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return show(common.instance(), json);
    }

    static int show(Instance instance, boolean json) throws IOException, InterruptedException {
        var lines = lines(instance);
        if (json) {
            System.out.println(toJson(lines));
        } else {
            print(lines, Terminal.current());
            State.read(instance).filter(state -> state.launcher().isAlive())
                    .ifPresent(state -> Supervision.telemetry(instance, state).forEach(System.out::println));
        }
        return lines.stream().filter(Line::wanted).allMatch(line -> line.state() == Condition.READY) ? Shop.OK : Shop.FAILED;
    }

    private static List<Line> lines(Instance instance) throws IOException, InterruptedException {
        var state = State.read(instance);
        if (state.isEmpty()) {
            return nothing(instance);
        }
        var launcher = state.get().launcher();
        var supervised = launcher.isAlive();
        var entries = state.get().services().stream().collect(Collectors.toMap(State.Entry::name, Function.identity()));
        var looks = new ArrayList<Future<Line>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var service : instance.topology().services()) {
                var entry = entries.get(service.name());
                looks.add(threads.submit(() -> entry == null
                        ? Line.stopped(service.name(), false, instance.port(service.port()), supervised ? "left out" : null)
                        : look(service, entry, supervised, state.get().host())));
            }
            looks.add(threads.submit(() -> supervised
                    ? new Line("launcher", true, ofLauncher(state.get().phase()), launcher, null, secondsSince(state.get().startedAt()),
                            pss(launcher), 0, null)
                    : Line.stopped("launcher", true, null, null)));
        }
        return looks.stream().map(Future::resultNow).toList();
    }

    private static List<Line> nothing(Instance instance) {
        var lines = new ArrayList<Line>();
        instance.topology().services()
                .forEach(service -> lines.add(Line.stopped(service.name(), true, instance.port(service.port()), null)));
        lines.add(Line.stopped("launcher", true, null, null));
        return lines;
    }

    /** The state file is the word of a launcher that lives; of one that was killed, only what can be seen now counts. */
    private static Line look(Service service, State.Entry entry, boolean supervised, String host) {
        var process = entry.process();
        if (process == null || !process.isAlive()) {
            var condition = switch (entry.state()) {
                case FAILED -> Condition.FAILED;
                case STARTING, RESTARTING, STOPPING, STOPPED -> supervised ? entry.state() : Condition.STOPPED;
                case READY, UNREADY, PAUSED -> supervised ? Condition.RESTARTING : Condition.STOPPED;
            };
            var note = condition == entry.state() ? entry.note() : null;
            return new Line(entry.name(), true, condition, null, entry.port(), null, null, entry.restarts(), note);
        }
        var condition = supervised ? entry.state() : Health.isReady(service, host, entry.port()) ? Condition.READY : Condition.UNREADY;
        var note = supervised ? entry.note() : "nobody restarts it";
        return new Line(entry.name(), true, condition, process, entry.port(), secondsSince(entry.since()), pss(entry), entry.restarts(),
                note);
    }

    private static Condition ofLauncher(State.Phase phase) {
        return switch (phase) {
            case STARTING -> Condition.STARTING;
            case UP -> Condition.READY;
            case STOPPING, STOPPED, FAILED -> Condition.STOPPING;
        };
    }

    private static String toJson(List<Line> lines) throws IOException {
        var objects = new ArrayList<Object>();
        for (var line : lines) {
            var object = new LinkedHashMap<String, Object>();
            object.put("name", line.name());
            object.put("state", line.state().word());
            object.put("pid", line.process() == null ? null : line.process().pid());
            object.put("port", line.port());
            object.put("uptime_s", line.uptimeSeconds());
            object.put("pss_bytes", line.pss());
            object.put("restarts", line.restarts());
            objects.add(object);
        }
        return JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(objects);
    }

    private static void print(List<Line> lines, Terminal terminal) {
        System.out.printf("%-26s %-11s %7s %6s %9s %8s %8s%n", "SERVICE", "STATE", "PID", "PORT", "UPTIME", "MEMORY", "RESTARTS");
        var total = 0L;
        for (var line : lines) {
            var style = switch (line.state()) {
                case READY -> Style.GREEN;
                case FAILED, UNREADY -> Style.RED;
                case STARTING, STOPPING, RESTARTING, PAUSED -> Style.YELLOW;
                case STOPPED -> Style.FAINT;
            };
            var state = terminal.styled("%-11s".formatted(line.state().word()), style);
            System.out.printf("%-26s %s %7s %6s %9s %8s %8d%s%n", line.name(), state,
                    line.process() == null ? "-" : line.process().pid(), line.port() == null ? "-" : line.port(),
                    uptime(line.uptimeSeconds()),
                    megabytes(line.pss()), line.restarts(), line.note() == null ? "" : "  " + line.note());
            total += line.pss() == null ? 0 : line.pss();
        }
        if (total > 0) {
            System.out.printf("%-26s %-11s %7s %6s %9s %8s%n", "", "", "", "", "in all", megabytes(total));
        }
    }

    /** In dev mode there are two processes, Maven's and the service's. */
    private static Long pss(State.Entry entry) {
        return entry.isInDevMode()
                ? OsProcess.withMarker(entry.process().marker() + " ").flatMap(process -> process.pss().stream()).reduce(Long::sum)
                        .orElse(null)
                : entry.process().pssWithDescendants().orElse(null);
    }

    private static Long pss(OsProcess process) {
        return process.pss().orElse(null);
    }

    private static long secondsSince(long epochMillis) {
        return Math.max(0, (System.currentTimeMillis() - epochMillis) / 1000);
    }

    private static String uptime(Long seconds) {
        if (seconds == null) {
            return "-";
        }
        var duration = Duration.ofSeconds(seconds);
        return duration.toHours() > 0
                ? "%d:%02d:%02d".formatted(duration.toHours(), duration.toMinutesPart(), duration.toSecondsPart())
                : "%d:%02d".formatted(duration.toMinutes(), duration.toSecondsPart());
    }

    private static String megabytes(Long bytes) {
        return bytes == null ? "-" : bytes / (1024 * 1024) + " MB";
    }
}
