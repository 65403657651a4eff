package org.debugshop.launcher.supervise;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.Controls;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.Release;
import org.debugshop.launcher.os.Problem;
import org.debugshop.launcher.topology.Service;

/**
 * The fault {@code bad-canary}: a version of product-catalog whose lists fail gets a share of the shoppers, which is the strength.
 *
 * <p>The launcher listens to the console as each service does (docs/failures.md). While the fault is on, it runs the same canary as
 * {@code ./shop canary product-catalog --env LIST_ORDER=rating}. If the stream is lost, the canary ends after the lease.
 */
final class BadCanary {

    private static final String FAULT = "bad-canary";
    private static final String LAUNCHER = "launcher";
    private static final String SERVICE = "product-catalog";
    private static final Map<String, String> NEXT = Map.of("LIST_ORDER", "rating");
    private static final Duration PAUSE = Duration.ofSeconds(2);
    /** How long the last state holds after the stream was lost. */
    static final Duration LEASE = Duration.ofSeconds(30);

    private final Instance instance;
    private final Service stable;
    private final Canaries canaries;
    private final Duration lease;
    private final Object reporting = new Object();
    private final String self = Long.toString(ProcessHandle.current().pid());

    // What follows is guarded by this.
    private Controls state = new Controls(Map.of(), List.of());
    private long heard = System.nanoTime();
    private double wanted;
    private double reached;
    private boolean isBusy;
    /** Why what is wanted could not be reached; null if it could. */
    private String problem;
    /** What the canary runs. Another canary of the service, which a user has begun, runs something else. */
    private Release release;
    private String reported;

    private BadCanary(Instance instance, Service stable, Canaries canaries, Duration lease) {
        this.instance = instance;
        this.stable = stable;
        this.canaries = canaries;
        this.lease = lease;
    }

    /** Listens to the console from now on. Empty if this instance is another system. */
    static Optional<Thread> listen(Instance instance, Canaries canaries, Duration lease) {
        return instance.topology().find(SERVICE)
                .map(stable -> Thread.ofVirtual().name("controls").start(new BadCanary(instance, stable, canaries, lease)::listen));
    }

    private void listen() {
        try {
            while (true) {
                try {
                    ConsoleClient.of(instance).listen(LAUNCHER, self, this::receive);
                } catch (IOException noConsole) {
                    // There may be one later.
                }
                lost();
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void receive(Controls newState) {
        synchronized (this) {
            state = newState;
            heard = System.nanoTime();
            want(newState.faults().getOrDefault(FAULT, 0.0));
        }
        report();
    }

    private synchronized void lost() {
        reported = null;
        if (System.nanoTime() - heard > lease.toNanos()) {
            want(0);
        }
    }

    /** After a failure, the next call is the next attempt. */
    private synchronized void want(double strength) {
        wanted = strength;
        if (isBusy) {
            return;
        }
        if (wanted == reached) {
            problem = null;
            return;
        }
        isBusy = true;
        Thread.ofVirtual().name(FAULT).start(this::converge);
    }

    private void converge() {
        var again = true;
        while (again) {
            var target = wanted();
            again = arrived(target, apply(target));
            report();
        }
    }

    private synchronized double wanted() {
        return wanted;
    }

    private synchronized boolean arrived(double target, Optional<String> failure) {
        problem = failure.orElse(null);
        reached = failure.isEmpty() ? target : reached;
        isBusy = failure.isEmpty() && wanted != target;
        return isBusy;
    }

    /** Begins, changes or ends the canary. Returns why that was not possible. */
    private Optional<String> apply(double strength) {
        var answers = new ArrayList<String>();
        try {
            return set((int) Math.round(100 * strength), answers) ? Optional.empty() : answers.stream().findFirst();
        } catch (IOException failure) {
            return Optional.of(Problem.of(failure));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.of("The launcher is being stopped.");
        }
    }

    private boolean set(int weight, List<String> answers) throws IOException, InterruptedException {
        if (canaries.runs(stable, own())) {
            return weight == 0 ? canaries.abort(stable, answers::add) : canaries.weight(stable, weight, answers::add);
        }
        if (weight == 0) {
            return true;
        }
        var version = Release.packaged(instance, stable).orElse("0") + Instance.CANARY;
        return canaries.begin(stable, weight, own(new Release(instance.checkout(), NEXT, Optional.of(version))), false, answers::add);
    }

    private synchronized Release own() {
        return release;
    }

    private synchronized Release own(Release next) {
        release = next;
        return next;
    }

    /** Reports what is applied, unless the console knows it already. */
    private void report() {
        synchronized (reporting) {
            try {
                var report = whatIsNew();
                if (report.isPresent()) {
                    ConsoleClient.of(instance).report(LAUNCHER, self, report.get());
                }
            } catch (IOException refused) {
                // The next event from the console is the next attempt.
                forget();
            }
        }
    }

    private synchronized Optional<String> whatIsNew() throws IOException {
        var isGone = reached != 0 && !canaries.runs(stable, release);
        var why = problem == null && !isBusy && isGone ? "its canary was aborted" : problem;
        var report = state.report(isBusy || why != null ? Map.of() : Map.of(FAULT, reached), why == null ? Map.of() : Map.of(FAULT, why));
        if (report.equals(reported)) {
            return Optional.empty();
        }
        reported = report;
        return Optional.of(report);
    }

    private synchronized void forget() {
        reported = null;
    }
}
