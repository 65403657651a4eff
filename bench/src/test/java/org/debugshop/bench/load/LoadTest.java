package org.debugshop.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.debugshop.bench.load.Operation.Step;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadTest {

    private static final Operation GET = operation(new Step("GET", "/", null, 200, "whole"));
    private static final String BODY = "a whole answer of forty-two characters ...";
    private static final List<Integer> SIZES = List.of(BODY.length());
    private static final Duration SHORT = Duration.ofMillis(300);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger arrived = new AtomicInteger();
    private HttpServer server;

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void shouldMeasureLatencyAtAFixedRateFromTheScheduledTime() throws Exception {
        var stall = Duration.ofMillis(500);
        serve(request -> {
            if (arrived.incrementAndGet() == 10) {
                vertx.setTimer(stall.toMillis(), _ -> request.response().end(BODY));
            } else {
                request.response().end(BODY);
            }
        });

        try (var load = new Load(1)) {
            var round = load.open(GET, server.actualPort(), SIZES, Duration.ofSeconds(1), 100);

            // One request was slow. The forty requests that were due in the next 400 ms waited behind it for at least 100 ms each.
            assertThat(round.latencies().getTotalCount()).isEqualTo(100);
            assertThat(round.latencies().getCountBetweenValues(Duration.ofMillis(100).toNanos(), Duration.ofMinutes(1).toNanos()))
                    .isGreaterThanOrEqualTo(40);
            assertThat(round.latencies().getMaxValue()).isGreaterThanOrEqualTo(stall.toNanos());
            assertThat(round.errors()).isEmpty();
        }
    }

    @Test
    void shouldKeepAFixedRateIfAnswersAreMissing() throws Exception {
        var waiting = new ArrayList<HttpServerRequest>();
        serve(request -> {
            waiting.add(request);
            if (arrived.incrementAndGet() >= 30) {
                waiting.forEach(pending -> pending.response().end(BODY));
                waiting.clear();
            }
        });

        try (var load = new Load(100)) {
            var round = load.open(GET, server.actualPort(), SIZES, SHORT, 100);

            assertThat(round.operations()).as("all were sent before the first answer").isEqualTo(30);
        }
    }

    @Test
    void shouldSendOneRequestAtATimeOnEachConnection() throws Exception {
        var most = new AtomicInteger();
        var waiting = new ArrayList<HttpServerRequest>();
        serve(request -> {
            waiting.add(request);
            most.accumulateAndGet(waiting.size(), Math::max);
            if (arrived.incrementAndGet() > 7) {
                waiting.remove(request);
                request.response().end(BODY);
            } else if (arrived.get() == 7) {
                waiting.forEach(pending -> pending.response().end(BODY));
                waiting.clear();
            }
        });

        try (var load = new Load(7)) {
            var round = load.closed(GET, server.actualPort(), SIZES, SHORT);

            assertThat(most).as("requests at the same time").hasValue(7);
            assertThat(round.operations()).isGreaterThanOrEqualTo(7).isEqualTo(round.latencies().getTotalCount());
            assertThat(round.perSecond()).isEqualTo(round.operations() / round.seconds());
            assertThat(round.seconds()).isGreaterThanOrEqualTo(0.3);
        }
    }

    @Test
    void shouldCountFailuresByKindAndLeaveThemOutOfTheLatencies() throws Exception {
        serve(request -> {
            switch (arrived.incrementAndGet() % 4) {
                case 1 -> request.response().end(BODY);
                case 2 -> request.response().setStatusCode(503).end(BODY);
                case 3 -> request.response().end("half of it");
                default -> request.connection().close();
            }
        });

        try (var load = new Load(1)) {
            var round = load.open(GET, server.actualPort(), SIZES, Duration.ofMillis(400), 100);

            assertThat(round.errors()).containsAllEntriesOf(Map.of("status 503", 10, "an incomplete answer", 10)).hasSize(3);
            assertThat(round.failed()).isEqualTo(30);
            assertThat(round.latencies().getTotalCount()).isEqualTo(10);
        }
    }

    @Test
    void shouldCountRequestsWithoutAnAnswer() throws Exception {
        serve(request -> {
            if (arrived.incrementAndGet() > 1) {
                request.response().end(BODY);
            }
        });

        try (var load = new Load(2, Duration.ofSeconds(2))) {
            var round = load.closed(GET, server.actualPort(), SIZES, SHORT);

            assertThat(round.errors()).isEqualTo(Map.of(Load.UNANSWERED, 1));
            assertThat(round.operations()).isPositive();
        }
    }

    @Test
    void shouldReportThatNothingListens() throws Exception {
        // The socket is bound, so no other process gets the port, but does not listen, so connections are refused.
        try (var nobody = new Socket(); var load = new Load(1)) {
            nobody.bind(null);
            var round = load.open(GET, nobody.getLocalPort(), SIZES, SHORT, 100);

            assertThat(round.operations()).isZero();
            assertThat(round.failed()).isEqualTo(30);
        }
    }

    @Test
    void shouldSendTheRequestsOfAnOperationInTurn() throws Exception {
        var seen = new CopyOnWriteArrayList<String>();
        serve(request -> request.body().onSuccess(body -> {
            seen.add(request.method() + " " + request.path() + " " + body);
            vertx.setTimer(20, _ -> {
                seen.add("answer to " + request.path());
                request.response().setStatusCode(request.path().startsWith("/one") ? 201 : 200).end(BODY);
            });
        }));
        var both = new Operation("test", "test", 0, Set.of(),
                i -> List.of(new Step("POST", "/one/" + i, "{}", 201, "whole"), new Step("GET", "/two/" + i, null, 200, "whole")));

        // There are enough connections for all operations at once. Operations overlap, but the steps of one operation do not.
        try (var load = new Load(10)) {
            assertThat(load.probe(both, server.actualPort())).containsExactly(BODY.length(), BODY.length());
            assertThat(seen).containsExactly(stepsOf(0));
            seen.clear();
            var round = load.open(both, server.actualPort(), List.of(BODY.length(), BODY.length()), Duration.ofMillis(30), 100);

            assertThat(round.operations()).isEqualTo(3);
            assertThat(seen).hasSize(12).containsSubsequence(stepsOf(0)).containsSubsequence(stepsOf(1)).containsSubsequence(stepsOf(2));
        }
    }

    @Test
    void shouldCompareTheOrderOfANewUserByBothRoutes() throws Exception {
        var seen = new CopyOnWriteArrayList<String>();
        serve(request -> request.body().onSuccess(body -> {
            seen.add(request.method() + " " + request.path() + " " + request.getHeader("Authorization"));
            var name = body.length() == 0 ? "" : body.toJsonObject().getString("username", "");
            switch (request.path()) {
                case "/api/v1/signup" -> request.response().setStatusCode(201).end("{\"username\":\"" + name + "\"}");
                case "/api/v1/login" -> request.response().end("{\"token\":\"token of " + name + "\"}");
                case "/api/v1/order/create" -> request.response().setStatusCode(201).end("{\"order\":{\"id\":\"o-1\"}}");
                default -> request.response().end("{\"order_id\":\"o-1\",\"receipt\":{}}");
            }
        }));
        var auth = Operation.ALL.stream().filter(operation -> operation.name().equals("auth")).findFirst().orElseThrow();

        try (var load = new Load(1)) {
            var account = Account.create(load, server.actualPort());
            seen.clear();
            load.probe(auth.of(account, Comparison.Subject.OPEN), server.actualPort());
            load.probe(auth.of(account, Comparison.Subject.PROTECTED), server.actualPort());

            assertThat(account.authorization()).startsWith("Bearer token of bench-");
            assertThat(seen).containsExactly("GET /order/o-1 null", "GET /api/v1/order/o-1 " + account.authorization());
            assertThat(Account.create(load, server.actualPort()).authorization()).as("another user").isNotEqualTo(account.authorization());
        }
    }

    @Test
    void shouldWaitUntilAnswersAreComplete() throws Exception {
        serve(request -> request.response().end(arrived.incrementAndGet() < 3 ? "without ads" : BODY));

        try (var load = new Load(1)) {
            assertThat(load.probe(GET, server.actualPort())).containsExactly(BODY.length());
            assertThat(arrived).hasValue(3);
        }
    }

    @Test
    void shouldStopWhenItIsInterrupted() throws Exception {
        var begun = new CountDownLatch(1);
        serve(request -> {
            begun.countDown();
            request.response().end(BODY);
        });
        var failure = new Throwable[1];
        try (var load = new Load(1)) {
            var measuring = Thread.ofPlatform().start(() -> {
                try {
                    load.closed(GET, server.actualPort(), SIZES, Duration.ofHours(1));
                } catch (InterruptedException expected) {
                    failure[0] = expected;
                }
            });
            begun.await();

            measuring.interrupt();
            measuring.join();

            assertThat(failure[0]).isInstanceOf(InterruptedException.class);
            assertThatThrownBy(() -> {
                Thread.currentThread().interrupt();
                load.open(GET, server.actualPort(), SIZES, Duration.ofHours(1), 1);
            }).isInstanceOf(InterruptedException.class);
        }
    }

    private static String[] stepsOf(int operation) {
        return new String[]{"POST /one/" + operation + " {}", "answer to /one/" + operation, "GET /two/" + operation + " ",
                "answer to /two/" + operation};
    }

    private static Operation operation(Step... steps) {
        return new Operation("test", "test", 0, Set.of(), _ -> List.of(steps));
    }

    private void serve(Handler<HttpServerRequest> handler) {
        server = vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }
}
