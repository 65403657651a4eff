package org.debugshop.currency;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class WrongRateTest {

    @Inject
    Controls controls;

    @AfterEach
    void heal() {
        controls.apply(Map.of());
    }

    @Test
    void shouldMultiplyTheRateOfTheYenOnly() {
        controls.apply(Map.of("wrong-rate", 100d));
        answers("/convert?from=USD&to=JPY&amount=2", "\"rate\":11000.0,\"amount\":2.00,\"converted\":22000.00");
        answers("/convert?from=JPY&to=USD&amount=11000", "\"converted\":1.00");
        answers("/convert?from=USD&to=EUR&amount=2", "\"rate\":0.85,\"amount\":2.00,\"converted\":1.70");
        answers("/rates", "\"GBP\":0.75,\"JPY\":11000.0");

        controls.apply(Map.of());
        answers("/convert?from=USD&to=JPY&amount=2", "\"rate\":110.0,\"amount\":2.00,\"converted\":220.00");
    }

    private static void answers(String path, String part) {
        given().get(path).then().statusCode(200).body(containsString(part));
    }
}
