package org.debugshop.inventory;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Postgres.class)
class InventoryResourceTest {

    @Inject
    Spans spans;
    @Inject
    SalesConsumer sales;

    @BeforeEach
    void isReady() {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> given().get("/health/ready").then().statusCode(200));
    }

    @Test
    void shouldReturnItsStatus() {
        given().get("/").then().statusCode(200).body("service", equalTo("Inventory Service")).body("status", equalTo("UP"));
    }

    @Test
    void shouldRecordTheProductsOfARequestToReserveAndOfASale() {
        post("/inventory/reserve", "{\"items\":[{\"product_id\":99,\"quantity\":1},{\"product_id\":\"5\",\"quantity\":1}]}")
                .statusCode(404);
        spans.awaitSpan("POST /inventory/reserve", InventoryResource.PRODUCT_IDS, List.of(5L, 99L));

        var message = new ConsumerRecord<>("orders", 0, 7, "a-key", """
                {"version":1,"type":"order-placed","order_id":"%s","items":[{"product_id":77,"quantity":1}]}"""
                .formatted(UUID.randomUUID()));
        sales.read(message, new IncomingKafkaRecordMetadata<>(message, "sales")).await().atMost(Duration.ofSeconds(60));
        spans.awaitSpan("process orders", InventoryResource.PRODUCT_IDS, List.of(77L));
    }

    @Test
    void shouldReturnTheStock() {
        given().get("/inventory/4").then().statusCode(200)
                .body(equalTo("{\"product_id\":\"4\",\"quantity\":200,\"reserved\":0,\"available\":200}"));
        given().get("/inventory?product_ids=5,4,77").then().statusCode(200).body("product_id", equalTo(List.of("4", "5")));
        given().get("/inventory").then().statusCode(200).body("$", hasSize(0));
        given().get("/inventory/77").then().statusCode(404).body("error", equalTo("Product not found"));
        for (var wrong : List.of("0", "-1", "x", "99999999999")) {
            given().get("/inventory/" + wrong).then().statusCode(400).body("error", equalTo("Invalid request"));
            given().get("/inventory?product_ids=1," + wrong).then().statusCode(400).body("error", equalTo("Invalid request"));
        }
    }

    @Test
    void shouldReserveAndRelease() {
        var id = post("/inventory/reserve", "{\"product_id\":\"1\",\"quantity\":2}").statusCode(200)
                .body("product_id", equalTo("1")).body("reserved", equalTo(2)).body("reservation_id", startsWith("RES-")).extract()
                .<String>path("reservation_id");
        given().get("/inventory/1").then().body("reserved", equalTo(2));
        post("/inventory/release", "{\"reservation_id\":\"" + id + "\"}").statusCode(200).body(equalTo("{\"status\":\"released\"}"));
        post("/inventory/reserve",
                "{\"items\":[{\"product_id\":1,\"quantity\":2},{\"product_id\":\"2\",\"quantity\":1},{\"product_id\":1,\"quantity\":1}]}")
                .statusCode(200)
                .body("items", hasSize(2)).body("items[0].product_id", equalTo("1")).body("items[0].quantity", equalTo(3));
        post("/inventory/release", "{\"product_id\":\"1\",\"quantity\":3}").statusCode(200);
        given().get("/inventory/1").then().body("reserved", equalTo(0));
        post("/inventory/reserve", "{\"product_id\":\"1\",\"quantity\":101}").statusCode(409).body("error",
                startsWith("Insufficient inventory: of product 1 "));
        post("/inventory/release", "{\"reservation_id\":\"RES-none\"}").statusCode(404).body("error", equalTo("Reservation not found"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "", "{", "no JSON", "{\"product_id\":\"1\",\"quantity\":1}}",
            "{\"product_id\":\"1\"}", "{\"product_id\":\"1\",\"quantity\":0}",
            "{\"product_id\":\"1\",\"quantity\":1001}",
            "{\"product_id\":\"1\",\"quantity\":\"1\"}", "{\"product_id\":\"1\",\"quantity\":1.5}",
            "{\"product_id\":\"01\",\"quantity\":1}", "{\"product_id\":1.0,\"quantity\":1}",
            "{\"items\":[]}", "{\"items\":{}}", "{\"items\":[1]}"})
    void shouldRefuseAnInvalidRequest(String body) {
        post("/inventory/reserve", body).statusCode(400).body("error", equalTo("Invalid request"));
        post("/inventory/release", body).statusCode(400).body("error", equalTo("Invalid request"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RES-none", "\\u0000", "RES-\\ud800", "RES-\\u000000000-0000-0000-0000-00000000000"})
    void shouldNotFindAReservationByAnInvalidId(String id) {
        post("/inventory/release", "{\"reservation_id\":\"" + id + "\"}").statusCode(404).body("error", equalTo("Reservation not found"));
    }

    @Test
    void shouldReleaseTheReservationOfAnOrderOnlyThroughItsAttempt() {
        var order = "{\"items\":[{\"product_id\":2,\"quantity\":3}],\"attempt\":\"an-attempt\"}";
        var id = post("/inventory/reserve", order).statusCode(200).extract().<String>path("reservation_id");

        post("/inventory/release", "{\"product_id\":\"2\",\"quantity\":3}").statusCode(200);
        post("/inventory/release", "{\"reservation_id\":\"" + id + "\"}").statusCode(409)
                .body("error", equalTo("The reservation belongs to an order"));
        given().get("/inventory/2").then().body("reserved", equalTo(3));

        post("/inventory/release", "{\"attempt\":\"an-attempt\"}").statusCode(200).body(equalTo("{\"status\":\"released\"}"));
        given().get("/inventory/2").then().body("reserved", equalTo(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "\"\"", "\"a b\"", "\"\\u0000\""})
    void shouldRefuseAnInvalidAttempt(String attempt) {
        var body = "{\"product_id\":1,\"quantity\":1,\"attempt\":" + attempt + "}";
        for (var path : List.of("/inventory/reserve", "/inventory/release")) {
            post(path, body).statusCode(400).body("error", equalTo("attempt must be a text of 1 to 128 visible ASCII characters"));
        }
    }

    @Test
    void shouldRefuseTwoKeys() {
        given().contentType("application/json").header("Idempotency-Key", "a", "b").body("{\"product_id\":\"1\",\"quantity\":1}")
                .post("/inventory/reserve")
                .then().statusCode(400).body("error", equalTo("There must be one Idempotency-Key, not 2"));
    }

    @Test
    void shouldRefuseAnInvalidKey() {
        given().contentType("application/json").header("Idempotency-Key", "x".repeat(129)).body("{\"product_id\":\"1\",\"quantity\":1}")
                .post("/inventory/reserve")
                .then().statusCode(400).body("error", equalTo("Invalid Idempotency-Key"));
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }
}
