package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.Map;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class TightTimeoutTest {

    @Inject
    Controls controls;

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
        Upstreams.answers(Upstreams.checkout, okJson("{\"order_id\":\"1\"}").withFixedDelay(400));
    }

    @AfterEach
    void heal() {
        controls.apply(Map.of());
    }

    @Test
    void shouldNotWaitForCheckoutAsLongAsItTakes() {
        controls.apply(Map.of("tight-timeout", 50d));
        checkOut().statusCode(504).body("error", equalTo("checkout did not answer in time"));
        given().get("/product/1").then().statusCode(200);

        controls.apply(Map.of());
        checkOut().statusCode(200).body("order_id", equalTo("1"));
    }

    @Test
    void shouldWaitAsLongAsTheStrengthSays() {
        controls.apply(Map.of("tight-timeout", 5000d));
        checkOut().statusCode(200);
    }

    private static ValidatableResponse checkOut() {
        return given().contentType("application/json").body("{\"items\":[{\"product_id\":1,\"quantity\":1}]}").post("/checkout").then();
    }
}
