package org.debugshop.productcatalog;

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
import java.util.stream.Stream;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The part of this service in the fault retry-storm. */
@QuarkusTest
class CapacityTest {

    @TestHTTPResource
    URI base;
    @Inject
    Controls controls;
    @Inject
    Capacity capacity;

    @AfterEach
    void heal() {
        controls.apply(Map.of());
    }

    @Test
    void shouldBeSlowAtFirstThenHandleOneRequestAfterTheOtherAndRecoverAtOnce() {
        try (var client = HttpClient.newHttpClient()) {
            controls.apply(Map.of("retry-storm", 9d));
            assertThat(millisOf(client, "/product/1").join()).isGreaterThanOrEqualTo(500);

            await().atMost(Duration.ofSeconds(60)).until(() -> millisOf(client, "/product/1").join() < 500);
            var slowest = Stream.generate(() -> millisOf(client, "/products")).limit(10).toList().stream()
                    .mapToLong(CompletableFuture::join).max();
            assertThat(slowest.orElseThrow()).isGreaterThanOrEqualTo(690);

            var waiting = Stream.generate(() -> millisOf(client, "/product/2")).limit(100).toList();
            await().until(() -> capacity.queue().toMillis() > 4_000);
            controls.apply(Map.of());
            given().get("/product/1").then().statusCode(200);
            assertThat(waiting).anyMatch(request -> !request.isDone());
        }
    }

    private CompletableFuture<Long> millisOf(HttpClient client, String path) {
        var start = System.nanoTime();
        return client.sendAsync(HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(_ -> Duration.ofNanos(System.nanoTime() - start).toMillis());
    }
}
