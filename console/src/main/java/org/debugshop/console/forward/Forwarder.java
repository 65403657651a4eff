package org.debugshop.console.forward;

import io.micrometer.core.instrument.Counter;
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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.debugshop.console.ConsoleConfig;

/**
 * Forwards OTLP requests to another receiver, in the order of their arrival, a few at the same time.
 *
 * <pre>
 *   offer ─▶ waiting and on their way, {@link Bounds#bytes} at most ─▶ POST ─▶ 2xx                       sent
 *        └▶ full: dropped                         ▲                    ├▶ 429, 502, 503, 504, no answer ─┐
 *                                                 └── back-off ◀───────┼─────────────────────────────────┘ too long: dropped (expired)
 *                                                                      └▶ any other status: dropped (refused)
 * </pre>
 *
 * <a href="https://opentelemetry.io/docs/specs/otlp/#failures-1">OTLP</a> defines which statuses are retried. {@link #offer} never
 * waits and reports no result; the metrics {@code console.forward.*} and at most one WARN a minute do. Thread-safe.
 */
@Singleton
public final class Forwarder {

    static final int CONCURRENCY = 4;
    /** The memory of a request in addition to its body, in bytes: the objects around it, and those of an attempt. */
    static final int OVERHEAD = 1024;

    private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(60);
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(1);
    private static final List<Integer> TEMPORARY = List.of(429, 502, 503, 504);

    /**
     * @param bytes the maximum size of all bodies that wait or are being sent
     * @param timeout the timeout of one attempt, from connecting to the end of the answer
     * @param firstDelay the delay before the second attempt; it doubles for each further attempt, with a jitter of up to a half
     * @param longestDelay the longest delay between two attempts, unless {@code Retry-After} asks for more, at most a minute
     * @param giveUpAfter the time after the first attempt at which a request is dropped
     */
    record Bounds(long bytes, Duration timeout, Duration firstDelay, Duration longestDelay, Duration giveUpAfter) {
        static final Bounds DEFAULT = new Bounds(8 * 1024 * 1024, Duration.ofSeconds(10), Duration.ofMillis(500), Duration.ofSeconds(10),
                Duration.ofMinutes(5));
    }

    /** A failure that is worth another attempt. */
    private static final class TemporaryException extends Exception {
        final Duration retryAfter;

        TemporaryException(String message, Duration retryAfter) {
            super(message, null, false, false);
            this.retryAfter = retryAfter;
        }
    }

    /** A refusal, which another attempt would not change. */
    private static final class RefusedException extends Exception {
        /** Whether the receiver has no such path, as one that doesn't take the signal. Jaeger, for example, takes only traces. */
        final boolean noPath;

        RefusedException(int status) {
            super("it answers " + status + (status == 401 || status == 403 ? ", so look at the headers (FORWARD_OTLP_HEADERS)" : ""), null,
                    false, false);
            noPath = status == 404 || status == 405 || status == 501;
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
    /** The signals that the receiver doesn't take. */
    private final Set<String> untaken = ConcurrentHashMap.newKeySet();
    /** Whether attempts have failed temporarily since the last success. */
    private final AtomicBoolean failing = new AtomicBoolean();
    /**
     * This console's name in {@code Via} (RFC 9110, 7.6.3). It identifies requests that come back, whatever this machine is called
     * on the way.
     */
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
            sent(signal);
            dropped(signal, "full");
        }
        Gauge.builder("console.forward.waiting.bytes", bytes, AtomicLong::get)
                .description("Size of the OTLP requests that wait for the other receiver or are being sent").register(registry);
    }

    private Counter sent(String signal) {
        return Counter.builder("console.forward.sent").description("OTLP requests that another receiver accepted").tag("signal", signal)
                .register(registry);
    }

    private Counter dropped(String signal, String reason) {
        return Counter.builder("console.forward.dropped").description("OTLP requests that another receiver did not get")
                .tag("signal", signal).tag("reason", reason).register(registry);
    }

    private static Optional<Destination> destination(ConsoleConfig config) {
        return config.forwardOtlpEndpoint().map(endpoint -> {
            var destination = Destination.parse(endpoint, config.forwardOtlpHeaders().orElse(""));
            if (destination.isHere(config.otlpPort()) || destination.isHere(config.otlpGrpcPort())) {
                throw new IllegalArgumentException("FORWARD_OTLP_ENDPOINT is " + destination
                        + ", which is this console's own OTLP port (OTLP_PORT, OTLP_GRPC_PORT), so telemetry would loop");
            }
            return destination;
        });
    }

    /** Starts before the first request is offered. */
    void start(@Observes @Priority(1) StartupEvent event) {
        destination.ifPresent(to -> {
            Log.infof("Telemetry is forwarded to %s", to);
            queue.onItem().transformToUni(request -> deliver(to, request)).merge(CONCURRENCY)
                    .subscribe().with(_ -> {}, emptied::completeExceptionally, () -> emptied.complete(null));
        });
    }

    /** Stops last, when no more requests arrive. Requests that are being sent get a moment to finish. */
    void stop(@Observes @Priority(5000) ShutdownEvent event) {
        if (destination.isPresent()) {
            queue.onComplete();
            emptied.completeOnTimeout(null, PATIENCE_AT_THE_END.toMillis(), TimeUnit.MILLISECONDS).exceptionally(_ -> null).join();
        }
        client.close();
    }

    /** Returns whether there is a receiver to forward to. */
    public boolean isOn() {
        return destination.isPresent();
    }

    /** Returns whether a request with this header was here before; {@code via} may be null. */
    public boolean hasSeen(String via) {
        return via != null && via.contains(pseudonym);
    }

    /** Accepts a request for forwarding, or drops it if too much is waiting. Returns at once. */
    public void offer(ExportRequest request) {
        if (destination.isEmpty()) {
            return;
        }
        if (bytes.addAndGet(charge(request)) > bounds.bytes()) {
            bytes.addAndGet(-charge(request));
            drop(request, "full", "the receiver is too slow or does not answer");
        } else {
            queue.onNext(request);
        }
    }

    /** Sends a request, with retries. Never fails. */
    private Uni<Void> deliver(Destination to, ExportRequest request) {
        return Uni.createFrom().deferred(() -> attempt(to, request))
                .onFailure(TemporaryException.class).call(failure -> {
                    failing.set(true);
                    warn(request, failure.getMessage() + "; retrying");
                    var soon = Uni.createFrom().voidItem();
                    return failure.retryAfter.isZero() ? soon : soon.onItem().delayIt().by(failure.retryAfter);
                })
                .onFailure(TemporaryException.class).retry().withBackOff(bounds.firstDelay(), bounds.longestDelay())
                .expireIn(bounds.giveUpAfter().toMillis())
                .onItem().invoke(_ -> {
                    sent(request.signal()).increment();
                    if (failing.compareAndSet(true, false)) {
                        Log.infof("Forwarding telemetry to %s again", to);
                    }
                })
                .onFailure()
                .invoke(failure -> {
                    switch (failure) {
                        case RefusedException refused when refused.noPath -> dropUntaken(to, request, refused);
                        case RefusedException refused -> drop(request, "refused", refused.getMessage());
                        default -> drop(request, "expired", failure.getMessage());
                    }
                })
                .onFailure().recoverWithNull()
                .onTermination().invoke(() -> bytes.addAndGet(-charge(request)));
    }

    /** Returns the memory of a waiting request, including the overhead: many small requests must count towards the bound, too. */
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
            // An answer that never ends must not block its connection.
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
                : new RefusedException(status));
    }

    /** Parses seconds, which OTLP receivers use. The other form, a date, is ignored. */
    private static Duration retryAfter(String header) {
        try {
            var asked = Duration.ofSeconds(header == null ? 0 : Math.max(0, Long.parseLong(header.strip())));
            return asked.compareTo(LONGEST_RETRY_AFTER) < 0 ? asked : LONGEST_RETRY_AFTER;
        } catch (NumberFormatException date) {
            return Duration.ZERO;
        }
    }

    private void drop(ExportRequest request, String reason, String why) {
        dropped(request.signal(), reason).increment();
        dropped.incrementAndGet();
        warn(request, why);
    }

    /** Drops a request of a signal that the receiver doesn't take. This is logged once for each signal. */
    private void dropUntaken(Destination to, ExportRequest request, RefusedException refused) {
        dropped(request.signal(), "refused").increment();
        dropped.incrementAndGet();
        if (untaken.add(request.signal())) {
            Log.warnf("%s does not take %s: %s at %s. They are dropped. If it should take them, check the path of the endpoint.", to,
                    request.signal(), refused.getMessage(), to.of(request.path()).getPath());
        }
    }

    private void warn(ExportRequest request, String why) {
        long now = System.nanoTime();
        long next = nextWarning.get();
        if (now - next >= 0 && nextWarning.compareAndSet(next, now + BETWEEN_WARNINGS.toNanos())) {
            Log.warnf("Cannot forward telemetry to %s%s: %s. Requests dropped so far: %d.", destination.orElseThrow(), request.path(), why,
                    dropped.get());
        }
    }
}
