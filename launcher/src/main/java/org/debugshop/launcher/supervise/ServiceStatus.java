package org.debugshop.launcher.supervise;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.instance.State.Condition;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.topology.Service;

/**
 * The current status of a service or of the launcher: a line of {@code ./shop status}.
 *
 * @param wanted whether it is part of the instance, so that it counts for the exit code
 * @param process null if there is none
 * @param port null for the launcher
 * @param uptimeSeconds null if there is no process
 * @param pss the proportional set size in bytes; null if there is no process, or if the operating system does not report it
 * @param restarts how often the process was restarted after it died
 * @param note a remark for the reader; null if there is none
 */
public record ServiceStatus(String name, boolean wanted, Condition state, OsProcess process, Integer port, Long uptimeSeconds, Long pss,
        int restarts, String note) {

    private static final String LAUNCHER = "launcher";

    /** All services in the order of the topology, then the launcher. Throws when the state file is damaged. */
    public static List<ServiceStatus> of(Instance instance) throws IOException {
        var state = State.read(instance);
        return state.isEmpty() ? nothing(instance) : of(instance, state.get());
    }

    private static List<ServiceStatus> of(Instance instance, State state) {
        var supervised = state.launcher().isAlive();
        var entries = state.services().stream().collect(Collectors.toMap(State.Entry::name, Function.identity()));
        var looks = new ArrayList<Future<ServiceStatus>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var service : instance.topology().services()) {
                var entry = entries.get(service.name());
                looks.add(threads.submit(() -> entry == null
                        ? stopped(service.name(), false, instance.port(service.port()), supervised ? "left out" : null)
                        : look(service, entry, supervised, state.host())));
                var canary = entries.get(service.name() + Instance.CANARY);
                if (canary != null) {
                    looks.add(threads.submit(() -> look(service, canary, supervised, state.host())));
                }
            }
            looks.add(threads.submit(() -> supervised ? ofLauncher(state) : stopped(LAUNCHER, true, null, null)));
        }
        return looks.stream().map(Future::resultNow).toList();
    }

    private static List<ServiceStatus> nothing(Instance instance) {
        var lines = new ArrayList<ServiceStatus>();
        instance.topology().services().forEach(service -> lines.add(stopped(service.name(), true, instance.port(service.port()), null)));
        lines.add(stopped(LAUNCHER, true, null, null));
        return lines;
    }

    private static ServiceStatus stopped(String name, boolean wanted, Integer port, String note) {
        return new ServiceStatus(name, wanted, Condition.STOPPED, null, port, null, null, 0, note);
    }

    /** Returns the state in the state file while the launcher runs. If the launcher was killed, checks the process itself. */
    private static ServiceStatus look(Service service, State.Entry entry, boolean supervised, String host) {
        var process = entry.process();
        if (process == null || !process.isAlive()) {
            var condition = switch (entry.state()) {
                case FAILED -> Condition.FAILED;
                case STARTING, RESTARTING, STOPPING, STOPPED -> supervised ? entry.state() : Condition.STOPPED;
                case READY, UNREADY, PAUSED -> supervised ? Condition.RESTARTING : Condition.STOPPED;
            };
            var note = condition == entry.state() ? entry.note() : null;
            return new ServiceStatus(entry.name(), true, condition, null, entry.port(), null, null, entry.restarts(), note);
        }
        var condition = supervised ? entry.state() : Health.isReady(service, host, entry.port()) ? Condition.READY : Condition.UNREADY;
        var note = supervised ? entry.note() : "nobody restarts it";
        return new ServiceStatus(entry.name(), true, condition, process, entry.port(), secondsSince(entry.since()), pss(entry),
                entry.restarts(), note);
    }

    private static ServiceStatus ofLauncher(State state) {
        var condition = switch (state.phase()) {
            case STARTING -> Condition.STARTING;
            case UP -> Condition.READY;
            case STOPPING, STOPPED, FAILED -> Condition.STOPPING;
        };
        return new ServiceStatus(LAUNCHER, true, condition, state.launcher(), null, secondsSince(state.startedAt()),
                state.launcher().pss().orElse(null), 0, null);
    }

    /** Includes child processes, because dev mode has two processes: Maven and the service. */
    private static Long pss(State.Entry entry) {
        return entry.isInDevMode()
                ? OsProcess.withMarker(entry.process().marker() + " ").flatMap(process -> process.pss().stream()).reduce(Long::sum)
                        .orElse(null)
                : entry.process().pssWithDescendants().orElse(null);
    }

    private static long secondsSince(long epochMillis) {
        return Math.max(0, (System.currentTimeMillis() - epochMillis) / 1000);
    }
}
