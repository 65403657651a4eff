package org.debugshop.launcher.supervise;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.debugshop.launcher.instance.Forwarding;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.Release;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.instance.State.Entry;
import org.debugshop.launcher.instance.State.Phase;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.os.Problem;
import org.debugshop.launcher.terminal.LogLine;
import org.debugshop.launcher.topology.Checkout;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;

/**
 * Runs an instance: starts all services at the same time, keeps them running, writes the state to a file after each change, and stops
 * the services one after the other in reverse order.
 */
public final class Supervisor {

    private static final int LINES_OF_A_FAILED_SERVICE = 15;

    private final Instance instance;
    private final Options options;
    private final Consumer<String> report;
    private final long startedAt = System.currentTimeMillis();
    private final OsProcess self;
    private final List<SupervisedService> services = new CopyOnWriteArrayList<>();
    private final Map<Service, Mode> modes = new ConcurrentHashMap<>();
    private final Map<Service, Release> releases = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Phase phase = Phase.STARTING;
    private String failure;
    private boolean stopRequested;
    private volatile boolean ended;

    /**
     * @param host the address that all services listen on
     * @param restarts whether a service that dies is started again
     * @param startTimeout how long all of them together may take to become ready
     * @param stopTimeout how long one of them may take to end by itself
     * @param timing the intervals of health checks and restarts
     */
    public record Options(String host, boolean restarts, Duration startTimeout, Duration stopTimeout, SupervisedService.Timing timing) {}

    /** @param report takes a line for the user about each event that no command has caused */
    Supervisor(Instance instance, List<Service> selected, Options options, Consumer<String> report) {
        this.instance = instance;
        this.self = OsProcess.of(ProcessHandle.current().pid(), new Checkout(instance.checkout()).marker());
        this.options = options;
        this.report = report;
        selected.forEach(this::add);
    }

    /** Returns the current state of the instance. */
    State state() {
        lock.lock();
        try {
            return new State(self, startedAt, options.host(), phase, failure, services.stream().map(SupervisedService::entry).toList(),
                    instance.port(Topology.OTLP_PORT), instance.telemetry().forwarding().map(Forwarding::toString).orElse(null));
        } finally {
            lock.unlock();
        }
    }

    /** Starts everything and waits. Returns whether all became ready; if not, all are stopped again and the state has the reason. */
    boolean start() throws IOException, InterruptedException {
        for (var service : services) {
            service.log().startNew();
        }
        services.forEach(SupervisedService::start);
        try {
            await(() -> stopRequested || failed() != null || allReady(), options.startTimeout());
        } catch (TimeoutException tooSlow) {
            return fail(services.stream().filter(service -> service.entry().state() != State.Condition.READY).findFirst().orElseThrow());
        }
        if (failed() != null) {
            return fail(failed());
        }
        become(stopRequested ? Phase.STOPPING : Phase.UP);
        return !stopRequested;
    }

    /** Returns when all processes have ended. */
    void awaitEnd() throws InterruptedException {
        lock.lock();
        try {
            while (!ended) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns after {@link #requestStop} was called. */
    void awaitStopRequest() throws InterruptedException {
        lock.lock();
        try {
            while (!stopRequested) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    void requestStop() {
        lock.lock();
        try {
            stopRequested = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Stops everything, the last started first, and returns when all processes have ended. */
    void stop() throws InterruptedException {
        requestStop();
        become(phase == Phase.FAILED ? Phase.FAILED : Phase.STOPPING);
        for (var service : services.reversed()) {
            service.retire(options.stopTimeout());
        }
        ended = true;
        become(phase == Phase.FAILED ? Phase.FAILED : Phase.STOPPED);
    }

    /** Ends every process at once. */
    void kill() {
        services.forEach(SupervisedService::kill);
    }

    /**
     * Starts services that do not run, all at the same time, and waits until they are ready. A service that was not part of this instance
     * is added. A service is not started if another process holds its port, and none is started after a stop was requested.
     */
    boolean start(List<Service> wanted, Consumer<String> answer) throws IOException, InterruptedException {
        var startable = new ArrayList<Service>();
        var joined = wanted.stream().filter(service -> find(service) == null).toList();
        for (var service : wanted) {
            var taken = runs(service) ? List.<String>of() : instance.takenPorts(service, options.host());
            taken.forEach(port -> answer.accept(service.name() + " not started: " + port));
            if (taken.isEmpty() && join(service)) {
                startable.add(service);
                find(service).start();
            }
        }
        try {
            await(() -> stopRequested || startable.stream().allMatch(this::settled), options.startTimeout());
        } catch (TimeoutException tooSlow) {
            answer.accept("not ready after " + options.startTimeout().toSeconds() + " s");
        }
        if (isStopRequested()) {
            answer.accept("This instance is being stopped; nothing is started any more.");
            return false;
        }
        var allReady = startable.size() == wanted.size();
        for (var service : startable) {
            var entry = find(service).entry();
            if (entry.state() == State.Condition.READY) {
                answer.accept(entry.name() + " ready, " + instance.url(service, options.host()) + note(entry));
                if (joined.contains(service) && service.kind().isEngine()) {
                    answer.accept("What was started before does without it until ./shop restart.");
                }
                if (joined.contains(service) && service.takesOtlp() && instance.telemetry().forwarding().isPresent()) {
                    answer.accept("What was started before sends its telemetry past it until ./shop restart.");
                }
            } else if (entry.state() == State.Condition.PAUSED) {
                answer.accept(entry.name() + " paused" + note(entry));
            } else {
                allReady = false;
                answer.accept(explain(find(service)));
            }
        }
        return allReady;
    }

    /** Stops services, last started first. */
    void stop(List<Service> unwanted, Consumer<String> answer) throws InterruptedException {
        for (var service : services.reversed()) {
            if (unwanted.contains(service.service())) {
                service.stop(options.stopTimeout());
                answer.accept(service.name() + " stopped");
            }
        }
    }

    private static String note(Entry entry) {
        return entry.note() == null ? "" : " (" + entry.note() + ")";
    }

    /** Returns the mode in which a service is started. */
    Mode mode(Service service) {
        return modes.getOrDefault(service, Mode.PACKAGED);
    }

    /** Sets the mode of the next start. A running process is not affected. */
    void setMode(Service service, Mode mode) {
        modes.put(service, mode);
        var known = find(service);
        if (known != null) {
            known.setMode(mode);
        }
    }

    /** Returns what is started as a service. */
    Release release(Service service) {
        return releases.getOrDefault(service, Release.usual(instance));
    }

    /** Sets what the next start of a service runs. A running process is not affected. */
    void setRelease(Service service, Release release) {
        releases.put(service, release);
        var known = find(service);
        if (known != null) {
            known.setRelease(release);
        }
    }

    /** Removes a service that was added to this instance, after it was stopped. */
    void remove(Service service) {
        var known = find(service);
        if (known != null) {
            services.remove(known);
        }
        modes.remove(service);
        releases.remove(service);
        writeState();
    }

    /** Returns whether the service answers its health checks now. */
    boolean isReady(Service service) {
        var known = find(service);
        return known != null && known.entry().state() == State.Condition.READY;
    }

    /** Returns whether the service has a process, or will be restarted. */
    boolean runs(Service service) {
        var known = find(service);
        return known != null && switch (known.entry().state()) {
            case STOPPED, FAILED -> false;
            default -> true;
        };
    }

    private boolean settled(Service service) {
        return switch (find(service).entry().state()) {
            case READY, PAUSED, FAILED -> true;
            default -> false;
        };
    }

    /** Adds the service to this instance, unless the instance is being stopped: the stop would not include the service. */
    private boolean join(Service service) throws IOException {
        lock.lock();
        try {
            if (stopRequested) {
                return false;
            }
            if (find(service) == null) {
                add(service);
                find(service).log().startNew();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isStopRequested() {
        lock.lock();
        try {
            return stopRequested;
        } finally {
            lock.unlock();
        }
    }

    private void add(Service service) {
        lock.lock();
        try {
            var supervised = new SupervisedService(service, instance, options.host(), this::isPresent, options.restarts(),
                    options.timing(), this::onChange);
            supervised.setMode(mode(service));
            supervised.setRelease(release(service));
            services.add(supervised);
        } finally {
            lock.unlock();
        }
    }

    private boolean isPresent(String name) {
        return services.stream().anyMatch(service -> service.name().equals(name));
    }

    private SupervisedService find(Service service) {
        return services.stream().filter(supervised -> supervised.service().equals(service)).findFirst().orElse(null);
    }

    private boolean allReady() {
        return services.stream().allMatch(service -> service.entry().state() == State.Condition.READY);
    }

    private SupervisedService failed() {
        return services.stream().filter(service -> service.entry().state() == State.Condition.FAILED).findFirst().orElse(null);
    }

    private boolean fail(SupervisedService culprit) throws IOException, InterruptedException {
        failure = explain(culprit);
        become(Phase.FAILED);
        stop();
        return false;
    }

    private String explain(SupervisedService culprit) throws IOException {
        var entry = culprit.entry();
        var text = new StringBuilder(entry.name());
        text.append(entry.state() == State.Condition.FAILED
                ? " did not start: " + entry.note()
                : " is not ready after " + options.startTimeout().toSeconds() + " s (it is " + entry.state().word() + ")");
        culprit.log().lastLines(LINES_OF_A_FAILED_SERVICE).forEach(line -> text.append("\n  | ").append(LogLine.parse(line).plain()));
        return text.append("\n  its log: ").append(instance.checkout().relativize(culprit.log().path())).toString();
    }

    private void onChange(Entry before, Entry after) {
        writeState();
        switch (after.state()) {
            case RESTARTING -> report.accept(after.name() + " died: " + after.note());
            case UNREADY -> report.accept(after.name() + " is not ready any more: " + after.note());
            case READY -> {
                if (before.state() == State.Condition.UNREADY || after.restarts() > 0) {
                    report.accept(after.name() + " is ready again");
                }
            }
            case FAILED -> {
                if (phase == Phase.UP) {
                    report.accept(after.name() + " failed: " + after.note());
                }
            }
            case STARTING, PAUSED, STOPPING, STOPPED -> {}
        }
    }

    private void become(Phase next) {
        lock.lock();
        try {
            phase = next;
        } finally {
            lock.unlock();
        }
        writeState();
    }

    private void writeState() {
        lock.lock();
        try {
            state().write(instance);
            changed.signalAll();
        } catch (IOException failure) {
            report.accept("cannot write " + State.file(instance) + ": " + Problem.of(failure));
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier condition, Duration atMost) throws InterruptedException, TimeoutException {
        var left = atMost.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new TimeoutException();
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
