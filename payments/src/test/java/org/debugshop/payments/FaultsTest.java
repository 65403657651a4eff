package org.debugshop.payments;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.data.Database;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Postgres.class)
@QuarkusTestResource(Checkout.class)
class FaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject
    Controls controls;
    @Inject
    SecondPayments secondPayments;
    @Inject
    Database database;

    @BeforeEach
    void isReady() {
        Checkout.isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> given().get("/health/ready").then().statusCode(200));
    }

    @AfterEach
    void heal() {
        controls.apply(Map.of());
        await("the constraint").atMost(PATIENCE).until(() -> isUnique());
    }

    @Test
    void shouldTakeASecondPaymentAndRefundItWhenItEnds() {
        controls.apply(Map.of("duplicate-payment", 0.5));
        await("the constraint is gone").atMost(PATIENCE).until(() -> !isUnique());
        var order = Checkout.has("1.50");
        var first = pay(order).statusCode(200).extract().<String>path("id");
        Checkout.marks(order, "1.50", "paid");
        var second = pay(order).statusCode(200).extract().<String>path("id");

        assertThat(texts("select id::text from payment where order_id = '%s'", order)).containsExactlyInAnyOrder(first, second);
        assertThat(texts("select event from outbox where order_id = '%s'", order)).hasSize(2);

        controls.apply(Map.of());
        await("the repair").atMost(PATIENCE).until(() -> isUnique());
        assertThat(texts("select id::text from payment where order_id = '%s'", order)).containsExactly(first);
        assertThat(texts("select payment_id::text from refund where order_id = '%s'", order)).containsExactly(second);
        given().header("X-User-Id", "user-1").get("/payments/" + first).then().statusCode(200).body("status", equalTo("paid"));
        given().header("X-User-Id", "user-1").get("/payments/" + second).then().statusCode(200).body("status", equalTo("refunded"));
        pay(order).statusCode(409).body("error", equalTo("Order is already paid"));
    }

    @Test
    void shouldRepairWhatAProcessHasLeftThatWasKilled() {
        var order = Checkout.has("1.50");
        var first = pay(order).statusCode(200).extract().<String>path("id");
        secondPayments.begin(1).await().atMost(PATIENCE);
        texts("""
                insert into payment select gen_random_uuid(), order_id, user_id, amount, currency, paid_at + interval '1 s'
                from payment where order_id = '%s' returning id::text""", order);

        secondPayments.end().await().atMost(PATIENCE);
        secondPayments.end().await().atMost(PATIENCE);

        assertThat(isUnique()).isTrue();
        assertThat(texts("select id::text from payment where order_id = '%s'", order)).containsExactly(first);
        assertThat(texts("select order_id::text from refund where order_id = '%s'", order)).hasSize(1);
    }

    private static ValidatableResponse pay(String order) {
        return given().header("X-User-Id", "user-1").contentType("application/json")
                .body("{\"order_id\":\"%s\",\"amount\":1.50}".formatted(order)).post("/payments").then();
    }

    private boolean isUnique() {
        return !texts("select conname::text from pg_constraint where conname = 'payment_order_id_key'", "").isEmpty();
    }

    private List<String> texts(String query, String order) {
        var texts = new ArrayList<String>();
        database.with(sql -> sql.query(query.formatted(order)).execute()).await().atMost(PATIENCE)
                .forEach(row -> texts.add(row.getString(0)));
        return texts;
    }
}
