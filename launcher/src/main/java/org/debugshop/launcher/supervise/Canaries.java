package org.debugshop.launcher.supervise;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.RouteView;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.Release;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.os.Problem;
import org.debugshop.launcher.topology.Service;

/**
 * The canaries of an instance: second copies of services, each with a share of the shoppers.
 *
 * <p>A canary is supervised like any service of the instance, and its route is renewed as long as it is ready. So if it dies, or this
 * launcher does, all requests go to the usual copy again. One command is executed after the other.
 */
final class Canaries {

    private static final Duration RENEWAL = Duration.ofMillis(2_500);
    /** Longer than a caller waits for an answer, so that afterwards no request is under way to a copy that gets no more of them. */
    private static final Duration DRAIN = Duration.ofSeconds(3);
    private static final int ALL = 100;

    private final Instance instance;
    private final Supervisor supervisor;
    private final String host;
    private final Consumer<String> report;
    private final ReentrantLock changing = new ReentrantLock();
    /** Held while a route is changed, so that no renewal restores a route that was just removed. */
    private final ReentrantLock routing = new ReentrantLock();
    private final Map<String, Canary> canaries = new ConcurrentSkipListMap<>();
    private Thread renewing;

    /**
     * @param copy the canary as a service of its own
     * @param weight the percentage of shoppers
     * @param promotable whether the usual copy may become what the canary is
     * @param routed whether the route was there when it was renewed last
     */
    private record Canary(Service stable, Service copy, Release release, int weight, boolean promotable, boolean routed) {

        Canary weight(int other) {
            return new Canary(stable, copy, release, other, promotable, routed);
        }

        Canary routed(boolean now) {
            return new Canary(stable, copy, release, weight, promotable, now);
        }
    }

    /** @param report takes a line for the user about each event that no command has caused */
    Canaries(Instance instance, Supervisor supervisor, String host, Consumer<String> report) {
        this.instance = instance;
        this.supervisor = supervisor;
        this.host = host;
        this.report = report;
    }

    /** Starts a canary, and gives it its share of the shoppers when it is ready. Returns whether both succeeded. */
    boolean begin(Service stable, int weight, Release release, boolean promotable, Consumer<String> answer)
            throws IOException, InterruptedException {
        changing.lock();
        try {
            if (canaries.containsKey(stable.name())) {
                answer.accept(stable.name() + " has a canary already. --weight alone changes its share, --promote and --abort end it.");
                return false;
            }
            if (!supervisor.runs(stable)) {
                answer.accept(stable.name() + " does not run; ./shop start " + stable.name() + " comes first.");
                return false;
            }
            var copy = stable.copy(stable.name() + Instance.CANARY, Ports.free(host) - instance.offset());
            supervisor.setRelease(copy, release);
            var canary = new Canary(stable, copy, release, weight, promotable, true);
            if (!supervisor.start(List.of(copy), answer)) {
                stop(copy);
                return false;
            }
            canaries.put(stable.name(), canary);
            if (route(canary, answer).isEmpty()) {
                end(canary, answer);
                return false;
            }
            renewFromNowOn();
            return true;
        } finally {
            changing.unlock();
        }
    }

    /** Changes the share of the shoppers. Returns whether the console has accepted it. */
    boolean weight(Service stable, int weight, Consumer<String> answer) throws InterruptedException {
        changing.lock();
        try {
            var canary = find(stable, answer);
            return canary.isPresent() && change(canary.get().weight(weight), answer).isPresent();
        } finally {
            changing.unlock();
        }
    }

    /**
     * Makes the usual copy run what the canary runs, without a failed request: the canary gets all requests while the usual copy is
     * restarted, and none when that is ready. Returns whether it succeeded; if not, the canary has its share as before.
     */
    boolean promote(Service stable, Consumer<String> answer) throws IOException, InterruptedException {
        changing.lock();
        try {
            var found = find(stable, answer);
            if (found.isEmpty()) {
                return false;
            }
            var canary = found.get();
            if (!canary.promotable) {
                answer.accept("Not promoted: ./shop canary has not begun this canary. --abort ends it.");
                return false;
            }
            if (!supervisor.isReady(canary.copy)) {
                answer.accept("Not promoted: " + canary.copy.name() + " is not ready.");
                return false;
            }
            if (change(canary.weight(ALL), answer).filter(RouteView::isComplete).isEmpty()) {
                change(canary, _ -> {});
                answer.accept("Not promoted, because requests would fail while " + stable.name() + " is restarted.");
                return false;
            }
            Thread.sleep(DRAIN);
            var before = supervisor.release(stable);
            if (!restart(stable, canary.release.withoutVersion(), answer)) {
                answer.accept("Not promoted: " + stable.name() + " does not start as the canary does.");
                restart(stable, before, answer);
                change(canary, answer);
                return false;
            }
            end(canary, answer);
            answer.accept("Promoted: " + stable.name() + " runs what the canary ran.");
            return true;
        } finally {
            changing.unlock();
        }
    }

    /** Ends a canary. All requests go to the usual copy again. */
    boolean abort(Service stable, Consumer<String> answer) throws InterruptedException {
        changing.lock();
        try {
            var canary = find(stable, answer);
            if (canary.isEmpty()) {
                return false;
            }
            end(canary.get(), answer);
            answer.accept("Aborted: all requests go to the usual copy of " + stable.name() + ".");
            return true;
        } finally {
            changing.unlock();
        }
    }

    /** Returns whether the canary of a service runs this release. */
    boolean runs(Service stable, Release release) {
        var canary = canaries.get(stable.name());
        return canary != null && canary.release.equals(release);
    }

    /** Removes all routes, because the whole instance is stopped. */
    void removeRoutes() {
        for (var canary : List.copyOf(canaries.values())) {
            canaries.remove(canary.stable.name());
            removeRoute(canary);
        }
    }

    private Optional<Canary> find(Service stable, Consumer<String> answer) {
        var canary = Optional.ofNullable(canaries.get(stable.name()));
        if (canary.isEmpty()) {
            answer.accept(stable.name() + " has no canary.");
        }
        return canary;
    }

    /** Gives a canary another share. Returns its route; empty if the console has not accepted it. */
    private Optional<RouteView> change(Canary wanted, Consumer<String> answer) {
        canaries.put(wanted.stable.name(), wanted);
        return route(wanted, answer);
    }

    /** Makes the route of a canary, and returns it; empty if the console has not accepted it. */
    private Optional<RouteView> route(Canary canary, Consumer<String> answer) {
        routing.lock();
        try {
            var route = ConsoleClient.of(instance).put(wanted(canary));
            answer.accept(canary.weight == ALL
                    ? "All requests for " + canary.stable.name() + " go to " + canary.copy.name() + "."
                    : canary.weight + " % of the shoppers get " + canary.copy.name() + ".");
            if (!route.isComplete()) {
                answer.accept(route.shortfall());
            }
            return Optional.of(route);
        } catch (IOException refused) {
            answer.accept(Problem.of(refused));
            return Optional.empty();
        } finally {
            routing.unlock();
        }
    }

    private RouteView.Wanted wanted(Canary canary) {
        return new RouteView.Wanted(canary.copy.name(), canary.stable.name(), instance.url(canary.copy, host), canary.weight, null, false,
                false, false, "./shop canary, pid " + ProcessHandle.current().pid(), canary.release.version().orElse(null));
    }

    /** Takes a canary its requests, waits until it has answered those that it has begun, and stops it. */
    private void end(Canary canary, Consumer<String> answer) throws InterruptedException {
        canaries.remove(canary.stable.name());
        removeRoute(canary);
        Thread.sleep(DRAIN);
        stop(canary.copy);
        answer.accept(canary.copy.name() + " stopped");
    }

    private void removeRoute(Canary canary) {
        routing.lock();
        try {
            ConsoleClient.of(instance).removeRoute(canary.copy.name());
        } catch (IOException noConsole) {
            // The route ends by itself, because it is not renewed any more.
        } finally {
            routing.unlock();
        }
    }

    private void stop(Service copy) throws InterruptedException {
        supervisor.stop(List.of(copy), _ -> {});
        supervisor.remove(copy);
    }

    private boolean restart(Service stable, Release release, Consumer<String> answer) throws IOException, InterruptedException {
        supervisor.stop(List.of(stable), answer);
        supervisor.setRelease(stable, release);
        return supervisor.start(List.of(stable), answer);
    }

    private void renewFromNowOn() {
        if (renewing == null) {
            renewing = Thread.ofVirtual().name("canaries").start(() -> {
                try {
                    while (true) {
                        Thread.sleep(RENEWAL);
                        new ArrayList<>(canaries.values()).forEach(this::renew);
                    }
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private void renew(Canary seen) {
        routing.lock();
        try {
            var canary = canaries.get(seen.stable.name());
            if (canary == null) {
                return;
            }
            var console = ConsoleClient.of(instance);
            var ready = supervisor.isReady(canary.copy);
            if (ready) {
                console.put(wanted(canary));
            } else if (canary.routed) {
                console.removeRoute(canary.copy.name());
                report.accept(canary.copy.name() + " is not ready, so all requests go to " + canary.stable.name() + " meanwhile");
            }
            canaries.replace(canary.stable.name(), canary, canary.routed(ready));
        } catch (IOException refused) {
            if (seen.routed) {
                report.accept("The route to " + seen.copy.name() + " is not renewed: " + Problem.of(refused));
                canaries.computeIfPresent(seen.stable.name(), (_, canary) -> canary.routed(false));
            }
        } finally {
            routing.unlock();
        }
    }
}
