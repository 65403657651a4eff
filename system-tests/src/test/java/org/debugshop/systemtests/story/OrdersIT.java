package org.debugshop.systemtests.story;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.systemtests.ErrorBody.isAnError;
import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.INVENTORY;
import static org.debugshop.testkit.Shop.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.http.ContentType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Engines;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Orders;
import org.debugshop.testkit.Otlp;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Test;

/** An order from the request to the receipt and the sold stock, with real PostgreSQL and Kafka. */
@UsesTheSystem
class OrdersIT {

    private final Shop shop;
    private final Orders orders;
    private final Engines engines;
    private final Console console;

    OrdersIT(Shop shop) {
        this.shop = shop;
        this.orders = new Orders(shop);
        this.engines = new Engines(shop);
        this.console = Console.of(shop);
    }

    @Test
    void shouldKeepOrdersThroughARestart() {
        var id = place(Map.of(3, 1));
        var before = withReceipt(id);

        assertThat(shop.run("restart", "checkout").code()).isZero();

        assertThat(orders.get(id)).isEqualTo(before);
        shop.awaitSuccesses(Service.LOAD_GENERATOR, 5);
    }

    @Test
    void shouldWriteOneReceiptWithTheSizeAndHashInTheOrder() throws Exception {
        var id = place(Map.of(4, 2));

        var receipt = withReceipt(id).path("receipt");

        var document = given().baseUri(shop.url(GATEWAY)).get("/order/" + id + "/receipt").then().statusCode(200)
                .contentType(ContentType.TEXT)
                .extract().asString();
        var bytes = document.getBytes(StandardCharsets.UTF_8);
        assertThat(document).contains(id, "Smart Watch Series 5").doesNotContain("@example.com");
        assertThat(receipt.path("size").asInt()).isEqualTo(bytes.length);
        assertThat(receipt.path("sha256").asText()).isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    }

    @Test
    void shouldAnswerARepeatedRequestWithTheSameOrder() throws Exception {
        var key = UUID.randomUUID().toString();
        var body = Orders.body("repeats", Map.of(4, 1));

        try (var threads = Executors.newFixedThreadPool(10)) {
            var answers = threads
                    .invokeAll(IntStream.range(0, 20).mapToObj(_ -> (Callable<Http.Answer>) () -> orders.place(key, body)).toList())
                    .stream().map(Future::resultNow).toList();
            assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200)).containsOnly(answers.getFirst());
            assertThat(orders.place(key, body)).isEqualTo(answers.getFirst());
            assertThat(engines.number("orders", "select count(*) from orders where idempotency_key = '" + key + "'")).isEqualTo(1);
            await("the order's stock is sold once").atMost(PATIENCE).until(() -> sold(Orders.idIn(answers.getFirst())) == 1);
        }
        assertThat(orders.place(key, Orders.body("repeats", Map.of(4, 2))).status()).isEqualTo(422);
        given().baseUri(shop.url(GATEWAY)).contentType(ContentType.JSON).header("Idempotency-Key", "x".repeat(129)).body(body)
                .post("/checkout")
                .then().statusCode(400).spec(isAnError());
    }

    @Test
    void shouldPageThroughTheOrdersOfAUser() {
        var user = "pages-" + UUID.randomUUID();
        var placed = IntStream.range(0, 5).mapToObj(_ -> placeAs(user, Map.of(4, 1))).toList();

        var first = Json.tree(Http.text(shop.url(GATEWAY) + "/orders?limit=2&user_id=" + user));

        assertThat(first.path("orders")).extracting(order -> order.path("order_id").asText()).containsExactly(placed.get(4), placed.get(3));
        assertThat(orders.of(user)).extracting(order -> order.path("order_id").asText()).containsExactlyElementsOf(placed.reversed());
        given().baseUri(shop.url(GATEWAY)).get("/orders").then().statusCode(400).spec(isAnError());
        given().baseUri(shop.url(GATEWAY)).get("/orders?user_id=a&cursor=nonsense").then().statusCode(400).spec(isAnError());
    }

    @Test
    void shouldTakeStockAndShowTheRemainingQuantity() {
        var page = Json.tree(Http.text(shop.url(GATEWAY) + "/product/4")).path("inventory");
        assertThat(page.fieldNames()).toIterable().containsExactly("product_id", "quantity", "reserved", "available");
        assertThat(page.path("available").asInt()).isEqualTo(page.path("quantity").asInt() - page.path("reserved").asInt());
        assertThat(Json.tree(Http.text(shop.url(GATEWAY) + "/products")).path("inventory"))
                .extracting(stock -> stock.path("product_id").asText()).containsExactly("1", "2", "3", "4", "5");

        var id = place(Map.of(4, 3));

        await("the order's stock is sold").atMost(PATIENCE).until(() -> sold(id) == 3);
        var tooMuch = orders.place(UUID.randomUUID().toString(), Orders.body("greedy", Map.of(4, 1000)));
        assertThat(tooMuch.status()).isEqualTo(409);
        assertThat(tooMuch.body()).contains("Insufficient inventory", "product 4");
        assertThat(console.service(INVENTORY, Instant.now().minusSeconds(60))).isPresent();
    }

    @Test
    void shouldReleaseStockIfCheckoutRefusesTheOrder() {
        var key = UUID.randomUUID().toString();

        var refused = orders.place(key, Orders.body("refused", Map.of(2, 1)).replace("EUR", "XXX"));

        assertThat(refused.status()).isEqualTo(400);
        await("the order's reservation is released").atMost(PATIENCE)
                .until(() -> engines.number("inventory", "select count(*) from reservation where idempotency_key = '" + key + "'") == 0);
    }

    @Test
    void shouldTraceAnOrderFromTheRequestToTheReceipt() {
        var traceId = Otlp.newTraceId();
        var answer = Http.post(shop.url(GATEWAY) + "/checkout", Orders.body("traced", Map.of(4, 1)), "traceparent",
                "00-" + traceId + "-b7ad6b7169203331-01");
        assertThat(answer.status()).isEqualTo(200);
        var id = Orders.idIn(answer);

        await("the trace from the request to the receipt").atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            var trace = console.trace(traceId);
            assertThat(trace.spans()).anySatisfy(span -> is(span, CHECKOUT, "PRODUCER"));
            assertThat(trace.spans()).anySatisfy(span -> is(span, CHECKOUT, "CONSUMER"));
            assertThat(trace.spans()).anySatisfy(span -> is(span, INVENTORY, "CONSUMER"));
            assertThat(trace.spans()).filteredOn(span -> span.kind().equals("CONSUMER")).allSatisfy(span -> {
                assertThat(span.attributes()).containsEntry("messaging.system", "kafka")
                        .containsEntry("messaging.destination.name", "orders")
                        .containsEntry("shop.order.id", id);
                assertThat(trace.parentOf(span).kind()).isEqualTo("PRODUCER");
            });
        });
        withReceipt(id);
    }

    private static void is(Console.Span span, Service service, String kind) {
        assertThat(span.service()).isEqualTo(service.toString());
        assertThat(span.kind()).isEqualTo(kind);
    }

    @Test
    void shouldProcessARepeatedEventOnce() {
        var id = place(Map.of(4, 2));
        var before = withReceipt(id);
        await("the order's stock is sold").atMost(PATIENCE).until(() -> sold(id) == 2);
        var event = engines.all("orders").stream().filter(record -> record.key().equals(id)).findFirst().orElseThrow();

        engines.publish("orders", id, event.value());
        var last = engines.publish("orders", id, event.value());

        await("both copies have been processed").atMost(PATIENCE)
                .until(() -> engines.isProcessed(last, "receipts") && engines.isProcessed(last, "inventory"));
        assertThat(sold(id)).isEqualTo(2);
        assertThat(orders.get(id)).isEqualTo(before);
    }

    @Test
    void shouldProcessAnEventOfTheOldVersion() {
        var id = place(Map.of(4, 1));
        await("the order's stock is sold").atMost(PATIENCE).until(() -> sold(id) == 1);
        var old = UUID.randomUUID().toString();

        // Events of version 1 name no reservations. This one belongs to no order of checkout.
        engines.publish("orders", old,
                """
                        {"version":1,"event_id":"%s","type":"order-placed","order_id":"%s","user_id":"old","time":"2026-01-01T00:00:00Z","currency":"EUR","total":1.00,
                         "items":[{"product_id":4,"quantity":2}]}"""
                        .formatted(UUID.randomUUID(), old));

        await("the stock of the old event is sold").atMost(PATIENCE).until(() -> sold(old) == 2);
    }

    @Test
    void shouldPutAsideUnreadableEventsWithAReasonAndContinue() {
        var poison = UUID.randomUUID().toString();
        engines.publish("orders", poison, "{\"version\":3,\"type\":\"order-placed\"}");
        engines.publish("orders", poison, "no JSON");

        await("each consumer has put both aside").atMost(PATIENCE).untilAsserted(
                () -> assertThat(engines.all("orders.dead")).filteredOn(letter -> poison.equals(letter.key())).hasSize(4).allSatisfy(
                        letter -> assertThat(new String(letter.headers().lastHeader("dead-letter-reason").value(), StandardCharsets.UTF_8))
                                .isNotBlank()));
        var id = place(Map.of(4, 1));
        withReceipt(id);
        await("consumers continue").atMost(PATIENCE).until(() -> sold(id) == 1);
    }

    private String place(Map<Integer, Integer> quantities) {
        return placeAs("orders-it", quantities);
    }

    private String placeAs(String user, Map<Integer, Integer> quantities) {
        var answer = orders.place(UUID.randomUUID().toString(), Orders.body(user, quantities));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return Orders.idIn(answer);
    }

    private JsonNode withReceipt(String id) {
        return await("a receipt").atMost(PATIENCE).until(() -> orders.get(id), order -> order.has("receipt"));
    }

    private long sold(String order) {
        return engines.number("inventory", "select coalesce(sum(quantity), 0) from sale_item where order_id = '" + order + "'");
    }
}
