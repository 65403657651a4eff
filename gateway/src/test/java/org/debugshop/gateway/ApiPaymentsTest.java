package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class ApiPaymentsTest {

    private static final String ANSWER = "{ \"id\":\"p-1\",\"amount\":2294.90 }";

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
        Upstreams.answers(Upstreams.payments, okJson(ANSWER));
    }

    private static RequestSpecification payment() {
        return given().header("Authorization", "Bearer alice").contentType("application/json")
                .body("{\"order_id\":\"o-1\", \"amount\":2294.90}");
    }

    @Test
    void shouldPayAsTheAuthenticatedUser() {
        payment().header("X-User-Id", "mallory").header("Idempotency-Key", "a-key").post("/api/v1/payments/pay").then().statusCode(200)
                .contentType("application/json").body(equalTo(ANSWER));
        Upstreams.payments.verify(1, postRequestedFor(urlEqualTo("/payments"))
                .withHeader("X-User-Id", WireMock.equalTo("id-of-alice")).withHeader("X-User-Name", WireMock.equalTo("alice"))
                .withHeader("Idempotency-Key", WireMock.equalTo("a-key")).withHeader("Authorization", absent())
                .withHeader("Content-Type", WireMock.equalTo("application/json"))
                .withRequestBody(WireMock.equalTo("{\"order_id\":\"o-1\", \"amount\":2294.90}")));
        payment().post("/api/v1/payments/pay").then().statusCode(200);
        Upstreams.payments.verify(1, postRequestedFor(urlEqualTo("/payments")).withHeader("Idempotency-Key", absent()));
    }

    @Test
    void shouldMarkARepetition() {
        Upstreams.answers(Upstreams.payments, okJson(ANSWER).withHeader("Idempotent-Replayed", "true"));
        payment().post("/api/v1/payments/pay").then().statusCode(200).header("Idempotent-Replayed", "true");
        payment().header("Idempotency-Key", "a b").post("/api/v1/payments/pay").then().statusCode(400)
                .body("error", equalTo("Invalid Idempotency-Key"));
        payment().header("Idempotency-Key", "a", "b").post("/api/v1/payments/pay").then().statusCode(400);
    }

    @Test
    void shouldReturnAPayment() {
        given().header("Authorization", "Bearer bob").get("/api/v1/payments/status/p-1").then().statusCode(200)
                .contentType("application/json").body(equalTo(ANSWER));
        Upstreams.payments.verify(1, getRequestedFor(urlEqualTo("/payments/p-1")).withHeader("X-User-Id", WireMock.equalTo("id-of-bob"))
                .withHeader("X-User-Name", WireMock.equalTo("bob")));
    }

    @Test
    void shouldPassOnRefusals() {
        for (var status : new int[]{400, 402, 404, 409, 422}) {
            Upstreams.answers(Upstreams.payments, Upstreams.error(status, "Refused"));
            payment().post("/api/v1/payments/pay").then().statusCode(status).body("error", equalTo("Refused"));
            given().header("Authorization", "Bearer bob").get("/api/v1/payments/status/p-1").then().statusCode(status)
                    .body("error", equalTo("Refused"));
        }
    }

    @Test
    void shouldReportWhetherAFailedPaymentMayHaveBeenMade() {
        Upstreams.answers(Upstreams.payments, aResponse().withStatus(500));
        payment().post("/api/v1/payments/pay").then().statusCode(502).header("Retry-After", nullValue())
                .body("error", equalTo("payments failed with status 500"));
        Upstreams.answers(Upstreams.payments, aResponse().withStatus(502).withHeader("Retry-After", "1"));
        payment().post("/api/v1/payments/pay").then().statusCode(502).header("Retry-After", "1");
    }

    @Test
    void shouldRefuseAPaymentThatIsNotJson() {
        payment().contentType("text/plain").post("/api/v1/payments/pay").then().statusCode(415);
        Upstreams.payments.verify(0, anyRequestedFor(anyUrl()));
    }
}
