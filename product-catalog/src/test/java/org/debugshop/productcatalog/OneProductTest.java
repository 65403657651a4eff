package org.debugshop.productcatalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.opentelemetry.api.trace.StatusCode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.telemetry.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class OneProductTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Inject
    Controls controls;
    @Inject
    Spans spans;

    @AfterEach
    void heal() {
        controls.apply(Map.of());
    }

    @Test
    void shouldFailForOneProductOnlyAndRecordWhy() {
        controls.apply(Map.of("one-product", 1d));
        given().header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01").get("/product/3").then().statusCode(500)
                .body("error", equalTo("The product cannot be read"));
        var span = spans.ofTrace(TRACE);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getAttributes().get(ProductResource.PRODUCT_ID)).isEqualTo(3);
        assertThat(span.getAttributes().get(DamagedRecord.FAILURE)).startsWith("The product's record cannot be read");
        assertThat(span.getEvents()).anySatisfy(event -> assertThat(event.getAttributes().get(Failure.ERROR_TYPE))
                .isEqualTo("unreadable_record"));

        for (var id : new int[]{1, 2, 4, 5}) {
            given().get("/product/" + id).then().statusCode(200);
        }
        given().get("/products").then().statusCode(200).body("$", hasSize(5));

        controls.apply(Map.of());
        given().get("/product/3").then().statusCode(200).body("id", equalTo(3));
    }

    @Test
    void shouldFailForAShareOfTheRequests() {
        controls.apply(Map.of("one-product", 0.5));
        var failed = 0;
        for (var i = 0; i < 60; i++) {
            failed += given().get("/product/3").statusCode() == 500 ? 1 : 0;
        }
        // Of 60, none or all fail once in 10^17 runs.
        assertThat(failed).isBetween(1, 59);
    }
}
