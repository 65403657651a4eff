package org.debugshop.bench.verify;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;

/** Reads {@code /metrics} of the services once a second and passes it to the figures. A service that does not answer is left out. */
final class Sampler implements AutoCloseable {

    private final Shop shop;
    private final Map<Service, List<Figure>> figures;
    private final ScheduledExecutorService threads;
    private final Map<Service, Long> samples = new ConcurrentHashMap<>();

    Sampler(Shop shop, List<Figure> figures) {
        this.shop = shop;
        this.figures = figures.stream().collect(Collectors.groupingBy(figure -> service(figure.symptom().service())));
        this.threads = Executors.newScheduledThreadPool(this.figures.size(), Thread.ofPlatform().daemon().name("sampler-", 0).factory());
        this.figures.keySet().forEach(service -> threads.scheduleAtFixedRate(() -> sample(service), 0, 1, TimeUnit.SECONDS));
    }

    static Service service(String name) {
        for (var service : Service.values()) {
            if (service.toString().equals(name)) {
                return service;
            }
        }
        throw new AssertionError("There is no service " + name);
    }

    private void sample(Service service) {
        var all = figures.get(service);
        try {
            var text = Http.text(shop.url(service) + "/metrics");
            var now = System.nanoTime();
            var metrics = Metrics.parse(text.lines().filter(line -> all.stream().anyMatch(figure -> figure.isAbout(line)))
                    .collect(Collectors.joining("\n")));
            all.forEach(figure -> figure.add(now, metrics));
        } catch (RuntimeException | AssertionError unavailable) {
            // It restarts or is overloaded. The figures are unknown until it answers.
        }
        samples.merge(service, 1L, Long::sum);
        synchronized (this) {
            notifyAll();
        }
    }

    /** Returns when the service of a figure was asked once more. */
    synchronized void awaitNext(Figure figure) throws InterruptedException {
        var service = service(figure.symptom().service());
        var before = samples.getOrDefault(service, 0L);
        while (samples.getOrDefault(service, 0L).equals(before)) {
            wait();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
