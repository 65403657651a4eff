package org.debugshop.currency;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

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
import java.util.stream.Stream;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CacheStampedeTest {

    private static final long SLOW = 700;

    @TestHTTPResource
    URI base;
    @Inject
    Controls controls;

    @AfterEach
    void heal() {
        controls.apply(Map.of());
    }

    @Test
    void shouldLetAllRequestsLoadTheRatesWhenTheyHaveExpired() {
        try (var client = HttpClient.newHttpClient()) {
            controls.apply(Map.of("cache-stampede", (double) SLOW));
            for (var wave = 0; wave < 2; wave++) {
                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    var slowest = Stream.generate(() -> millisOf(client, "/convert?to=EUR")).limit(3).toList().stream()
                            .mapToLong(CompletableFuture::join).max();
                    return slowest.orElseThrow() >= 3 * SLOW;
                });
                // The rates are in the cache now.
                assertThat(millisOf(client, "/convert?to=EUR").join()).isLessThan(SLOW);
            }
            assertThat(millisOf(client, "/rates").join()).isLessThan(SLOW);

            controls.apply(Map.of());
            given().get("/convert?to=EUR").then().statusCode(200).body(containsString("0.85"));
            assertThat(millisOf(client, "/convert?to=EUR").join()).isLessThan(SLOW);
        }
    }

    private CompletableFuture<Long> millisOf(HttpClient client, String path) {
        var start = System.nanoTime();
        return client.sendAsync(HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(_ -> Duration.ofNanos(System.nanoTime() - start).toMillis());
    }
}
