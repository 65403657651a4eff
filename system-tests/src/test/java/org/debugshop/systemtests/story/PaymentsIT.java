package org.debugshop.systemtests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.PAYMENTS;
import static org.debugshop.testkit.Shop.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Engines;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Orders;
import org.debugshop.testkit.Otlp;
import org.debugshop.testkit.Payments;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Test;

/** A payment from the request to the paid order, with real PostgreSQL and Kafka. */
@UsesTheSystem
class PaymentsIT {

    private static final String USER = "payments-it";

    private final Shop shop;
    private final Orders orders;
    private final Payments payments;
    private final Engines engines;
    private final Console console;

    PaymentsIT(Shop shop) {
        this.shop = shop;
        this.orders = new Orders(shop);
        this.payments = new Payments(shop);
        this.engines = new Engines(shop);
        this.console = Console.of(shop);
    }

    @Test
    void shouldTraceAPaymentFromTheRequestToThePaidOrder() {
        var order = place();
        assertThat(order.path("payment_status").asText()).isEqualTo("unpaid");
        var id = order.path("order_id").asText();
        var traceId = Otlp.newTraceId();

        var answer = Http.post(shop.url(PAYMENTS) + "/payments", "{\"order_id\":\"%s\",\"amount\":%s}".formatted(id, total(order)),
                "X-User-Id", USER, "traceparent", "00-" + traceId + "-b7ad6b7169203331-01");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var payment = Payments.idIn(answer);
        await("the trace from the payment to the order").atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            var trace = console.trace(traceId);
            assertThat(trace.spans()).filteredOn(span -> span.kind().equals("CONSUMER")).singleElement().satisfies(span -> {
                assertThat(span.service()).isEqualTo(CHECKOUT.toString());
                assertThat(span.attributes()).containsEntry("messaging.destination.name", "payments")
                        .containsEntry("shop.order.id", id).containsEntry("shop.payment.id", payment);
                assertThat(trace.parentOf(span)).returns("PRODUCER", Console.Span::kind).returns(PAYMENTS.toString(),
                        Console.Span::service);
            });
        });
        assertThat(paid(id).path("payment_id").asText()).isEqualTo(payment);
        assertThat(orders.get(id).path("status").asText()).isEqualTo("PROCESSED");
    }

    @Test
    void shouldReturnThePaymentAfterTheServiceWasKilled() {
        var order = place();
        var id = order.path("order_id").asText();
        var key = UUID.randomUUID().toString();
        var payment = Payments.idIn(payments.pay(USER, key, id, total(order)));
        var before = shop.status(PAYMENTS);

        assertThat(ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly()).isTrue();
        await("it is back").atMost(PATIENCE).until(() -> shop.status(PAYMENTS).restarts() > before.restarts()
                && Http.isReady(shop.url(PAYMENTS)));

        assertThat(payments.pay(USER, key, id, total(order))).returns(200, Http.Answer::status).extracting(Payments::idIn)
                .isEqualTo(payment);
        assertThat(payments.pay(USER, UUID.randomUUID().toString(), id, total(order)).status()).isEqualTo(409);
        assertThat(paid(id).path("payment_id").asText()).isEqualTo(payment);
    }

    @Test
    void shouldWriteAReceiptForTheOrderOfAUserWithAnAccount() {
        var answer = Http.post(shop.url(CHECKOUT) + "/orders", "{\"user_id\":\"%s\",\"product_ids\":[4,4]}".formatted(USER));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        var order = Json.tree(answer.body());
        var id = order.path("order_id").asText();

        payments.pay(USER, UUID.randomUUID().toString(), id, total(order));

        assertThat(paid(id).fieldNames()).toIterable().contains("payment_id").doesNotContain("email", "address");
        await("its receipt").atMost(PATIENCE).until(() -> orders.get(id).has("receipt"));
    }

    @Test
    void shouldMarkAnOrderOnceAndPutAsidePaymentsOfUnknownOrders() {
        var order = place();
        var id = order.path("order_id").asText();
        var payment = Payments.idIn(payments.pay(USER, UUID.randomUUID().toString(), id, total(order)));
        var before = paid(id);
        var event = engines.all("payments").stream().filter(record -> record.key().equals(id)).findFirst().orElseThrow().value();
        var unknown = UUID.randomUUID().toString();

        engines.publish("payments", id, event);
        var last = engines.publish("payments", id, event.replace(payment, UUID.randomUUID().toString()));
        engines.publish("payments", unknown, event.replace(id, unknown));

        await("the payment of the unknown order is put aside").atMost(PATIENCE).untilAsserted(
                () -> assertThat(engines.all("payments.dead")).filteredOn(letter -> unknown.equals(letter.key())).singleElement()
                        .satisfies(letter -> {
                            assertThat(header(letter, "dead-letter-reason")).isEqualTo("The order does not exist");
                            assertThat(header(letter, "dead-letter-group")).isEqualTo("checkout-payments");
                        }));
        await("the other payment of the order has been processed").atMost(PATIENCE)
                .until(() -> engines.isProcessed(last, "checkout-payments"));
        assertThat(orders.get(id)).isEqualTo(before);
    }

    private static String header(ConsumerRecord<?, ?> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Places an order, and returns it when it has its receipt. */
    private JsonNode place() {
        var answer = orders.place(UUID.randomUUID().toString(), Orders.body(USER, Map.of(4, 1)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var id = Orders.idIn(answer);
        return await("a receipt").atMost(PATIENCE).until(() -> orders.get(id), order -> order.has("receipt"));
    }

    private static BigDecimal total(JsonNode order) {
        return order.path("total").decimalValue();
    }

    private JsonNode paid(String id) {
        return await("it is paid").atMost(PATIENCE).until(() -> orders.get(id),
                order -> order.path("payment_status").asText().equals("paid"));
    }
}
