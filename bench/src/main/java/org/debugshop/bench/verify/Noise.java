package org.debugshop.bench.verify;

import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.INSTABOOK;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;

/**
 * What happens in every real system: clients make mistakes, services are restarted, and new versions are deployed. A seed decides when.
 */
final class Noise implements AutoCloseable {

    private static final int REQUESTS_PER_ERROR = 100;
    private static final int RESTART_ONE_IN = 3;
    private static final int DEPLOY_ONE_IN = 2;
    private static final int LATEST_RESTART_SECONDS = 8;
    private static final Duration READY = Duration.ofSeconds(60);
    /** The shop works without these, so that their restart is no failure. */
    private static final List<String> RESTARTED = List.of("ad-service", "inventory");
    /** The service of which a new version is deployed. */
    private static final String DEPLOYED = "ad-service";

    /**
     * What happens while one fault is on.
     *
     * @param restarted the service that is restarted; null for none
     * @param afterSeconds when
     * @param deployment whether a new version of a service is deployed, which works
     */
    record Plan(String restarted, int afterSeconds, boolean deployment) {

        static final Plan NOTHING = new Plan(null, 0, false);
    }

    private interface Mistake {
        Http.Answer make(Shop shop, Random random);
    }

    private static final List<Mistake> MISTAKES = List.of(
            (shop, random) -> Http.get(shop.url(GATEWAY) + "/product/" + (100_000 + random.nextInt(1000))),
            (shop, _) -> Http.get(shop.url(GATEWAY) + "/product/first"),
            (shop, _) -> Http.get(shop.url(GATEWAY) + "/products?currency=XXX"),
            (shop, _) -> Http.get(shop.url(GATEWAY) + "/order/" + UUID.randomUUID()),
            (shop, _) -> Http.post(shop.url(GATEWAY) + "/checkout", "{\"user_id\":\"user-1\"}"),
            (shop, random) -> Http.get(shop.url(INSTABOOK) + "/booking/session/unknown-" + random.nextInt(1000)));

    private final Shop shop;
    private final Random random;
    private final Consumer<String> progress;
    private final boolean on;
    private final Thread clients;

    Noise(Shop shop, boolean on, long seed, Consumer<String> progress) {
        this.shop = shop;
        this.on = on;
        this.random = new Random(seed);
        this.progress = progress;
        this.clients = Thread.ofPlatform().daemon().unstarted(() -> makeMistakes(new Random(seed)));
        if (on) {
            clients.start();
        }
    }

    /** Decides what happens next. */
    Plan next(Fault fault, boolean deploymentExists) {
        return on ? draw(random, fault, deploymentExists) : Plan.NOTHING;
    }

    /** Draws the same for the same seed and order of faults. */
    static Plan draw(Random random, Fault fault, boolean deploymentExists) {
        var restart = random.nextInt(RESTART_ONE_IN) == 0;
        var which = random.nextInt(RESTARTED.size());
        var after = 1 + random.nextInt(LATEST_RESTART_SECONDS);
        var deployment = random.nextInt(DEPLOY_ONE_IN) == 0;
        var concerned = fault.concerned();
        var possible = RESTARTED.stream().filter(service -> !concerned.contains(service)).toList();
        var restarted = restart && !possible.isEmpty() ? possible.get(which % possible.size()) : null;
        return new Plan(restarted, after, deployment && deploymentExists && !fault.id().equals(Fault.HARMLESS_DEPLOYMENT)
                && !concerned.contains(DEPLOYED));
    }

    /** Does what was planned, except for the deployment. Returns what happened, when it is over. */
    List<String> happen(Plan plan) throws InterruptedException {
        var happened = new ArrayList<String>();
        if (plan.restarted() != null) {
            Thread.sleep(Duration.ofSeconds(plan.afterSeconds()));
            var status = shop.status().get(plan.restarted());
            if (status != null && status.pid() != null && ProcessHandle.of(status.pid()).map(ProcessHandle::destroy).orElse(false)) {
                progress.accept("meanwhile, " + plan.restarted() + " restarts");
                happened.add("restart of " + plan.restarted());
                awaitRestart(status);
            }
        }
        return happened;
    }

    private void awaitRestart(Shop.Status before) throws InterruptedException {
        var end = System.nanoTime() + READY.toNanos();
        while (System.nanoTime() < end) {
            Thread.sleep(Duration.ofSeconds(1));
            var now = shop.status().get(before.name());
            if (now.restarts() > before.restarts() && now.state().equals("ready")) {
                return;
            }
        }
    }

    /** Makes one mistake for every hundred requests of the load generator. */
    private void makeMistakes(Random which) {
        var due = requests();
        try {
            while (true) {
                Thread.sleep(Duration.ofSeconds(1));
                var now = requests();
                due = now < due ? now : due;
                for (; due + REQUESTS_PER_ERROR <= now; due += REQUESTS_PER_ERROR) {
                    var mistake = MISTAKES.get(which.nextInt(MISTAKES.size()));
                    Http.ifAnswered(() -> mistake.make(shop, which));
                }
            }
        } catch (InterruptedException | AssertionError over) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how many requests the load generator has sent; NaN if it does not answer. */
    private double requests() {
        try {
            return Metrics.of(shop.url(Service.LOAD_GENERATOR)).sum("load_generator_request_count_total");
        } catch (RuntimeException | AssertionError unavailable) {
            return Double.NaN;
        }
    }

    @Override
    public void close() {
        clients.interrupt();
    }
}
