package org.debugshop.productcatalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.opentelemetry.api.trace.StatusCode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.Map;
import org.debugshop.defaults.telemetry.Failure;
import org.junit.jupiter.api.Test;

/** The version that sorts lists by rating, which the fault bad-canary starts. */
@QuarkusTest
@TestProfile(ListOrderTest.ByRating.class)
class ListOrderTest {

    private static final String TRACE = "5bf92f3577b34da6a3ce929d0e0e4736";

    @Inject
    Spans spans;

    public static class ByRating implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("LIST_ORDER", "rating");
        }
    }

    @Test
    void shouldFailForEachListWithProductsAndRecordWhy() {
        given().header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01").get("/products").then().statusCode(500)
                .body("error", equalTo("The products cannot be listed"));
        var span = spans.ofTrace(TRACE);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getAttributes().get(DamagedRecord.FAILURE)).startsWith("The list cannot be sorted by rating");
        assertThat(span.getEvents()).anySatisfy(event -> assertThat(event.getAttributes().get(Failure.ERROR_TYPE))
                .isEqualTo("missing_rating"));

        given().get("/products?category=Audio").then().statusCode(500);
        given().get("/products?category=Nothing").then().statusCode(200).body("$", hasSize(0));
        given().get("/product/3").then().statusCode(200);
    }

    @Test
    void shouldRefuseAnUnknownOrder() {
        assertThatThrownBy(() -> new ListOrder("price")).hasMessage("LIST_ORDER must be id or rating, not price");
    }
}
