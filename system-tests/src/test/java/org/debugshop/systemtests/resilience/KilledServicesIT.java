package org.debugshop.systemtests.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.INSTABOOK;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;
import static org.debugshop.testkit.Service.LOAD_GENERATOR;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;
import static org.debugshop.testkit.Service.PRODUCT_CATALOG;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Booking;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Http.Answer;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kills one service after the other under load. Meanwhile the others answer as in docs/http.md, and they recover afterwards. */
@UsesTheSystem
class KilledServicesIT {

    private static final long MEMORY = 256L * 1024 * 1024;
    private static final int UNTIL_CERTAIN = 3;
    private static final String NO_DATABASE = "The database is not available at the moment";
    private static final String ORDER = """
            {"user_id":"user-1","user_currency":"EUR","address":{},"email":"a@example.com","items":[{"product_id":1,"quantity":2}]}""";

    private final Shop shop;

    KilledServicesIT(Shop shop) {
        this.shop = shop;
    }

    /**
     * A request that is repeated while a service is away.
     *
     * @param send sends the request
     * @param usual matches the answer while everything runs
     * @param without matches the answer without the service; at least one such answer is expected
     * @param tolerated matches other answers that may occur while the service starts and is slow
     * @param answers the answers so far
     */
    private record Probe(Supplier<Answer> send, Predicate<Answer> usual, Predicate<Answer> without, Predicate<Answer> tolerated,
            List<Answer> answers) {

        Probe(Supplier<Answer> send, Predicate<Answer> usual, Predicate<Answer> without, Predicate<Answer> tolerated) {
            this(send, usual, without, tolerated, new ArrayList<>());
        }

        void repeat() {
            answers.add(send.get());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GATEWAY", "CHECKOUT", "INSTABOOK_CACHE"})
    void shouldAnswerWithoutAKilledServiceAndRecover(Service victim) {
        goesOnWithoutAndRecovers(victim);
    }

    @ParameterizedTest
    @Tag("nightly")
    @EnumSource(names = {"GATEWAY", "CHECKOUT", "INSTABOOK_CACHE"}, mode = EnumSource.Mode.EXCLUDE)
    void shouldAnswerWithoutAnyOtherKilledServiceAndRecover(Service victim) {
        goesOnWithoutAndRecovers(victim);
    }

    private void goesOnWithoutAndRecovers(Service victim) {
        var probes = probes(victim);
        assertThat(probes).allSatisfy(probe -> assertThat(probe.send().get()).matches(probe.usual(), "is the usual answer"));
        var before = shop.status(victim);
        var unanswered = unanswered(victim);
        var connectionErrors = connectionErrors();
        var killedAt = Instant.now();

        assertThat(ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly()).isTrue();
        await(victim + " is gone").atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> !shop.listens(victim));
        await(victim + " is back").atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            probes.forEach(Probe::repeat);
            return Http.isReady(shop.url(victim));
        });

        assertThat(probes).allSatisfy(probe -> {
            assertThat(probe.answers()).allMatch(probe.usual().or(probe.without()).or(probe.tolerated()));
            assertThat(probe.answers()).anyMatch(probe.without());
        });
        await("the launcher has restarted it").atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shop.status(victim)).returns("ready", Shop.Status::state)
                        .returns(before.restarts() + 1, Shop.Status::restarts)
                        .satisfies(now -> assertThat(now.pid()).isNotNull().isNotEqualTo(before.pid())));
        await("the usual answers again").atMost(PATIENCE).untilAsserted(
                () -> assertThat(probes).allSatisfy(probe -> assertThat(probe.send().get()).matches(probe.usual())));
        switch (victim) {
            case GATEWAY, INSTABOOK ->
                assertThat(unanswered(victim)).as("requests without an answer, counted by the load generator").isGreaterThan(unanswered);
            case INSTABOOK_CACHE -> assertThat(connectionErrors()).isGreaterThan(connectionErrors);
            case CONSOLE -> {
                await("telemetry arrives").atMost(PATIENCE).until(() -> !Console.of(shop).traces("since", killedAt.toString()).isEmpty());
                assertThat(shop.status().values()).allSatisfy(status -> assertThat(status.pssBytes()).isLessThan(MEMORY));
            }
            default -> {}
        }
        shop.awaitSuccesses(LOAD_GENERATOR, UNTIL_CERTAIN);
        shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, UNTIL_CERTAIN);
    }

    private List<Probe> probes(Service victim) {
        var list = get(GATEWAY, "/products");
        var euros = get(GATEWAY, "/products?currency=EUR");
        var conversion = get(GATEWAY, "/convert?to=EUR&amount=10");
        Supplier<Answer> order = () -> Http.post(shop.url(GATEWAY) + "/checkout", ORDER);
        Supplier<Answer> booking = () -> Http.post(shop.url(INSTABOOK) + "/booking/session", Booking.session("killed"));
        return switch (victim) {
            case PRODUCT_CATALOG -> List.of(lost(list, victim), lost(order, CHECKOUT), unharmed(conversion), unharmed(booking));
            case CURRENCY -> List.of(lost(euros, victim), lost(conversion, victim), lost(order, CHECKOUT), unharmed(list));
            case AD_SERVICE -> List.of(
                    new Probe(list, answer -> answer.status() == 200 && adsOf(answer) == 3,
                            answer -> answer.status() == 200 && adsOf(answer) == 0, _ -> false),
                    unharmed(order), unharmed(euros));
            case INVENTORY -> List.of(
                    new Probe(list, answer -> answer.status() == 200 && stockOf(answer) == 5,
                            answer -> answer.status() == 200 && stockOf(answer) == 0, _ -> false),
                    // Without inventory the gateway sells half of the last known stock. After that it answers 503.
                    new Probe(order, KilledServicesIT::isSuccess, KilledServicesIT::isSuccess, answer -> answer.status() == 503),
                    unharmed(conversion));
            case ACCOUNTS -> {
                var member = Member.signUp(shop);
                yield List.of(lost(member::logIn, victim),
                        new Probe(member::orders, KilledServicesIT::isSuccess,
                                answer -> answer.status() == 503 && error(answer).startsWith("The authentication service "),
                                answer -> answer.status() == 503 && error(answer).equals(NO_DATABASE)),
                        unharmed(list), unharmed(order), unharmed(conversion));
            }
            case PAYMENTS -> {
                var member = Member.signUp(shop);
                var payment = member.payment();
                yield List.of(lost(() -> member.pay(payment), victim), unharmed(member::orders), unharmed(order), unharmed(list));
            }
            case CHECKOUT -> List.of(lost(order, victim), unharmed(list), unharmed(conversion));
            case GATEWAY -> List.of(noAnswer(list), unharmed(get(PRODUCT_CATALOG, "/products")), unharmed(booking));
            case INSTABOOK_CACHE -> List.of(
                    new Probe(booking, answer -> answer.status() == 201,
                            answer -> answer.equals(new Answer(500, "{\"error\":\"Internal service error\"}")), _ -> false),
                    unharmed(list));
            case INSTABOOK -> List.of(noAnswer(booking), unharmed(get(INSTABOOK_CACHE, "/admin/token")), unharmed(list));
            default -> List.of(unharmed(list), unharmed(order), unharmed(booking), unharmed(conversion));
        };
    }

    /**
     * A user with an account.
     *
     * @param authorization the header with the user's token
     */
    private record Member(Shop shop, String name, String authorization) {

        static Member signUp(Shop shop) {
            var name = "killed-" + UUID.randomUUID();
            assertThat(Http.post(api(shop, "signup"), """
                    {"username":"%1$s","password":"%1$s","email":"a@example.com"}""".formatted(name))).matches(KilledServicesIT::isSuccess);
            var login = new Member(shop, name, "").logIn();
            return new Member(shop, name, "Bearer " + Json.tree(login.body()).path("token").asText());
        }

        Answer logIn() {
            return Http.post(api(shop, "login"), """
                    {"username":"%1$s","password":"%1$s"}""".formatted(name));
        }

        Answer orders() {
            return Http.get(api(shop, "orders"), "Authorization", authorization);
        }

        /** Places an order, and returns the request that pays for it. */
        String payment() {
            var placed = Json.tree(Http.post(api(shop, "order/create"), "{\"product_ids\":[4]}", "Authorization", authorization).body());
            return "{\"order_id\":\"%s\",\"amount\":%s}".formatted(placed.at("/order/id").asText(), placed.path("amount"));
        }

        /** Pays, always with the same key, so each answer is that of the first time. */
        Answer pay(String payment) {
            return Http.post(api(shop, "payments/pay"), payment, "Authorization", authorization, "Idempotency-Key", name);
        }

        private static String api(Shop shop, String path) {
            return shop.url(GATEWAY) + "/api/v1/" + path;
        }
    }

    private Supplier<Answer> get(Service service, String path) {
        return () -> Http.get(shop.url(service) + path);
    }

    /**
     * A request that fails without the service: the answer is 502 and names it. While the service starts, the answer may also be 504
     * because it is slow, or 503 because it is not yet connected to its database.
     */
    private static Probe lost(Supplier<Answer> send, Service culprit) {
        return new Probe(send, KilledServicesIT::isSuccess,
                answer -> answer.status() == 502 && error(answer).startsWith(culprit + " "),
                answer -> answer.status() == 504 && error(answer).startsWith(culprit + " ")
                        || answer.status() == 503 && error(answer).equals(NO_DATABASE));
    }

    private static Probe unharmed(Supplier<Answer> send) {
        return new Probe(send, KilledServicesIT::isSuccess, KilledServicesIT::isSuccess, _ -> false);
    }

    private static Probe noAnswer(Supplier<Answer> send) {
        return new Probe(() -> Http.ifAnswered(send).orElse(new Answer(0, "")), KilledServicesIT::isSuccess,
                answer -> answer.status() == 0, _ -> false);
    }

    private static boolean isSuccess(Answer answer) {
        return answer.status() == 200 || answer.status() == 201;
    }

    private static String error(Answer answer) {
        return Json.tree(answer.body()).path("error").asText();
    }

    private static int stockOf(Answer answer) {
        return Json.tree(answer.body()).path("inventory").size();
    }

    private static int adsOf(Answer answer) {
        return Json.tree(answer.body()).path("ads").size();
    }

    private double unanswered(Service callee) {
        return switch (callee) {
            case GATEWAY -> shop.requests(LOAD_GENERATOR, "0");
            case INSTABOOK -> shop.requests(LOAD_GENERATOR_INSTABOOK, "0");
            default -> 0;
        };
    }

    private double connectionErrors() {
        return Metrics.of(shop.url(INSTABOOK)).sum("instabook_cache_errors_total", "error_type=connection_error");
    }
}
