package org.debugshop.launcher.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.instance.State.Condition;
import org.debugshop.launcher.supervise.ServiceStatus;
import org.debugshop.launcher.supervise.Session;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.terminal.Terminal.Style;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "status", description = {"Show what runs",
        "",
        "A state is one of:",
        "  starting    the process runs and is not ready yet",
        "  ready       it answers /health/ready",
        "  unready     it was ready, but its health check fails now",
        "  paused      it has a debugger and does not answer: at a breakpoint, or waiting for the debugger",
        "  restarting  it died and will be started again",
        "  failed      it did not start, or it died and is not restarted",
        "  stopping, stopped",
        "All services are listed. One that ./shop up left out is stopped, and does not change the exit code.",
        "Memory is the proportional set size (PSS): what processes share is divided among them.",
        ""}, footer = {"", "Examples:",
                "  ./shop status",
                "  ./shop status --json | jq '.[] | select(.state != \"ready\")'"}, exitCodeList = {"0:every started service is ready",
                        "1:a service is not, or nothing is up"})
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private InstanceOptions common;

    @Option(names = "--json", description = "Print JSON: name, state, pid, port, uptime_s, pss_bytes, restarts; null if there is none.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        return show(common.instance(), json);
    }

    static int show(Instance instance, boolean json) throws IOException {
        var lines = ServiceStatus.of(instance);
        if (json) {
            System.out.println(toJson(lines));
        } else {
            print(lines, Terminal.current());
            State.read(instance).filter(state -> state.launcher().isAlive())
                    .ifPresent(state -> Session.telemetry(instance, state).forEach(System.out::println));
        }
        return lines.stream().filter(ServiceStatus::wanted).allMatch(line -> line.state() == Condition.READY) ? Shop.OK : Shop.FAILED;
    }

    private static String toJson(List<ServiceStatus> lines) throws IOException {
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

    private static void print(List<ServiceStatus> lines, Terminal terminal) {
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
