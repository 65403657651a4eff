package org.debugshop.bench.load;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Repeats an operation over a number of connections on one event loop, and measures the latency of each.
 *
 * <p>An operation fails if an answer has an unexpected status, or another size than the first complete answer, or has not arrived ten
 * seconds after the end of the round.
 */
final class Load implements AutoCloseable {

    static final String UNANSWERED = "not answered";
    static final String NOT_SENT = "not sent, because 10000 were waiting already";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BETWEEN_PROBES = Duration.ofMillis(200);
    private static final int MAX_WAITING = 10_000;

    /** Bytes by which answers may differ, because a time of day may have a digit more or less. */
    private static final int SIZE_TOLERANCE = 16;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1)
            .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    private final Context context = vertx.getOrCreateContext();
    private final int connections;
    private final Duration patience;
    private int number;

    Load(int connections) {
        this(connections, PATIENCE);
    }

    /** @param patience how long to wait for answers after the end of a round */
    Load(int connections, Duration patience) {
        this.connections = connections;
        this.patience = patience;
    }

    /**
     * Repeats the operation until every answer is complete, for at most a minute.
     *
     * @param port the port of the operation's service
     * @return the sizes of the answers in bytes, with which the rounds compare all other answers
     * @throws IllegalStateException if the answers were never complete
     */
    List<Integer> probe(Operation operation, int port) throws InterruptedException {
        return answers(operation.title(), operation.steps().apply(0), port).stream().map(Buffer::length).toList();
    }

    /**
     * Sends requests one after the other, and repeats them until every answer is complete, for at most a minute.
     *
     * @return the bodies of the answers
     * @throws IllegalStateException if the answers were never complete
     */
    List<Buffer> answers(String title, List<Operation.Step> steps, int port) throws InterruptedException {
        var client = client(port);
        try {
            var last = "";
            var deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
            while (System.nanoTime() < deadline) {
                var bodies = new ArrayList<Buffer>();
                for (var step : steps) {
                    try {
                        var answer = ask(client, step);
                        last = step.method() + " " + step.target() + " was answered " + answer.status() + " " + answer.body();
                        if (answer.status() == step.status() && answer.body().toString().contains(step.whole())) {
                            bodies.add(answer.body());
                            continue;
                        }
                    } catch (ExecutionException | TimeoutException failure) {
                        last = failure.toString();
                    }
                    break;
                }
                if (bodies.size() == steps.size()) {
                    return bodies;
                }
                Thread.sleep(BETWEEN_PROBES);
            }
            throw new IllegalStateException(title + " at port " + port + " had no complete answer within a minute: " + last);
        } finally {
            client.close();
        }
    }

    /** Sends as fast as the answers arrive: on each connection, an operation starts when the one before it has ended. */
    Round closed(Operation operation, int port, List<Integer> sizes, Duration time) throws InterruptedException {
        try (var run = new Run(operation, port, sizes)) {
            var end = run.began + time.toNanos();
            context.runOnContext(_ -> {
                for (var connection = 0; connection < connections; connection++) {
                    run.repeat(end);
                }
            });
            parkUntil(end);
            return run.finish();
        }
    }

    /**
     * Sends at a fixed rate, even if answers are late. A latency is measured from the time at which the operation was due. So a stall
     * adds to the latency of every operation that was due during it, not only to that of the one that was under way.
     */
    Round open(Operation operation, int port, List<Integer> sizes, Duration time, double perSecond) throws InterruptedException {
        try (var run = new Run(operation, port, sizes)) {
            var interval = 1e9 / perSecond;
            for (var i = 0L; i * interval < time.toNanos(); i++) {
                var intended = run.began + (long) (i * interval);
                parkUntil(intended);
                context.runOnContext(_ -> run.once(intended));
            }
            return run.finish();
        }
    }

    @Override
    public void close() {
        var idle = new CompletableFuture<Void>();
        context.runOnContext(_ -> idle.complete(null)); // runs after everything that is queued
        idle.join();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static void parkUntil(long moment) throws InterruptedException {
        do {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(moment - System.nanoTime());
        } while (System.nanoTime() < moment);
    }

    private HttpClient client(int port) {
        return vertx.createHttpClient(new HttpClientOptions().setDefaultHost("127.0.0.1").setDefaultPort(port).setMaxPoolSize(connections)
                .setMaxWaitQueueSize(MAX_WAITING).setConnectTimeout((int) PATIENCE.toMillis()));
    }

    /** Sends one request from another thread. It runs on the event loop, so that no part of the answer is missed. */
    private Answer ask(HttpClient client, Operation.Step step) throws InterruptedException, ExecutionException, TimeoutException {
        var answer = new CompletableFuture<Answer>();
        context.runOnContext(_ -> send(client, step).onSuccess(answer::complete).onFailure(answer::completeExceptionally));
        return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private record Answer(int status, Buffer body) {}

    private static Future<Answer> send(HttpClient client, Operation.Step step) {
        return client.request(HttpMethod.valueOf(step.method()), step.target())
                .compose(request -> {
                    if (step.authorization() != null) {
                        request.putHeader("Authorization", step.authorization());
                    }
                    return step.body() == null
                            ? request.send()
                            : request.putHeader("Content-Type", "application/json").send(Buffer.buffer(step.body()));
                })
                .compose(answer -> answer.body().map(body -> new Answer(answer.statusCode(), body)));
    }

    /** One round of load. Everything except for its start and end runs on the event loop. */
    private final class Run implements AutoCloseable {

        private final Operation operation;
        private final List<Integer> sizes;
        private final HttpClient client;
        private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(20), 3);
        private final TreeMap<String, Integer> errors = new TreeMap<>();
        private final CompletableFuture<Round> outcome = new CompletableFuture<>();
        private final long began = System.nanoTime();
        private long waiting;
        private boolean ending;
        private boolean over;

        Run(Operation operation, int port, List<Integer> sizes) {
            this.operation = operation;
            this.sizes = sizes;
            this.client = client(port);
        }

        void repeat(long end) {
            once(System.nanoTime()).onComplete(_ -> {
                if (System.nanoTime() < end && !over) {
                    repeat(end);
                }
            });
        }

        Future<Void> once(long intended) {
            if (over || waiting >= MAX_WAITING) {
                count(NOT_SENT);
                return Future.succeededFuture();
            }
            waiting++;
            var done = Promise.<Void>promise();
            step(operation.steps().apply(number++), 0).onComplete(result -> {
                waiting--;
                if (result.failed()) {
                    count(result.cause() instanceof Unwanted unwanted ? unwanted.getMessage() : result.cause().getClass().getSimpleName());
                } else {
                    latencies.recordValue(Math.min(System.nanoTime() - intended, latencies.getHighestTrackableValue()));
                }
                done.complete();
                completeIfOver();
            });
            return done.future();
        }

        private Future<Void> step(List<Operation.Step> steps, int index) {
            var step = steps.get(index);
            return send(client, step).compose(answer -> {
                if (answer.status() != step.status()) {
                    return Future.failedFuture(new Unwanted("status " + answer.status()));
                }
                if (Math.abs(answer.body().length() - sizes.get(index)) > SIZE_TOLERANCE) {
                    return Future.failedFuture(new Unwanted("an incomplete answer"));
                }
                return index + 1 < steps.size() ? step(steps, index + 1) : Future.succeededFuture();
            });
        }

        private void count(String error) {
            errors.merge(error, 1, Integer::sum);
        }

        private void completeIfOver() {
            if (ending && waiting == 0) {
                complete();
            }
        }

        private void complete() {
            if (waiting > 0) {
                errors.merge(UNANSWERED, (int) waiting, Integer::sum);
            }
            outcome.complete(
                    new Round(latencies.getTotalCount(), (System.nanoTime() - began) / 1e9, latencies.copy(), new TreeMap<>(errors)));
        }

        Round finish() throws InterruptedException {
            context.runOnContext(_ -> {
                ending = true;
                completeIfOver();
            });
            try {
                return outcome.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException late) {
                context.runOnContext(_ -> complete());
                return outcome.join();
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public void close() {
            context.runOnContext(_ -> {
                over = true;
                client.close();
            });
        }
    }

    /** An answer arrived, but not the expected one. */
    private static final class Unwanted extends Exception {
        Unwanted(String what) {
            super(what, null, false, false);
        }
    }
}
