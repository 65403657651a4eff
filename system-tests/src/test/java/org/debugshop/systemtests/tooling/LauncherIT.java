package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.AD_SERVICE;
import static org.debugshop.testkit.Service.CURRENCY;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Shop.Status;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands of {@code ./shop} with the real services. */
@UsesTheSystem
class LauncherIT {

    private static final String SMALL = "currency,ad-service";

    private final Shop shop;

    LauncherIT(Shop shop) {
        this.shop = shop;
    }

    @Test
    void shouldShowTheStateOfEveryProcess() {
        var status = shop.run("status", "--json");

        assertThat(status.code()).isZero();
        var lines = Json.tree(status.out());
        assertThat(StreamSupport.stream(lines.spliterator(), false)).allSatisfy(line -> assertThat(line.fieldNames()).toIterable()
                .containsExactly("name", "state", "pid", "port", "uptime_s", "pss_bytes", "restarts"));
        var all = shop.status();
        assertThat(all).containsOnlyKeys(
                Stream.concat(Stream.of("launcher", "postgres", "kafka", "engine-exporter"),
                        Arrays.stream(Service.values()).map(Service::toString)).toList());
        for (var service : Service.values()) {
            assertThat(all.get(service.toString())).returns("ready", Status::state).returns(shop.port(service), Status::port)
                    .satisfies(line -> {
                        assertThat(ProcessHandle.of(line.pid())).isPresent();
                        assertThat(line.uptimeS()).isNotNegative();
                        assertThat(line.pssBytes()).isPositive();
                    });
        }
        assertThat(shop.run("status").out()).contains("SERVICE", "gateway", "ready", "in all");
    }

    @Test
    void shouldStartNothingASecondTime() {
        var launcher = shop.status().get("launcher").pid();

        var again = shop.run("up", "-d");

        assertThat(again.code()).isZero();
        assertThat(again.out()).contains("Already up", shop.url(GATEWAY));
        assertThat(shop.status().get("launcher").pid()).isEqualTo(launcher);
    }

    @Test
    void shouldStopStartAndRestartOneServiceWhileTheOthersRun() {
        var before = shop.status(AD_SERVICE);
        try {
            assertThat(shop.run("stop", "ad-service")).returns(0, Shop.Outcome::code);
            assertThat(shop.status(AD_SERVICE)).returns("stopped", Status::state).returns(null, Status::pid);
            assertThat(shop.listens(AD_SERVICE)).isFalse();
            assertThat(shop.run("status").code()).isOne();
            assertThat(Json.tree(Http.text(shop.url(GATEWAY) + "/products")).path("ads")).isEmpty();
        } finally {
            assertThat(shop.run("start", "ad-service")).returns(0, Shop.Outcome::code);
        }
        var started = shop.status(AD_SERVICE);
        assertThat(started).returns("ready", Status::state).returns(before.restarts(), Status::restarts);
        assertThat(shop.run("restart", "ad-service")).returns(0, Shop.Outcome::code);
        assertThat(shop.status(AD_SERVICE)).returns("ready", Status::state)
                .satisfies(line -> assertThat(line.pid()).isNotIn(before.pid(), started.pid()));
        await("the shop shows ads again").atMost(PATIENCE)
                .until(() -> Json.tree(Http.text(shop.url(GATEWAY) + "/products")).path("ads").size() == 3);
    }

    @Test
    void shouldReportAnUnknownServiceOrCommand() {
        for (var command : List.of("start", "stop", "restart", "logs")) {
            var outcome = shop.run(command, "gatway");
            assertThat(outcome.code()).isNotZero();
            assertThat(outcome.err()).contains("There is no service 'gatway'", "gateway");
        }
        assertThat(shop.run("up", "--only", "nothing")).satisfies(outcome -> {
            assertThat(outcome.code()).isNotZero();
            assertThat(outcome.err()).contains("There is no service 'nothing'").doesNotContain("Exception");
        });
        assertThat(shop.run("begin")).satisfies(outcome -> {
            assertThat(outcome.code()).isNotZero();
            assertThat(outcome.err()).contains("begin").doesNotContain("Exception");
        });
    }

    @Test
    void shouldShowLogsFormattedAndRaw() {
        await("checkout has logged orders").atMost(PATIENCE).until(() -> shop.run("logs", "checkout").out().contains("Took an order"));

        assertThat(shop.run("logs", "checkout").out().lines()).allMatch(line -> line.startsWith("checkout | "))
                .anyMatch(line -> line.matches(
                        "checkout \\| \\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Took an order  shop\\.order\\.id=[0-9a-f-]{36}  trace=[0-9a-f]{32}"));
        assertThat(shop.run("logs", "--raw", "-n", "20", "checkout").out().lines()).hasSizeLessThanOrEqualTo(20)
                .allSatisfy(line -> assertThat(Json.tree(line).fieldNames()).toIterable().contains("timestamp", "level", "service_name",
                        "logger", "message"));
        assertThat(shop.run("logs", "-n", "1").out()).contains("gateway", "console", "load-generator-instabook");
    }

    @Test
    void shouldStopOnlyItsOwnInstanceAfterTheLauncherWasKilled() {
        try (var own = OwnShop.start("--only", SMALL)) {
            var running = own.shop().status();
            assertThat(running.values()).filteredOn(line -> line.state().equals("ready")).extracting(Status::name)
                    .containsExactlyInAnyOrder("currency", "ad-service", "launcher");
            assertThat(running.get("gateway")).as("a service that was not started").returns("stopped", Status::state);
            assertThat(shop.status().values()).as("the other instance").extracting(Status::state).containsOnly("ready");

            ProcessHandle.of(running.get("launcher").pid()).orElseThrow().destroyForcibly();

            await("the launcher is gone").atMost(PATIENCE).until(() -> own.shop().status().get("launcher").state().equals("stopped"));
            assertThat(own.shop().status(CURRENCY)).returns("ready", Status::state).returns(running.get("currency").pid(), Status::pid);
            ProcessHandle.of(running.get("ad-service").pid()).orElseThrow().destroyForcibly();
            await("the killed service is not restarted").atMost(PATIENCE)
                    .until(() -> own.shop().status(AD_SERVICE).state().equals("stopped"));
            assertThat(own.shop().run("down")).satisfies(down -> {
                assertThat(down.code()).isZero();
                assertThat(down.out()).contains("currency (pid " + running.get("currency").pid());
            });
            assertThat(own.shop().listens(CURRENCY)).isFalse();
            assertThat(own.shop().run("down").out()).contains("Nothing was running");
            assertThat(shop.status().values()).as("the other instance still runs").extracting(Status::state).containsOnly("ready");
        }
    }

    /** The nightly {@link BenchIT} runs a benchmark to its end. */
    @Test
    @Tag("nightly")
    void shouldNotMeasureWhileAnInstanceRuns() {
        var bench = shop.run("bench", "--quick", "--only", "products");

        assertThat(bench.code()).isOne();
        assertThat(bench.err()).contains("Something is up at port offset " + shop.offset() + " already");
        assertThat(shop.status().values()).as("the running instance").extracting(Status::state).containsOnly("ready");
    }
}
