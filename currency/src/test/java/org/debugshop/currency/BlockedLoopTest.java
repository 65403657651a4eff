package org.debugshop.currency;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class BlockedLoopTest {

    private static final int BLOCKED = 1500;

    @TestHTTPResource
    URI base;
    @Inject
    Controls controls;

    @AfterEach
    void heal() {
        controls.apply(Map.of());
    }

    @Test
    void shouldLetAllRoutesWaitForTheYenAndLetVertxReportIt() {
        given().get("/convert?to=JPY").then().statusCode(200);
        try (var warnings = new Warnings("io.vertx.core.impl.BlockedThreadChecker"); var client = HttpClient.newHttpClient()) {
            controls.apply(Map.of("blocked-loop", (double) BLOCKED));
            // The first may be within the time in which the file is fresh, and the check of Vert.x, once a second, may miss one.
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                var yen = get(client, "/convert?to=JPY");
                var start = System.nanoTime();
                get(client, "/rates").join();
                var waited = Duration.ofNanos(System.nanoTime() - start);
                yen.join();
                return waited.toMillis() > BLOCKED / 2 && warnings.contain("has been blocked for");
            });
        }

        controls.apply(Map.of());
        var start = System.nanoTime();
        for (var i = 0; i < 3; i++) {
            given().get("/convert?to=JPY").then().statusCode(200);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(BLOCKED));
    }

    private CompletableFuture<HttpResponse<String>> get(HttpClient client, String path) {
        return client.sendAsync(HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
