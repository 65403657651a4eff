package org.debugshop.console.scrape;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.debugshop.console.store.Exposition;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;

/**
 * Scrapes the {@code /metrics} of each target once a tick. As in Prometheus, {@code up} is 0 for a target that doesn't answer in time. Only
 * changes of that are logged, not each scrape.
 */
@Singleton
final class Scraper {

    static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final int TIMEOUT_MILLIS = 1500;
    private static final String ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.7,*/*;q=0.1";

    private final Vertx vertx;
    private final SeriesStore store;
    private final ScrapeListener listener;
    private final HttpClient client;
    private final List<Scrape> scrapes = new ArrayList<>();
    private final List<Long> timers = new ArrayList<>();

    Scraper(Vertx vertx, SeriesStore store, ScrapeListener listener, Targets targets, MeterRegistry registry) {
        this.vertx = vertx;
        this.store = store;
        this.listener = listener;
        // One connection a scrape: a Service of Kubernetes chooses the replica for a connection, so one that is kept reaches the same always.
        client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout(TIMEOUT_MILLIS).setKeepAlive(false).setMaxPoolSize(1).setMaxWaitQueueSize(1)
                .setMaxChunkSize(64 * 1024));
        for (Targets.Target target : targets.all()) {
            scrapes.add(new Scrape(target, Counter.builder("console.scrape.failures")
                    .description("Scrapes that failed").tag("service", target.service()).register(registry)));
        }
    }

    void start(@Observes StartupEvent event) {
        long intoTick = System.currentTimeMillis() % SeriesStore.TICK_MILLIS;
        for (int i = 0; i < scrapes.size(); i++) {
            var scrape = scrapes.get(i);
            long delay = (place(i, scrapes.size()) + SeriesStore.TICK_MILLIS - intoTick) % SeriesStore.TICK_MILLIS + 1;
            timers.add(vertx.setPeriodic(delay, SeriesStore.TICK_MILLIS, _ -> scrape.begin()));
        }
    }

    /**
     * Returns when a target is scraped, in milliseconds after the start of a tick. The targets take turns, because requests wait while all
     * services write their metrics at once. And all of it is in the middle half of a tick, so that a timer that is late neither skips a tick
     * nor hits one twice.
     */
    static long place(int number, int targets) {
        return SeriesStore.TICK_MILLIS / 4 + (long) number * SeriesStore.TICK_MILLIS / (2L * targets);
    }

    void stop(@Observes ShutdownEvent event) {
        timers.forEach(vertx::cancelTimer);
        client.close();
    }

    /** A target. Its state is only used on the event loop of its timer. */
    private final class Scrape {
        private final Targets.Target target;
        private final Counter failures;
        private final Replicas replicas = new Replicas();
        private boolean running;
        private Optional<Boolean> up = Optional.empty();

        Scrape(Targets.Target target, Counter failures) {
            this.target = target;
            this.failures = failures;
        }

        void begin() {
            if (running) {
                return;
            }
            running = true;
            long now = System.currentTimeMillis();
            fetch().compose(body -> vertx.executeBlocking(() -> PrometheusText.parse(body.toString(StandardCharsets.UTF_8)), false))
                    .transform(parsed -> vertx.executeBlocking(() -> keep(now, parsed), false).compose(_ -> parsed.succeeded()
                            ? Future.succeededFuture()
                            : Future.failedFuture(parsed.cause())))
                    .onComplete(kept -> {
                        running = false;
                        if (kept.failed()) {
                            failures.increment();
                        }
                        logChange(kept.cause());
                    });
        }

        /** Stores a scrape. Call it on a worker thread, because readers lock the store. */
        private Void keep(long now, AsyncResult<Exposition> parsed) {
            double value = parsed.succeeded() ? 1 : 0;
            store.add(target.service(), now, List.of(new Sample("up", "up", List.of(), value, Optional.empty())));
            Optional<Exposition> exposition = Optional.ofNullable(parsed.result()).map(scraped -> replicas.merge(scraped, now));
            exposition.ifPresent(merged -> {
                store.describe(merged.families());
                store.add(target.service(), now, merged.samples());
            });
            listener.scraped(target, now, exposition);
            return null;
        }

        private void logChange(Throwable failure) {
            boolean isUp = failure == null;
            if (up.isEmpty() || up.get() != isUp) {
                up = Optional.of(isUp);
                if (isUp) {
                    Log.infof("Scraping the metrics of %s at %s", target.service(), target.url());
                } else {
                    Log.infof("Cannot scrape the metrics of %s at %s: %s", target.service(), target.url(), failure.getMessage());
                }
            }
        }

        private Future<Buffer> fetch() {
            Promise<Buffer> answer = Promise.promise();
            var options = new RequestOptions().setAbsoluteURI(target.url().toString()).setMethod(HttpMethod.GET)
                    .setConnectTimeout(TIMEOUT_MILLIS).putHeader("Accept", ACCEPT);
            client.request(options).onFailure(answer::tryFail).onSuccess(request -> {
                long deadline = vertx.setTimer(TIMEOUT_MILLIS,
                        _ -> giveUp(request, answer, "the answer took more than " + TIMEOUT_MILLIS + " ms"));
                answer.future().onComplete(_ -> vertx.cancelTimer(deadline));
                request.send().onFailure(answer::tryFail).onSuccess(response -> collect(request, response, answer));
            });
            return answer.future();
        }

        private void collect(HttpClientRequest request, HttpClientResponse response, Promise<Buffer> answer) {
            if (response.statusCode() != 200) {
                answer.tryFail("it answered " + response.statusCode());
                return;
            }
            Buffer body = Buffer.buffer();
            response.handler(chunk -> {
                if (body.length() + chunk.length() > MAX_BYTES) {
                    giveUp(request, answer, "it answered more than " + MAX_BYTES + " bytes");
                } else {
                    body.appendBuffer(chunk);
                }
            });
            response.exceptionHandler(answer::tryFail);
            response.endHandler(_ -> answer.tryComplete(body));
        }

        private void giveUp(HttpClientRequest request, Promise<Buffer> answer, String reason) {
            answer.tryFail(reason);
            request.reset();
        }
    }
}
