package org.debugshop.launcher.supervise;

import static org.debugshop.launcher.instance.State.Condition.FAILED;
import static org.debugshop.launcher.instance.State.Condition.PAUSED;
import static org.debugshop.launcher.instance.State.Condition.READY;
import static org.debugshop.launcher.instance.State.Condition.RESTARTING;
import static org.debugshop.launcher.instance.State.Condition.STARTING;
import static org.debugshop.launcher.instance.State.Condition.STOPPED;
import static org.debugshop.launcher.instance.State.Condition.STOPPING;
import static org.debugshop.launcher.instance.State.Condition.UNREADY;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.instance.Release;
import org.debugshop.launcher.instance.ServiceEnvironment;
import org.debugshop.launcher.instance.State.Condition;
import org.debugshop.launcher.instance.State.Entry;
import org.debugshop.launcher.os.LogFile;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.os.Problem;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Service;

/**
 * Keeps one process running: starts it, checks its health, restarts it when it dies, and stops it.
 *
 * <pre>
 *   STOPPED ──start──▶ STARTING ──health 200──▶ READY ◀──▶ UNREADY
 *                         ▲                       │ dies
 *                         └── 1, 2, 4 … 30 s ── RESTARTING          (stop: from any state to STOPPED)
 * </pre>
 *
 * With a debugger, it is PAUSED instead of UNREADY, because a breakpoint is not a failure. This includes the time before the debugger
 * attaches.
 *
 * If a process dies before it was ready for the first time after {@link #start}, it is FAILED and is not restarted, because another
 * attempt would fail too.
 */
public final class SupervisedService {

    private final Service service;
    private final Instance instance;
    private final String host;
    private final Predicate<String> present;
    private final boolean restarts;
    private final Timing timing;
    private final BiConsumer<Entry, Entry> onChange;

    private final Object changing = new Object();
    private volatile Entry entry;
    private volatile Mode mode = Mode.PACKAGED;
    private volatile Release release;
    private volatile CountDownLatch stop = new CountDownLatch(0);
    private Thread keeper;
    private boolean retired;
    /** False after a failed rotation, so that only the first failure is reported. */
    private boolean rotates = true;

    /**
     * The intervals and limits of the supervision.
     *
     * @param firstDelay the delay before the first restart
     * @param longestDelay the limit of the delay, which doubles with each further death
     * @param healthyFor if a process was ready for this long before it died, the delay is the first one again
     * @param lookWhileStarting the interval of health checks until the process is ready for the first time
     * @param lookWhileReady the interval of health checks afterwards
     * @param missedLooksToUnready the number of consecutive failed checks after which the process counts as not ready
     * @param patienceWhenPaused how long a paused service may take to end before it is killed. A JVM whose threads are suspended by a
     *     debugger does not react to SIGTERM
     */
    public record Timing(Duration firstDelay, Duration longestDelay, Duration healthyFor, Duration lookWhileStarting,
            Duration lookWhileReady,
            int missedLooksToUnready, Duration patienceWhenPaused) {

        public static final Timing STANDARD = new Timing(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60),
                Duration.ofMillis(100), Duration.ofSeconds(2), 3, Duration.ofSeconds(1));

        Duration delayAfter(Duration delay) {
            var twice = delay.multipliedBy(2);
            return twice.compareTo(longestDelay) > 0 ? longestDelay : twice;
        }
    }

    /**
     * @param present returns whether a service of this name is part of the instance; called at each start
     * @param onChange called after each change with the old and the new entry, on the thread that made the change
     */
    SupervisedService(Service service, Instance instance, String host, Predicate<String> present, boolean restarts, Timing timing,
            BiConsumer<Entry, Entry> onChange) {
        this.service = service;
        this.instance = instance;
        this.host = host;
        this.present = present;
        this.restarts = restarts;
        this.timing = timing;
        this.onChange = onChange;
        this.release = Release.usual(instance);
        this.entry = new Entry(service.name(), STOPPED, instance.port(service.port()), null, 0, 0, null, mode);
    }

    String name() {
        return service.name();
    }

    Service service() {
        return service;
    }

    Entry entry() {
        return entry;
    }

    Mode mode() {
        return mode;
    }

    /** How the next process is started. */
    void setMode(Mode next) {
        mode = next;
    }

    /** What the next process runs. */
    void setRelease(Release next) {
        release = next;
    }

    LogFile log() {
        return new LogFile(instance.log(service.name()));
    }

    /** Starts the process and returns at once. Does nothing if the process is already kept running or was retired. */
    synchronized void start() {
        if (retired || keeper != null && keeper.isAlive()) {
            return;
        }
        stop = new CountDownLatch(1);
        become(STARTING, null, 0, entry.restarts(), null);
        keeper = Thread.ofVirtual().name("keep " + service.name()).start(this::keepRunning);
    }

    /**
     * Ends the process and returns when it is gone. The process gets SIGTERM first, and is killed if it has not ended within {@code
     * patience}.
     */
    synchronized void stop(Duration patience) throws InterruptedException {
        stop.countDown();
        if (keeper == null) {
            return;
        }
        var running = entry.process();
        var answers = entry.state() != PAUSED;
        if (running != null && keeper.isAlive()) {
            become(STOPPING, running, entry.since(), entry.restarts(), null);
            askToEnd(running);
        }
        var shorter = timing.patienceWhenPaused().compareTo(patience) < 0 ? timing.patienceWhenPaused() : patience;
        if (!keeper.join(answers ? patience : shorter)) {
            kill();
            keeper.join();
        }
    }

    /** Sends PostgreSQL the signal for a "fast shutdown"; with SIGTERM it would wait until its clients have disconnected. */
    private void askToEnd(OsProcess running) {
        try {
            if (service.kind() == Service.Kind.POSTGRES) {
                running.terminate("INT");
            } else {
                running.terminate();
            }
        } catch (IOException noShell) {
            running.terminate();
        }
    }

    /** Like {@link #stop}, but permanent: later starts have no effect, even one that is requested at the same time. */
    synchronized void retire(Duration patience) throws InterruptedException {
        retired = true;
        stop(patience);
    }

    /** Ends the process at once. */
    void kill() {
        stop.countDown();
        var running = entry.process();
        if (running != null) {
            running.kill();
        }
        family().forEach(OsProcess::kill);
    }

    /**
     * Returns all processes of this service, including one that prepares an engine. Dev mode has two, and if Maven is killed, the other one
     * stays.
     */
    private List<OsProcess> family() {
        return OsProcess.withMarker(instance.marker(service.name()) + " ").toList();
    }

    private void keepRunning() {
        var delay = timing.firstDelay();
        var everReady = false;
        try {
            while (!stopping()) {
                var run = runOnce();
                if (stopping()) {
                    break;
                }
                everReady |= run.wasReady();
                if (!everReady || !restarts) {
                    become(FAILED, null, 0, entry.restarts(), run.end());
                    return;
                }
                delay = run.readyFor().compareTo(timing.healthyFor()) >= 0 ? timing.firstDelay() : delay;
                become(RESTARTING, null, 0, entry.restarts() + 1, run.end() + ", next attempt in " + seconds(delay) + " s");
                if (stop.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
                    break;
                }
                delay = timing.delayAfter(delay);
            }
            become(STOPPED, null, 0, entry.restarts(), null);
        } catch (IOException | RuntimeException | InterruptedException failure) {
            become(FAILED, null, 0, entry.restarts(), Problem.of(failure));
        }
    }

    private boolean stopping() {
        return stop.getCount() == 0;
    }

    /** @param wasReady or waited for its debugger @param readyFor zero if it never was @param end how it ended, in words */
    private record Run(boolean wasReady, Duration readyFor, String end) {}

    /** Supervises one process from its start to its end. */
    private Run runOnce() throws IOException, InterruptedException {
        var running = mode;
        prepare();
        var process = spawn(running);
        var identity = OsProcess.of(process.pid(), instance.marker(service.name()));
        var since = System.currentTimeMillis();
        become(STARTING, identity, since, entry.restarts(), null);
        if (stopping()) {
            process.destroy(); // stop() was called in between and found no process to end
        }
        var readySince = 0L;
        var missed = 0;
        var waited = false;
        while (!process.waitFor(readySince == 0 ? timing.lookWhileStarting() : timing.lookWhileReady())) {
            rotateLog();
            if (stopping()) {
                continue;
            }
            if (Health.isReady(service, host, entry.port())) {
                missed = 0;
                readySince = readySince == 0 ? System.nanoTime() : readySince;
                becomeUnlessStopping(READY, identity, since, null);
            } else if (readySince != 0 && running.kind() == Mode.Kind.DEBUG) {
                becomeUnlessStopping(PAUSED, identity, since, "does not answer");
            } else if (readySince != 0 && ++missed >= timing.missedLooksToUnready()) {
                becomeUnlessStopping(UNREADY, identity, since, service.kind().isEngine() ? "does not answer" : "/health/ready fails");
            } else if (running.suspended() && !waited && holds(process, running.debugPort())) {
                waited = true;
                becomeUnlessStopping(PAUSED, identity, since, "waits for the debugger");
            }
        }
        if (running.kind() == Mode.Kind.DEV) {
            Leftovers.stop(family());
        }
        var readyFor = readySince == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - readySince);
        return new Run(waited || readySince != 0, readyFor, ending(process.exitValue()));
    }

    /** Rotates the log. If that fails, for example on a full disk, the supervision continues, and the next check tries again. */
    private void rotateLog() {
        try {
            log().rotateOver(LogFile.LIMIT);
        } catch (IOException impossible) {
            if (rotates) {
                System.err.println("The log of " + service.name() + " grows beyond its limit: " + Problem.of(impossible));
            }
            rotates = false;
        }
    }

    /** Returns whether the process holds the port. If the holder is unknown, it must be this process, because the port was free before. */
    private static boolean holds(Process process, int port) {
        return !Ports.isFree(Instance.DEFAULT_HOST, port) && Ports.holder(port).map(pid -> pid == process.pid()).orElse(true);
    }

    /** Prepares an engine for its first start. This runs another process, and takes some seconds. */
    private void prepare() throws IOException, InterruptedException {
        var launch = new LaunchCommand(instance, service);
        var preparation = launch.preparation();
        if (preparation.isEmpty() || stopping()) {
            return;
        }
        var process = launch.process(preparation).start();
        if (process.waitFor() != 0 && !stopping()) {
            throw new IOException("it could not be prepared (" + ending(process.exitValue()) + ")");
        }
    }

    private Process spawn(Mode mode) throws IOException {
        var started = release;
        var launch = new LaunchCommand(instance.from(started.checkout()), service);
        var builder = launch.process(launch.in(mode));
        new ServiceEnvironment(instance, host, present).addTo(builder.environment(), service, mode);
        started.addTo(builder.environment());
        return builder.start();
    }

    private static String seconds(Duration delay) {
        return BigDecimal.valueOf(delay.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    private static String ending(int exitValue) {
        return exitValue > 128 ? "killed by signal " + (exitValue - 128) : "exit code " + exitValue;
    }

    private void becomeUnlessStopping(Condition condition, OsProcess process, long since, String note) {
        synchronized (changing) {
            if (entry.state() != STOPPING && entry.state() != condition) {
                become(condition, process, since, entry.restarts(), note);
            }
        }
    }

    private void become(Condition condition, OsProcess process, long since, int restartCount, String note) {
        synchronized (changing) {
            var before = entry;
            entry = new Entry(service.name(), condition, before.port(), process, since, restartCount,
                    process == null || condition == STOPPING ? note : withNoteOfMode(note), mode);
            onChange.accept(before, entry);
        }
    }

    private String withNoteOfMode(String note) {
        return Stream.of(mode.note(), release.note(instance), note).filter(Objects::nonNull)
                .collect(Collectors.collectingAndThen(Collectors.joining("; "),
                        text -> text.isEmpty() ? null : text));
    }
}
