package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.WireMock;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The authentication service can be replaced: here by a few lines that admit a single user with a password, on a path of its own. There are no payments. */
@QuarkusTest
@TestProfile(OwnAuthenticationServiceTest.WithOwnService.class)
class OwnAuthenticationServiceTest {

    public static class WithOwnService implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Upstreams.class), new TestResourceEntry(SingleUser.class));
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("shop.payments.url", "");
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    /** Admits the user {@code admin} with the password {@code 1234}, and lets that user only read. */
    public static class SingleUser implements QuarkusTestResourceLifecycleManager {

        private HttpServer server;

        @Override
        public int order() {
            return 1; // after Upstreams, whose address it replaces
        }

        @Override
        public Map<String, String> start() {
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            server.createContext("/check", this::decide);
            server.start();
            return Map.of("shop.edge-auth.url", "http://127.0.0.1:" + server.getAddress().getPort() + "/check/it");
        }

        private void decide(HttpExchange exchange) throws IOException {
            try (exchange) {
                var asked = exchange.getRequestHeaders();
                if (!"Basic YWRtaW46MTIzNA==".equals(asked.getFirst("Authorization"))) {
                    exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"" + asked.getFirst("X-Forwarded-Uri") + "\"");
                    exchange.sendResponseHeaders(401, -1);
                } else if (!"GET".equals(asked.getFirst("X-Forwarded-Method"))) {
                    exchange.sendResponseHeaders(403, -1);
                } else {
                    exchange.getResponseHeaders().add("X-User-Id", "admin");
                    exchange.sendResponseHeaders(200, -1);
                }
            }
        }

        @Override
        public void stop() {
            if (server != null) {
                server.stop(0);
            }
        }
    }

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
        Upstreams.checkout.stubFor(get(urlPathEqualTo("/orders")).willReturn(okJson("{\"orders\":[],\"cursor\":null}")));
    }

    @Test
    void shouldDoWhatTheServiceDecides() {
        given().auth().preemptive().basic("admin", "1234").get("/api/v1/orders").then().statusCode(200).body("orders", hasSize(0));
        Upstreams.checkout.verify(1,
                getRequestedFor(urlEqualTo("/orders?user_id=admin")).withHeader("X-User-Id", WireMock.equalTo("admin")));
        given().auth().preemptive().basic("admin", "1235").get("/api/v1/orders?limit=1").then().statusCode(401)
                .header("WWW-Authenticate", "Basic realm=\"/api/v1/orders?limit=1\"").body(emptyString());
        given().auth().preemptive().basic("admin", "1234").contentType("application/json").body("{}").post("/api/v1/order/create").then()
                .statusCode(403);
    }

    @Test
    void shouldReportThatThereAreNoPayments() {
        given().auth().preemptive().basic("admin", "1234").get("/api/v1/payments/status/1").then().statusCode(503)
                .header("Retry-After", nullValue()).body("error", equalTo("There are no payments here"));
    }
}
