package org.debugshop.systemtests.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.CURRENCY;
import static org.debugshop.testkit.Shop.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two replicas of currency listen to one console. The first runs with it, the other alone. */
class ControlsIT {

    private static final String FAULT = "wrong-rate";

    private static OwnShop one;
    private static OwnShop other;

    @BeforeAll
    static void start() {
        one = OwnShop.start("--only", "console,currency");
        other = OwnShop.start(Map.of("SHOP_CONTROL_URL", one.shop().url(CONSOLE)), "--only", "currency");
        await("both listen").atMost(PATIENCE).until(() -> fault().path("instances").size() == 2);
    }

    @AfterAll
    static void stop() {
        for (var own : new OwnShop[]{other, one}) {
            if (own != null) {
                own.close();
            }
        }
    }

    @AfterEach
    void heal() {
        assertThat(one.shop().run("heal", FAULT)).returns(0, Shop.Outcome::code);
    }

    @Test
    void shouldSwitchAllReplicas() {
        assertThat(one.shop().run("break", FAULT, "--strength", "50")).returns(0, Shop.Outcome::code).extracting(Shop.Outcome::out)
                .asString().startsWith("Broke wrong-rate on 2 of 2 instances.");
        assertThat(rate(one)).isEqualTo(rate(other)).isGreaterThan(1000);
        assertThat(one.shop().run("failures").out()).contains("(active on 2 of 2 instances)");

        assertThat(one.shop().run("heal", FAULT)).returns(0, Shop.Outcome::code);
        assertThat(rate(one)).isEqualTo(rate(other)).isLessThan(1000);
    }

    @Test
    void shouldTellAReplicaThatWasRestarted() {
        assertThat(one.shop().run("break", FAULT).code()).isZero();
        var before = fault().path("instances").findValuesAsText("instance");

        assertThat(other.shop().run("restart", "currency").code()).isZero();

        await("the new process is told").atMost(PATIENCE).until(() -> fault().path("active").booleanValue()
                && fault().path("instances").size() == 2 && !fault().path("instances").findValuesAsText("instance").equals(before));
        assertThat(rate(other)).isGreaterThan(1000);
    }

    @Test
    void shouldBeHealthyAfterTheConsoleWasRestarted() {
        assertThat(one.shop().run("break", FAULT).code()).isZero();
        assertThat(rate(other)).isGreaterThan(1000);

        assertThat(one.shop().run("restart", "console").code()).isZero();

        await("both listen again").atMost(PATIENCE).until(() -> fault().path("instances").size() == 2);
        await("both are healthy").atMost(PATIENCE).until(() -> rate(one) < 1000 && rate(other) < 1000);
        assertThat(fault().path("active").booleanValue()).isFalse();
    }

    private static JsonNode fault() {
        return Json.tree(Http.text(one.shop().url(CONSOLE) + "/api/faults/" + FAULT));
    }

    private static double rate(OwnShop own) {
        return Json.tree(Http.text(own.shop().url(CURRENCY) + "/convert?from=USD&to=JPY")).path("rate").doubleValue();
    }
}
