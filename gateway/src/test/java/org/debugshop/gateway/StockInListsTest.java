package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.debugshop.defaults.routes.Route;
import org.debugshop.defaults.routes.Routes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stock in lists, which may be a second old; here an hour, so that the test does not depend on time. */
@QuarkusTest
@TestProfile(StockInListsTest.ForAnHour.class)
class StockInListsTest {

    public static class ForAnHour extends InventoryTest.WithInventory {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("shop.inventory.url", "http://localhost", "shop.inventory.max-age-in-lists", "1h");
        }
    }

    @BeforeEach
    void allIsWell() {
        Upstreams.areWell();
        stock(10);
        given().get("/product/1").then().body("inventory.available", equalTo(10));
        Upstreams.inventory.resetRequests();
    }

    @AfterEach
    void noRoutes() {
        Routes.replace(List.of(), false);
    }

    private static void stock(int available) {
        Upstreams.inventory.stubFor(get(urlPathEqualTo("/inventory")).willReturn(okJson(
                "[{\"product_id\":\"1\",\"quantity\":12,\"reserved\":2,\"available\":" + available + "}]")));
    }

    @Test
    void shouldShowStockInAListThatWasReadShortlyBefore() {
        stock(9);

        given().get("/products").then().statusCode(200).body("inventory[0].available", equalTo(10));
        Upstreams.inventory.verify(0, getRequestedFor(urlPathEqualTo("/inventory")));
    }

    @Test
    void shouldReadTheStockOfAProductForItsPageAndForTheListsAfterThat() {
        stock(9);

        given().get("/product/1").then().statusCode(200).body("inventory.available", equalTo(9));
        given().get("/products").then().statusCode(200).body("inventory[0].available", equalTo(9));
        Upstreams.inventory.verify(1, getRequestedFor(urlEqualTo("/inventory?product_ids=1")));
    }

    @Test
    void shouldReadTheStockEachTimeWhileAnotherCopyMayHaveAnother() {
        Routes.replace(List.of(new Route("r", 1, "inventory", URI.create(Upstreams.inventory.baseUrl()), 0, "somebody", false, false, false,
                System.nanoTime() + Duration.ofHours(1).toNanos())), false);
        stock(9);

        given().get("/products").then().statusCode(200).body("inventory[0].available", equalTo(9));
    }
}
