package org.debugshop.inventory;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Everybody wants the same product. */
@QuarkusTest
@TestProfile(ContentionTest.OnABusyMachine.class)
class ContentionTest {

    private static final int RESERVATIONS = 300;
    private static final int CONNECTIONS = 32;
    /** Of the product that is wanted, as the first migration has it. */
    private static final int PIECES = 200;

    @TestHTTPResource("/inventory/reserve")
    URI reserve;

    /** A reservation may take four times as long as usual, 4 s instead of one, because other tests use the same cores. */
    public static class OnABusyMachine implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Postgres.class));
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("shop.upstream.timeout", "8s", "shop.restock", "false");
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    @Test
    void shouldReserveAllPiecesAndRefuseTheRestWithoutGivingUp() throws Exception {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> given().get("/inventory/4").then().statusCode(200));
        var request = HttpRequest.newBuilder(reserve).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"product_id\":\"4\",\"quantity\":1}")).build();
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                var shoppers = Executors.newFixedThreadPool(CONNECTIONS)) {
            Callable<Integer> reservation = () -> client.send(request, BodyHandlers.discarding()).statusCode();

            var answers = shoppers.invokeAll(Collections.nCopies(RESERVATIONS, reservation)).stream().map(Future::resultNow).toList();

            assertThat(answers).containsOnly(200, 409);
            assertThat(answers).filteredOn(status -> status == 200).hasSize(PIECES);
        }
        given().get("/inventory/4").then().body("available", equalTo(0));
    }
}
