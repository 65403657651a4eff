package org.debugshop.systemtests;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.systemtests.ErrorBody.isAnError;
import static org.debugshop.systemtests.Service.CHECKOUT;
import static org.debugshop.systemtests.Service.GATEWAY;
import static org.debugshop.systemtests.Service.INVENTORY;
import static org.debugshop.systemtests.Shop.PATIENCE;

import io.restassured.http.ContentType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An engine, or who uses it, is away for a while. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutagesIT {

    private static final int MEANWHILE = 50;

    private OwnShop own;
    private Shop shop;
    private Orders orders;

    @BeforeAll
    void start() {
        own = OwnShop.start("--without-load");
        shop = own.shop();
        orders = new Orders(shop);
        place();
    }

    @AfterAll
    void stop() {
        own.close();
    }

    @Test
    void shouldTakeOrdersWithoutKafkaAndCatchUpWithIt() {
        assertThat(shop.run("stop", "kafka").code()).isZero();
        var ids = new ArrayList<String>();

        for (var i = 0; i < MEANWHILE; i++) {
            ids.add(place());
        }

        await("what waits is visible").atMost(PATIENCE).until(() -> Metrics.of(shop.url(CHECKOUT)).sum("shop_outbox_size") == MEANWHILE);
        assertThat(orders.get(ids.getFirst()).has("receipt")).isFalse();
        assertThat(shop.run("start", "kafka").code()).isZero();
        await("every receipt").atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ids).allSatisfy(id -> assertThat(orders.get(id).has("receipt")).isTrue()));
        await("nothing waits").atMost(PATIENCE).until(() -> orders.waiting() == 0);
        assertThat(new Engines(shop).number("inventory", "select count(*) from sale where order_id in ('" + String.join("','", ids) + "')"))
                .isEqualTo(MEANWHILE);
    }

    @Test
    void shouldRefuseOrdersWithoutPostgresAndRecoverWithoutARestart() {
        var pids = List.of(shop.status(CHECKOUT).pid(), shop.status(INVENTORY).pid());
        var before = new Engines(shop).number("orders", "select count(*) from orders");
        var known = place();
        assertThat(shop.run("stop", "postgres").code()).isZero();

        for (var i = 0; i < 3; i++) {
            given().baseUri(shop.url(CHECKOUT)).contentType(ContentType.JSON).body(body()).post("/process")
                    .then().statusCode(503).header("Retry-After", "1").spec(isAnError());
            given().baseUri(shop.url(GATEWAY)).contentType(ContentType.JSON).body(body()).post("/checkout")
                    .then().statusCode(503).header("Retry-After", "1").spec(isAnError());
            given().baseUri(shop.url(GATEWAY)).get("/order/" + known).then().statusCode(503).header("Retry-After", "1").spec(isAnError());
        }
        given().baseUri(shop.url(GATEWAY)).get("/products").then().statusCode(200);
        assertThat(Http.isReady(shop.url(CHECKOUT))).as("checkout itself is well").isTrue();

        assertThat(shop.run("start", "postgres").code()).isZero();
        await("orders are taken").atMost(PATIENCE)
                .until(() -> orders.place(UUID.randomUUID().toString(), Orders.body("outage", Map.of(4, 1))).status() == 200);
        assertThat(orders.get(known).path("order_id").asText()).isEqualTo(known);
        assertThat(List.of(shop.status(CHECKOUT).pid(), shop.status(INVENTORY).pid())).as("nobody was restarted").isEqualTo(pids);
        await("nothing waits").atMost(PATIENCE).until(() -> orders.waiting() == 0);
        assertThat(new Engines(shop).number("orders", "select count(*) from orders")).as("no half orders").isEqualTo(before + 2);
        assertThat(new Engines(shop).number("orders",
                "select count(*) from orders o where not exists (select from receipt r where r.order_id = o.id)")).isZero();
    }

    @Test
    void shouldHoldNoStockForOrdersThatCheckoutNeverGot() {
        assertThat(shop.run("stop", "checkout").code()).isZero();
        try {
            for (var i = 0; i < 3; i++) {
                assertThat(orders.place(UUID.randomUUID().toString(), body()).status()).isEqualTo(502);
            }
            await("the pieces are back").atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(orders.stock(4).path("reserved").asInt()).isZero());
        } finally {
            assertThat(shop.run("start", "checkout").code()).isZero();
        }
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
