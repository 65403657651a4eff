package org.debugshop.console.forward;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.operators.multi.processors.UnicastProcessor;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.debugshop.console.ConsoleConfig;

/**
 * Sends OTLP requests on to another receiver, first come first served, a few at once.
 *
 * <pre>
 *   offer ─▶ waiting and on their way, {@link Bounds#bytes} at most ─▶ POST ─▶ 2xx                       sent
 *        └▶ full: dropped                         ▲                    ├▶ 429, 502, 503, 504, no answer ─┐
 *                                                 └── back-off ◀───────┼─────────────────────────────────┘ too long: dropped (expired)
 *                                                                      └▶ any other status: dropped (refused)
 * </pre>
 *
 * Which status is worth another attempt is <a href="https://opentelemetry.io/docs/specs/otlp/#failures-1">OTLP's rule</a>. Whoever offers
 * never waits and never learns how it went; the metrics {@code console.forward.*} and a WARN a minute at most tell. Safe for several
 * threads.
 */
@Singleton
public final class Forwarder {

    static final int CONCURRENCY = 4;
    /** A request in the queue or under way besides its own bytes: the objects around it, and those of an attempt. Bytes. */
    static final int OVERHEAD = 1024;

    private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(60);
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(1);
    private static final List<Integer> TEMPORARY = List.of(429, 502, 503, 504);

    /**
     * @param bytes of bodies that wait or are on their way
     * @param timeout of one attempt, from connecting to the end of the answer
     * @param firstDelay before the second attempt; each further one waits twice as long, give or take a half
     * @param longestDelay between two attempts, unless {@code Retry-After} asks for more, which may be a minute
     * @param giveUpAfter since the first attempt
     */
    record Bounds(long bytes, Duration timeout, Duration firstDelay, Duration longestDelay, Duration giveUpAfter) {
        static final Bounds DEFAULT = new Bounds(8 * 1024 * 1024, Duration.ofSeconds(10), Duration.ofMillis(500), Duration.ofSeconds(10),
                Duration.ofMinutes(5));
    }

    /** Worth another attempt. */
    private static final class TemporaryException extends Exception {
        final Duration retryAfter;

        TemporaryException(String message, Duration retryAfter) {
            super(message, null, false, false);
            this.retryAfter = retryAfter;
        }
    }

    /** The destination does not want it, and would not the next time. */
    private static final class RefusedException extends Exception {
        RefusedException(String message) {
            super(message, null, false, false);
        }
    }

    private final Optional<Destination> destination;
    private final Bounds bounds;
    private final MeterRegistry registry;
    private final HttpClient client;
    private final UnicastProcessor<ExportRequest> queue = UnicastProcessor.create();
    private final CompletableFuture<Void> emptied = new CompletableFuture<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());
    /** Since the last success, in a way that may pass. */
    private final AtomicBoolean failing = new AtomicBoolean();
    /** RFC 9110, 7.6.3: by it a request that comes round is known again, whatever this machine is called on the way. */
    private final String pseudonym = "debug-shop-console-" + UUID.randomUUID();

    @Inject
    Forwarder(Vertx vertx, ConsoleConfig config, MeterRegistry registry) {
        this(vertx, destination(config), registry, Bounds.DEFAULT);
    }

    Forwarder(Vertx vertx, Optional<Destination> destination, MeterRegistry registry, Bounds bounds) {
        this.destination = destination;
        this.bounds = bounds;
        this.registry = registry;
        client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout((int) bounds.timeout().toMillis()).setMaxPoolSize(CONCURRENCY).setMaxWaitQueueSize(CONCURRENCY)
                .setKeepAliveTimeout(30));
        for (String signal : List.of("traces", "logs", "metrics")) {
            registry.counter("console.forward.sent", "signal", signal);
            registry.counter("console.forward.dropped", "signal", signal, "reason", "full");
        }
        Gauge.builder("console.forward.waiting.bytes", bytes, AtomicLong::get).register(registry);
    }

    private static Optional<Destination> destination(ConsoleConfig config) {
        return config.forwardOtlpEndpoint().map(endpoint -> {
            var destination = Destination.parse(endpoint, config.forwardOtlpHeaders().orElse(""));
            if (destination.isHere(config.otlpPort()) || destination.isHere(config.otlpGrpcPort())) {
                throw new IllegalArgumentException("FORWARD_OTLP_ENDPOINT is " + destination
                        + ", where this console itself takes OTLP (OTLP_PORT, OTLP_GRPC_PORT); telemetry would go round in circles");
            }
            return destination;
        });
    }

    /** Before anybody offers something. */
    void start(@Observes @Priority(1) StartupEvent event) {
        destination.ifPresent(to -> {
            Log.infof("Telemetry is forwarded to %s", to);
            queue.onItem().transformToUni(request -> deliver(to, request)).merge(CONCURRENCY)
                    .subscribe().with(_ -> {}, emptied::completeExceptionally, () -> emptied.complete(null));
        });
    }

    /** Last, when nothing comes in any more: what is on its way gets a moment to arrive. */
    void stop(@Observes @Priority(5000) ShutdownEvent event) {
        if (destination.isPresent()) {
            queue.onComplete();
            emptied.completeOnTimeout(null, PATIENCE_AT_THE_END.toMillis(), TimeUnit.MILLISECONDS).exceptionally(_ -> null).join();
        }
        client.close();
    }

    /** Whether there is anywhere to forward to. */
    public boolean isOn() {
        return destination.isPresent();
    }

    /** Whether a request with this header has been here before; {@code via} may be null. */
    public boolean hasSeen(String via) {
        return via != null && via.contains(pseudonym);
    }

    /** Takes a request to send on, or drops it when too much waits already. Returns at once. */
    public void offer(ExportRequest request) {
        if (destination.isEmpty()) {
            return;
        }
        if (bytes.addAndGet(charge(request)) > bounds.bytes()) {
            bytes.addAndGet(-charge(request));
            drop(request, "full", "it does not take telemetry as fast as it comes, or not at all");
        } else {
            queue.onNext(request);
        }
    }

    /** Ends without a failure, whatever happens. */
    private Uni<Void> deliver(Destination to, ExportRequest request) {
        return Uni.createFrom().deferred(() -> attempt(to, request))
                .onFailure(TemporaryException.class).call(failure -> {
                    failing.set(true);
                    warn(request, failure.getMessage() + "; it is tried again");
                    var soon = Uni.createFrom().voidItem();
                    return failure.retryAfter.isZero() ? soon : soon.onItem().delayIt().by(failure.retryAfter);
                })
                .onFailure(TemporaryException.class).retry().withBackOff(bounds.firstDelay(), bounds.longestDelay())
                .expireIn(bounds.giveUpAfter().toMillis())
                .onItem().invoke(_ -> {
                    registry.counter("console.forward.sent", "signal", request.signal()).increment();
                    if (failing.compareAndSet(true, false)) {
                        Log.infof("Telemetry reaches %s again", to);
                    }
                })
                .onFailure()
                .invoke(failure -> drop(request, failure instanceof RefusedException ? "refused" : "expired", failure.getMessage()))
                .onFailure().recoverWithNull()
                .onTermination().invoke(() -> bytes.addAndGet(-charge(request)));
    }

    /** What a waiting request takes: small ones in great numbers must not escape the bound. */
    static int charge(ExportRequest request) {
        return OVERHEAD + request.body().length + request.via().map(String::length).orElse(0) + request.contentType().length();
    }

    private Uni<Void> attempt(Destination to, ExportRequest request) {
        var options = new RequestOptions().setMethod(HttpMethod.POST).setAbsoluteURI(to.of(request.path()).toString())
                .setFollowRedirects(false).putHeader("User-Agent", "debug-shop-console");
        to.headers().forEach(options::putHeader);
        options.putHeader("Content-Type", request.contentType());
        request.contentEncoding().ifPresent(encoding -> options.putHeader("Content-Encoding", encoding));
        options.putHeader("Via", request.via().map(via -> via + ", ").orElse("") + "1.1 " + pseudonym);
        return Uni.createFrom().<HttpClientResponse>emitter(answer -> client.request(options).onFailure(answer::fail).onSuccess(post -> {
            var whole = new AtomicBoolean();
            // An answer that never ends must not keep its connection.
            answer.onTermination(() -> {
                if (!whole.get()) {
                    post.reset();
                }
            });
            post.exceptionHandler(answer::fail);
            post.send(Buffer.buffer(request.body())).onFailure(answer::fail).onSuccess(response -> {
                response.exceptionHandler(answer::fail);
                response.handler(_ -> {});
                response.endHandler(_ -> {
                    whole.set(true);
                    answer.complete(response);
                });
            });
        }))
                .ifNoItem().after(bounds.timeout())
                .failWith(() -> new TemporaryException("no answer after " + bounds.timeout(), Duration.ZERO))
                .onFailure(failure -> !(failure instanceof TemporaryException))
                .transform(failure -> new TemporaryException(String.valueOf(failure.getMessage()), Duration.ZERO))
                .onItem().transformToUni(Forwarder::judge);
    }

    private static Uni<Void> judge(HttpClientResponse response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return Uni.createFrom().voidItem();
        }
        return Uni.createFrom().failure(TEMPORARY.contains(status)
                ? new TemporaryException("it answers " + status, retryAfter(response.getHeader("Retry-After")))
                : new RefusedException("it answers " + status + switch (status) {
                    case 401, 403 -> ", so look at the headers (FORWARD_OTLP_HEADERS)";
                    case 404, 405 -> ", so look at the path of the endpoint: is it OTLP over HTTP?";
                    default -> "";
                }));
    }

    /** Seconds, the form that OTLP's receivers use; of the other one, a date, nothing is made. */
    private static Duration retryAfter(String header) {
        try {
            var asked = Duration.ofSeconds(header == null ? 0 : Math.max(0, Long.parseLong(header.strip())));
            return asked.compareTo(LONGEST_RETRY_AFTER) < 0 ? asked : LONGEST_RETRY_AFTER;
        } catch (NumberFormatException date) {
            return Duration.ZERO;
        }
    }

    private void drop(ExportRequest request, String reason, String why) {
        registry.counter("console.forward.dropped", "signal", request.signal(), "reason", reason).increment();
        dropped.incrementAndGet();
        warn(request, why);
    }

    private void warn(ExportRequest request, String why) {
        long now = System.nanoTime();
        long next = nextWarning.get();
        if (now - next >= 0 && nextWarning.compareAndSet(next, now + BETWEEN_WARNINGS.toNanos())) {
            Log.warnf("Telemetry does not get on to %s%s: %s. Dropped so far: %d requests.", destination.orElseThrow(), request.path(), why,
                    dropped.get());
        }
    }
}
