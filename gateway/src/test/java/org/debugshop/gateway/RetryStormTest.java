package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The part of this service in the fault retry-storm. */
@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class RetryStormTest {

    private static final String TRACE = "6f91d1d54d4c4d0c9ad1f1b3cd2f7a11";

    @Inject
    Controls controls;

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
    }

    @AfterEach
    void heal() {
        controls.apply(Map.of());
        Upstreams.areWell();
    }

    @Test
    void shouldRepeatACallThatFailsOrIsLateAtOnceInTheSameTrace() {
        var before = retries();
        controls.apply(Map.of("retry-storm", 4d));
        Upstreams.answers(Upstreams.catalog, aResponse().withStatus(500));
        given().header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01").get("/products").then().statusCode(502);
        Upstreams.catalog.verify(5, getRequestedFor(anyUrl()).withHeader("traceparent", matching("00-" + TRACE + "-.*")));

        assertThat(retries()).isEqualTo(before + 4);

        Upstreams.areWell();
        Upstreams.answers(Upstreams.catalog, aResponse().withFixedDelay(60_000));
        given().header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01").get("/api/v1/products/1").then().statusCode(504)
                .body("error", equalTo("product-catalog did not answer in time"));
        Upstreams.catalog.verify(5, getRequestedFor(anyUrl()).withHeader("traceparent", matching("00-" + TRACE + "-.*")));
    }

    @Test
    void shouldNotRepeatACallThatIsRefused() {
        controls.apply(Map.of("retry-storm", 4d));
        given().get("/product/99").then().statusCode(404);
        Upstreams.catalog.verify(1, getRequestedFor(anyUrl()));
    }

    @Test
    void shouldCallOnceWhileItIsOff() {
        Upstreams.answers(Upstreams.catalog, aResponse().withStatus(500));
        given().get("/product/1").then().statusCode(502);
        Upstreams.catalog.verify(1, getRequestedFor(anyUrl()));
    }

    private static double retries() {
        return given().get("/metrics").then().extract().asString().lines()
                .filter(line -> line.startsWith("shop_upstream_retries_total{upstream=\"product-catalog\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1))).sum();
    }
}
