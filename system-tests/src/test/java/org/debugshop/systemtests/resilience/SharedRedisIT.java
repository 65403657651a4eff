package org.debugshop.systemtests.resilience;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.INSTABOOK;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;

import io.restassured.RestAssured;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.testkit.Booking;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.debugshop.testkit.TokenSwitch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.embedded.RedisServer;

/** Two replicas of instabook-cache share a Redis. The first runs with instabook and a console, the other alone. */
@ExtendWith(TheBrowser.class)
class SharedRedisIT {

    /** Reserves the port of Redis, so that no other process takes it. */
    private static final Socket PORT = new Socket();

    private static RedisServer redis;
    private static OwnShop one;
    private static OwnShop other;

    @BeforeAll
    static void start() throws IOException {
        PORT.setReuseAddress(true); // Redis sets this too, so both can bind the port
        PORT.bind(new InetSocketAddress(0));
        redis = RedisServer.newRedisServer().port(PORT.getLocalPort()).setting("bind 127.0.0.1").setting("save \"\"").build();
        redis.start();
        var environment = Map.of("SHOP_REDIS_URL", "redis://localhost:" + redis.ports().getFirst());
        one = OwnShop.start(environment, "--only", "instabook,instabook-cache,console");
        other = OwnShop.start(environment, "--only", "instabook-cache");
    }

    @AfterAll
    static void stop() throws IOException {
        for (var own : new OwnShop[]{other, one}) {
            if (own != null) {
                own.close();
            }
        }
        redis.stop();
        PORT.close();
    }

    @AfterEach
    void heal() {
        new TokenSwitch(one.shop()).on();
    }

    @Test
    void shouldReadASessionFromAnotherReplica() {
        assertThat(Http.post(one.shop().url(INSTABOOK) + "/booking/session", Booking.session("shared")).status()).isEqualTo(201);

        // A command of the first second may miss Redis's timeout, which is answered with a 503 and Retry-After.
        await().atMost(Shop.PATIENCE).untilAsserted(() -> RestAssured.given().header("Authorization", "Bearer " + Booking.TOKEN)
                .get(other.shop().url(INSTABOOK_CACHE) + "/cache/session/shared").then().statusCode(200));
    }

    @Test
    void shouldSwitchAllReplicasAndShowTheSameStateOnAllPages(Tab tab) {
        assertThat(Http.post(one.shop().url(INSTABOOK) + "/booking/session", Booking.session("flipped")).status()).isEqualTo(201);
        var page = tab.open(one.shop().url(INSTABOOK_CACHE) + "/admin");
        var otherPage = tab.another().open(other.shop().url(INSTABOOK_CACHE) + "/admin");

        otherPage.button("Turn token authentication off").click();

        assertThat(page.button("Turn token authentication on")).isVisible();
        assertThat(new TokenSwitch(one.shop()).isOn()).isFalse();
        assertThat(Http.get(one.shop().url(INSTABOOK) + "/booking/session/flipped").status()).isEqualTo(500);
        assertThat(isBrokenInTheConsole()).isTrue();

        assertThat(one.shop().run("heal", "instabook-token").code()).isZero();

        assertThat(otherPage.button("Turn token authentication off")).isVisible();
        assertThat(new TokenSwitch(other.shop()).isOn()).isTrue();
        assertThat(isBrokenInTheConsole()).isFalse();
        assertThat(Http.get(one.shop().url(INSTABOOK) + "/booking/session/flipped").status()).isEqualTo(200);
        assertThat(changes(one)).isEqualTo(changes(other)).contains("\"changed_by\":\"page\"");
    }

    private static boolean isBrokenInTheConsole() {
        return Json.tree(Http.text(one.shop().url(CONSOLE) + "/api/failures/instabook-token")).path("active").booleanValue();
    }

    private static String changes(OwnShop own) {
        return Http.text(own.shop().url(INSTABOOK_CACHE) + "/admin/token/changes");
    }
}
