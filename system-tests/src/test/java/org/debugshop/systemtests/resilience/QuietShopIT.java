package org.debugshop.systemtests.resilience;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.systemtests.ErrorBody.isAnError;
import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.INVENTORY;
import static org.debugshop.testkit.Shop.PATIENCE;

import io.restassured.http.ContentType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.debugshop.testkit.Engines;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.Orders;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.TestInstance;

/** A system without load, whose stock is not refilled. First many buyers want a few pieces, then engines are away for a while. */
@Tag("nightly")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class QuietShopIT {

    private OwnShop own;
    private Shop shop;
    private Orders orders;
    private Engines engines;

    @BeforeAll
    void start() {
        own = OwnShop.start(Map.of("RESTOCK", "false"), "--without-load");
        shop = own.shop();
        orders = new Orders(shop);
        engines = new Engines(shop);
    }

    @AfterAll
    void stop() {
        own.close();
    }

    /** Runs first, because it expects the initial stock. */
    @Nested
    @Order(1)
    class LittleStock {

        private static final int PRODUCT = 1;
        private static final int PIECES = 100;
        private static final int BUYERS = 1000;
        private static final int AT_ONCE = 100;

        @Test
        void shouldSellAHundredPiecesToAHundredOfAThousandBuyers() throws Exception {
            assertThat(IntStream.rangeClosed(1, 5).map(product -> orders.stock(product).path("quantity").asInt())).containsExactly(100, 50,
                    75,
                    200, 30);
            var over = new AtomicBoolean();
            List<Http.Answer> answers;
            boolean sound;
            try (var watcher = Executors.newSingleThreadExecutor(); var buyers = Executors.newFixedThreadPool(AT_ONCE)) {
                var watched = watcher.submit(() -> isSoundUntil(over));
                answers = buyers.invokeAll(IntStream.range(0, BUYERS).mapToObj(this::buyer).toList()).stream().map(Future::resultNow)
                        .toList();
                over.set(true);
                sound = watched.get();
            }

            assertThat(answers).filteredOn(answer -> answer.status() == 200).extracting(Orders::idIn).hasSize(PIECES)
                    .doesNotHaveDuplicates();
            assertThat(answers).filteredOn(answer -> answer.status() != 200).hasSize(BUYERS - PIECES).allSatisfy(answer -> {
                assertThat(answer.status()).isEqualTo(409);
                assertThat(answer.body()).contains("Insufficient inventory", "product " + PRODUCT);
            });
            assertThat(sound).as("0 ≤ reserved ≤ quantity at all times").isTrue();
            await("all pieces are sold").atMost(PATIENCE).untilAsserted(() -> {
                assertThat(orders.stock(PRODUCT).path("quantity").asInt()).isZero();
                assertThat(orders.stock(PRODUCT).path("reserved").asInt()).isZero();
            });
            assertThat(engines.number("inventory", "select sum(quantity - short) from sale_item where product_id = " + PRODUCT))
                    .isEqualTo(PIECES);
        }

        private Callable<Http.Answer> buyer(int number) {
            // If the shop is too busy to answer, the buyer sends the order again. It must not buy two pieces.
            return () -> {
                var key = "buyer-" + number;
                var body = Orders.body(key, Map.of(PRODUCT, 1));
                return await(key + " has an answer").atMost(PATIENCE).pollInSameThread().pollDelay(Duration.ZERO)
                        .until(() -> orders.place(key, body), answer -> answer.status() <= 500);
            };
        }

        private boolean isSoundUntil(AtomicBoolean over) {
            var sound = true;
            while (sound && !over.get()) {
                // This reads from the database, because the service may be too busy to answer.
                sound = engines.query("inventory", "select 0 <= reserved and reserved <= quantity from stock", row -> row.getBoolean(1))
                        .stream().allMatch(Boolean::booleanValue);
            }
            return sound;
        }
    }

    /** An engine or a service is stopped for a while. */
    @Nested
    @Order(2)
    class Outages {

        private static final int MEANWHILE = 50;
        private static final Duration QUIET = Duration.ofSeconds(10);
        private static final String OF_FIVE = "state = 'held' and id in (select reservation_id from reservation_item where product_id = 5)";

        @Test
        void shouldTakeOrdersWithoutKafkaAndCatchUpLater() {
            assertThat(shop.run("stop", "kafka").code()).isZero();
            var ids = new ArrayList<String>();

            for (var i = 0; i < MEANWHILE; i++) {
                ids.add(place());
            }

            await("the metric shows the waiting events").atMost(PATIENCE)
                    .until(() -> Metrics.of(shop.url(CHECKOUT)).sum("shop_outbox_size") == MEANWHILE);
            assertThat(orders.get(ids.getFirst()).has("receipt")).isFalse();
            assertThat(shop.run("start", "kafka").code()).isZero();
            await("every receipt").atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ids).allSatisfy(id -> assertThat(orders.get(id).has("receipt")).isTrue()));
            await("nothing waits, which stays known while no event comes").atMost(PATIENCE).during(QUIET)
                    .until(() -> orders.waiting() == 0);
            assertThat(engines.number("inventory", "select count(*) from sale where order_id in ('" + String.join("','", ids) + "')"))
                    .isEqualTo(MEANWHILE);
        }

        @Test
        void shouldRefuseOrdersWithoutPostgresAndRecoverWithoutARestart() {
            var pids = List.of(shop.status(CHECKOUT).pid(), shop.status(INVENTORY).pid());
            var before = engines.number("orders", "select count(*) from orders");
            var known = place();
            assertThat(shop.run("stop", "postgres").code()).isZero();

            for (var i = 0; i < 3; i++) {
                given().baseUri(shop.url(CHECKOUT)).contentType(ContentType.JSON).body(body()).post("/process")
                        .then().statusCode(503).header("Retry-After", "1").spec(isAnError());
                given().baseUri(shop.url(GATEWAY)).contentType(ContentType.JSON).body(body()).post("/checkout")
                        .then().statusCode(503).header("Retry-After", "1").spec(isAnError());
                given().baseUri(shop.url(GATEWAY)).get("/order/" + known).then().statusCode(503).header("Retry-After", "1")
                        .spec(isAnError());
            }
            given().baseUri(shop.url(GATEWAY)).get("/products").then().statusCode(200);
            assertThat(Http.isReady(shop.url(CHECKOUT))).as("checkout is ready without its database").isTrue();

            assertThat(shop.run("start", "postgres").code()).isZero();
            await("orders are accepted").atMost(PATIENCE)
                    .until(() -> orders.place(UUID.randomUUID().toString(), Orders.body("outage", Map.of(4, 1))).status() == 200);
            assertThat(orders.get(known).path("order_id").asText()).isEqualTo(known);
            assertThat(List.of(shop.status(CHECKOUT).pid(), shop.status(INVENTORY).pid())).as("no service was restarted").isEqualTo(pids);
            await("nothing waits").atMost(PATIENCE).until(() -> orders.waiting() == 0);
            assertThat(engines.number("orders", "select count(*) from orders")).as("no incomplete orders").isEqualTo(before + 2);
            assertThat(engines.number("orders",
                    "select count(*) from orders o where not exists (select from receipt r where r.order_id = o.id)")).isZero();
        }

        @Test
        void shouldReleaseStockOfOrdersThatDidNotReachCheckout() {
            assertThat(shop.run("stop", "checkout").code()).isZero();
            try {
                for (var i = 0; i < 3; i++) {
                    assertThat(orders.place(UUID.randomUUID().toString(), body()).status()).isEqualTo(502);
                }
                await("the pieces are released").atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(orders.stock(4).path("reserved").asInt()).isZero());
            } finally {
                assertThat(shop.run("start", "checkout").code()).isZero();
            }
        }

        /** Kafka is stopped, so the sale is not recorded, and the pieces of the order stay reserved. */
        @Test
        void shouldKeepTheReservationOfAnOrderUntilItIsSold() {
            var key = UUID.randomUUID().toString();
            var order = Orders.body("holder", Map.of(5, 3));
            var before = orders.stock(5).path("quantity").asInt();
            assertThat(shop.run("stop", "kafka").code()).isZero();
            try {
                assertThat(orders.place(key, order).status()).isEqualTo(200);

                endTimeOfReservations();
                await("inventory extends the reservation, because there is an order").atMost(PATIENCE).until(() -> engines
                        .number("inventory", "select count(*) from reservation where " + OF_FIVE + " and expires_at > now()") == 1);
                assertThat(orders.place(key, order).status()).isEqualTo(200);
                assertThat(orders.place(key, order.replace("a@example.com", "b@example.com")).status()).isEqualTo(422);
                assertThat(orders.place(key, order.replace("a@example.com", "no address")).status()).isEqualTo(400);
                assertThat(orders.place(key, order.replace("a@example.com", "a@example.com\\u0000")).status()).isEqualTo(400);
                assertThat(shop.run("stop", "checkout").code()).isZero();
                assertThat(orders.place(key, order).status()).isEqualTo(502);
                endTimeOfReservations();
                await("inventory has handled the expired reservation").atMost(PATIENCE)
                        .until(() -> shop.run("logs", "--raw", "-n", "100", "inventory")
                                .out().contains("expired reservations are kept"));
                given().baseUri(shop.url(INVENTORY)).contentType(ContentType.JSON).body("{\"product_id\":\"5\",\"quantity\":3}")
                        .post("/inventory/release").then().statusCode(200);

                assertThat(orders.stock(5).path("reserved").asInt()).isEqualTo(3);
            } finally {
                assertThat(shop.run("start", "checkout").code()).isZero();
                assertThat(shop.run("start", "kafka").code()).isZero();
            }
            await("the pieces are sold").atMost(PATIENCE).untilAsserted(() -> {
                assertThat(orders.stock(5).path("quantity").asInt()).isEqualTo(before - 3);
                assertThat(orders.stock(5).path("reserved").asInt()).isZero();
            });
        }

        private void endTimeOfReservations() {
            assertThat(engines.query("inventory", "update reservation set expires_at = now() where " + OF_FIVE + " returning id",
                    row -> row.getString(1))).hasSize(1);
        }

        private static String body() {
            return Orders.body("outage", Map.of(4, 1));
        }

        private String place() {
            var answer = orders.place(UUID.randomUUID().toString(), body());
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            return Orders.idIn(answer);
        }
    }
}
