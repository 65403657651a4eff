package org.debugshop.loadgenerator;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many times the usual load. The application itself has two shoppers. */
@QuarkusTest
@Tag("nightly")
@TestProfile(RushTest.TwoShoppers.class)
class RushTest {

    public static class TwoShoppers extends TestEnvironment {
        public TwoShoppers() {
            super("USERS", "2", "DELAY_BETWEEN_USERS", "0.05", "DELAY_BETWEEN_REQUESTS", "0.05");
        }
    }

    private static final SplittableGenerator RANDOM = SplittableGenerator.of("L64X128MixRandom");

    @Inject
    Controls controls;
    @Inject
    LoadGenerator generator;
    @Inject
    Vertx vertx;
    @Inject
    Tracer tracer;
    @Inject
    ObjectMapper json;
    @Inject
    @RestClient
    InstabookClient instabook;

    private final RequestMetrics metrics = new RequestMetrics(new SimpleMeterRegistry(), "test");
    private ActionRunner runner;
    private volatile double factor;

    @BeforeEach
    void create() {
        Target.answer(any(urlPathMatching("/booking/.*")), Target.json(200, "{}").withFixedDelay(100));
        runner = new ActionRunner((VertxInternal) vertx, tracer, new Upstream("instabook", Duration.ofHours(1)), metrics, json);
    }

    @AfterEach
    void stop() {
        controls.apply(Map.of());
        runner.stop(Duration.ofMillis(1));
    }

    @Test
    void shouldBringMoreUsersUntilItIsHealed() {
        var model = (ClosedModel) generator.model();
        await().until(() -> model.present() == 2);
        controls.apply(Map.of("nothing-broke", 4d));
        await().until(() -> model.present() == 8);
        controls.apply(Map.of());
        await().until(() -> model.present() == 2);
    }

    @Test
    void shouldLetTheAdditionalUsersLeaveAgain() {
        var environment = Map.of("LOAD_PROFILE", "instabook", "USERS", "3", "DELAY_BETWEEN_USERS", "0.01", "DELAY_BETWEEN_REQUESTS",
                "0.01");
        var settings = LoadSettings.from(variable -> Optional.ofNullable(environment.get(variable)));
        var model = new ClosedModel(vertx, runner, new InstabookProfile(instabook), settings, RANDOM.split(), () -> factor);
        model.start();
        await().until(() -> model.present() == 3);

        factor = 5;
        await().until(() -> model.present() == 15 && runner.inFlight() > 3);
        factor = 2;
        await().until(() -> model.present() == 6);
        factor = 5;
        await().until(() -> model.present() == 15);

        factor = 0;
        await().until(() -> model.present() == 3);
        await().until(() -> runner.inFlight() <= 3);
        assertThat(model.present()).isEqualTo(3);
    }

    @Test
    void shouldSendMoreRequestsASecondAndNoBacklogAfterwards() {
        Target.server.resetRequests();
        new OpenModel(vertx, runner, new InstabookProfile(instabook), metrics, 0.01, 100, RANDOM.split(), () -> factor).start();
        await().until(() -> bookings() == 1);

        factor = 5_000;
        await().until(() -> bookings() > 50);

        // Back to one request in 100 seconds; the first is due at once.
        factor = 0;
        await().until(() -> runner.inFlight() == 0);
        var sent = bookings();
        await().during(Duration.ofSeconds(1)).until(() -> bookings() <= sent + 1);
    }

    private static int bookings() {
        return Target.server.findAll(anyRequestedFor(urlPathMatching("/booking/.*"))).size();
    }
}
