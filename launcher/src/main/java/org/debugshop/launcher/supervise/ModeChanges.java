package org.debugshop.launcher.supervise;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Mode.Kind;
import org.debugshop.launcher.topology.Service;

/**
 * Puts services of a running instance into other {@linkplain Mode modes}, one request after the other.
 *
 * <p>If a service stands at a breakpoint, its caller would give up after two seconds, and the request would fail. So while a service has
 * a debugger, all services that wait for it are patient: its callers and their callers, up to the load generator. They are restarted with
 * a longer timeout, and restarted again when none of the services that they wait for has a debugger.
 */
final class ModeChanges {

    private static final int FIRST_DEBUG_PORT = 5005;
    private static final int PORTS_TO_TRY = 100;

    private final Instance instance;
    private final Supervisor supervisor;
    private final ReentrantLock changing = new ReentrantLock();

    ModeChanges(Instance instance, Supervisor supervisor) {
        this.instance = instance;
        this.supervisor = supervisor;
    }

    /** The requested port is not available. The message is for the user. */
    private static final class NoPort extends Exception {
        private static final long serialVersionUID = 1;

        NoPort(String message) {
            super(message);
        }
    }

    /**
     * Restarts the service with a port for a debugger. Returns whether it and all that wait for it are ready, or paused.
     *
     * @param wanted the port; if empty, the service keeps its debugger's port, or gets the first free port from 5005 plus the offset
     * @param suspended whether the service waits for the debugger before it starts
     */
    boolean debug(Service service, OptionalInt wanted, boolean suspended, Consumer<String> answer)
            throws IOException, InterruptedException {
        Mode mode;
        Map<Service, Mode> changed;
        changing.lock();
        try {
            mode = Mode.debug(debugPort(service, wanted), suspended);
            changed = prepare(service, mode, answer);
        } catch (NoPort none) {
            answer.accept(none.getMessage());
            return false;
        } finally {
            changing.unlock();
        }
        var started = start(service, changed, answer);
        if (started) {
            attachLines(service, mode.debugPort()).forEach(answer);
        }
        return started;
    }

    /** Restarts the service in dev mode, unless it is in dev mode already. Returns whether it is ready. */
    boolean dev(Service service, Consumer<String> answer) throws IOException, InterruptedException {
        Map<Service, Mode> changed;
        changing.lock();
        try {
            var now = supervisor.mode(service);
            changed = now.kind() == Kind.DEV
                    ? Map.of(service, now)
                    : prepare(service, Mode.dev(debugPort(service, OptionalInt.empty())), answer);
        } catch (NoPort none) {
            answer.accept(none.getMessage());
            return false;
        } finally {
            changing.unlock();
        }
        return start(service, changed, answer);
    }

    /** Restarts the packaged service, and those that were patient only because of it. Returns whether they are ready. */
    boolean off(Service service, Kind from, Consumer<String> answer) throws IOException, InterruptedException {
        Map<Service, Mode> changed;
        changing.lock();
        try {
            if (supervisor.mode(service).kind() != from) {
                answer.accept(service.name() + (from == Kind.DEV ? " is not in dev mode." : " is not being debugged."));
                return false;
            }
            changed = prepare(service, Mode.PACKAGED, answer);
        } finally {
            changing.unlock();
        }
        return start(service, changed, answer);
    }

    /** Stops the services whose mode changes, and sets the mode of their next start. */
    private Map<Service, Mode> prepare(Service service, Mode next, Consumer<String> answer) throws InterruptedException {
        var after = new LinkedHashMap<Service, Mode>();
        instance.topology().services()
                .forEach(candidate -> after.put(candidate, candidate.equals(service) ? next : supervisor.mode(candidate)));
        var debugged = after.entrySet().stream().filter(entry -> entry.getValue().kind() == Kind.DEBUG).map(Map.Entry::getKey).toList();
        after.replaceAll(
                (caller, mode) -> mode.patient(debugged.stream().anyMatch(one -> instance.topology().waitingFor(one).contains(caller))));
        after.entrySet().removeIf(entry -> !entry.getKey().equals(service) && entry.getValue().equals(supervisor.mode(entry.getKey())));
        var running = after.keySet().stream().filter(supervisor::runs).toList();
        after.forEach(supervisor::setMode); // before they stop: if another command starts one meanwhile, it must have its new mode
        supervisor.stop(running, answer);
        after.keySet().retainAll(running);
        after.put(service, next);
        return after;
    }

    /** Starts the service first and then those that wait for it, so that their first calls succeed. */
    private boolean start(Service service, Map<Service, Mode> changed, Consumer<String> answer) throws IOException, InterruptedException {
        var others = instance.topology().services().stream().filter(caller -> changed.containsKey(caller) && !caller.equals(service))
                .toList();
        var started = supervisor.start(List.of(service), answer);
        return supervisor.start(others, answer) && started;
    }

    private int debugPort(Service service, OptionalInt wanted) throws NoPort {
        var own = supervisor.mode(service).debugPort();
        if (wanted.isPresent()) {
            var port = wanted.getAsInt();
            if (port != own) {
                var holder = reservation(service, port);
                if (holder.isEmpty() && !Ports.isFree(Instance.DEFAULT_HOST, port)) {
                    holder = Optional.of(Ports.describeHolder(port));
                }
                if (holder.isPresent()) {
                    throw new NoPort("Not restarted: port " + port + " is taken by " + holder.get());
                }
            }
            return port;
        }
        if (own != 0) {
            return own;
        }
        var first = instance.port(FIRST_DEBUG_PORT);
        return IntStream.range(first, first + PORTS_TO_TRY)
                .filter(port -> reservation(service, port).isEmpty() && Ports.isFree(Instance.DEFAULT_HOST, port))
                .findFirst()
                .orElseThrow(() -> new NoPort("Not restarted: none of the ports " + first + " to " + (first + PORTS_TO_TRY - 1)
                        + " is free for the debugger."));
    }

    /** Returns the service of this instance that uses the port, even if it does not run. */
    private Optional<String> reservation(Service service, int port) {
        for (var owner : instance.topology().services()) {
            if (owner.ports().stream().anyMatch(own -> instance.port(own) == port)) {
                return Optional.of(owner.name());
            }
            if (!owner.equals(service) && supervisor.mode(owner).debugPort() == port) {
                return Optional.of(owner.name() + ", for its debugger");
            }
        }
        return Optional.empty();
    }

    private Stream<String> attachLines(Service service, int port) {
        var offset = instance.offset() == 0 ? "" : " --port-offset " + instance.offset();
        return Stream.of(
                "Attach a debugger to localhost:" + port + ":",
                "  IntelliJ IDEA  Remote JVM Debug: attach, host localhost, port " + port + ", module " + service.module(),
                "  VS Code        {\"type\": \"java\", \"request\": \"attach\", \"name\": \"" + service.name()
                        + "\", \"hostName\": \"localhost\", \"port\": " + port + ", \"projectName\": \"" + service.module() + "\"}",
                "  jdb            jdb -attach localhost:" + port + " -sourcepath " + service.module() + "/src/main/java",
                "./shop debug --off " + service.name() + offset + " puts all back.");
    }
}
