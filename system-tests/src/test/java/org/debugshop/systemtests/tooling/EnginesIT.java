package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.UUID;
import org.debugshop.testkit.Engines;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Orders;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** PostgreSQL and Kafka as child processes of the launcher. */
class EnginesIT {

    private static final String[] ENGINES = {"--only", "postgres,kafka"};

    @Test
    @Tag("nightly")
    void shouldRestartDeadEnginesAndKeepTheirData() throws IOException {
        try (var own = OwnShop.start(ENGINES)) {
            var engines = new Engines(own.shop());
            engines.execute("orders", "create table note as select 'kept' as text");
            engines.publish("notes", "1", "kept");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.shop().files().resolve("postgres/password"))))
                    .isEqualTo("rw-------");

            for (var engine : new String[]{"postgres", "kafka"}) {
                var before = own.shop().status().get(engine);
                assertThat(before.pssBytes()).isPositive();
                assertThat(ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly()).isTrue();
                await(engine + " is replaced").atMost(PATIENCE).untilAsserted(() -> assertThat(own.shop().status().get(engine))
                        .returns("ready", Shop.Status::state).returns(1, Shop.Status::restarts));
            }
            isKept(engines);

            assertThat(own.shop().run("reset", "--yes")).returns(1, Shop.Outcome::code).extracting(Shop.Outcome::err).asString()
                    .contains("is up");
            assertThat(own.shop().run("down")).returns(0, Shop.Outcome::code);
            own.up(ENGINES);
            isKept(engines);

            assertThat(own.shop().run("down")).returns(0, Shop.Outcome::code);
            assertThat(own.shop().run("reset")).returns(1, Shop.Outcome::code).extracting(Shop.Outcome::err).asString()
                    .contains("without a terminal");
            assertThat(own.shop().run("reset", "--yes")).returns(0, Shop.Outcome::code);
            own.up(ENGINES);
            assertThat(engines.number("orders", "select count(*) from pg_tables where tablename = 'note'")).isZero();
            assertThat(engines.all("notes")).isEmpty();
        }
    }

    private static void isKept(Engines engines) {
        assertThat(engines.query("orders", "select text from note", row -> row.getString(1))).containsExactly("kept");
        assertThat(engines.all("notes")).singleElement().satisfies(note -> assertThat(note.value()).isEqualTo("kept"));
    }

    @Test
    void shouldRunWithoutEnginesInMemoryMode() {
        try (var own = OwnShop.start(OwnShop.PATIENT, "--memory", "--only",
                "gateway,checkout,product-catalog,currency,postgres,kafka,inventory")) {
            assertThat(own.shop().status().values()).filteredOn(status -> status.state().equals("ready")).extracting(Shop.Status::name)
                    .containsExactlyInAnyOrder("gateway", "checkout", "product-catalog", "currency", "launcher");
            var orders = new Orders(own.shop());
            var id = Orders.idIn(orders.place(UUID.randomUUID().toString(), Orders.body("memory", Map.of(1, 1000))));
            assertThat(orders.get(id).has("receipt")).isFalse();
            assertThat(Json.tree(Http.text(own.shop().url(GATEWAY) + "/products")).path("inventory")).isEmpty();
            assertThat(Json.tree(Http.text(own.shop().url(GATEWAY) + "/product/1")).path("inventory").isNull()).isTrue();
            assertThat(own.shop().run("logs", "--raw", "-n", "1000", "checkout").out()).doesNotContain("ERROR", "Kafka", "postgresql");
            assertThat(own.shop().files().resolve("postgres")).doesNotExist();
            assertThat(Http.isReady(own.shop().url(CHECKOUT))).isTrue();
        }
    }

    @Test
    void shouldNameTheProcessThatHoldsAPortOfAnEngine() throws IOException {
        try (var own = OwnShop.prepare(); var taken = new ServerSocket(5432 + own.shop().offset(), 1, InetAddress.getLoopbackAddress())) {
            var up = own.shop().run("up", "-d", ENGINES[0], ENGINES[1]);

            assertThat(up.code()).isOne();
            assertThat(up.err()).contains("port " + taken.getLocalPort() + " (postgres) is taken by pid " + ProcessHandle.current().pid(),
                    "--memory starts the system without both");
        }
    }
}
