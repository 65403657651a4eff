package org.debugshop.loadgenerator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Creates the parts that the environment asks for, starts them with the application, and stops them before it. */
@Singleton
public class LoadGenerator {

    /** Longer than any answer of a working system, and shorter than orchestrators wait before they kill a process. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LoadSettings settings;
    private final ActionRunner runner;
    private final LoadModel model;

    LoadGenerator(Config config, @ConfigProperty(name = "load.max-in-flight") int maxInFlight,
            @ConfigProperty(name = "load.accounts") Optional<String> accounts,
            @ConfigProperty(name = "load.payments") Optional<String> payments,
            @RestClient GatewayClient gateway, @RestClient InstabookClient instabook,
            Vertx vertx, Tracer tracer, MeterRegistry registry, ObjectMapper json, Faults faults) {
        settings = LoadSettings.from(variable -> config.getOptionalValue(variable, String.class));
        var target = new Upstream(settings.profile().target, LoadSettings.timeout(config));
        var metrics = new RequestMetrics(registry, settings.profile().metrics);
        var profile = switch (settings.profile()) {
            case SHOP -> new ShopProfile(gateway, accounts.isPresent() ? settings.members() : 0, payments.isPresent(),
                    faults.paysAgain()::strikes);
            case INSTABOOK -> new InstabookProfile(instabook);
        };
        var random = SplittableGenerator.of("L64X128MixRandom");
        runner = new ActionRunner((VertxInternal) vertx, tracer, target, metrics, json);
        var rush = faults.nothingBroke();
        model = settings.rate()
                .<LoadModel>map(rate -> new OpenModel(vertx, runner, profile, metrics, rate, maxInFlight, random, rush::strength))
                .orElseGet(() -> new ClosedModel(vertx, runner, profile, settings, random, rush::strength));
    }

    /** Runs before the load starts, so that an invalid environment is reported first. */
    void announce(@Observes StartupEvent event) {
        Log.infof("Starting the load: %s", settings);
    }

    void start(@ObservesAsync HttpServerStart event) {
        model.start();
    }

    LoadModel model() {
        return model;
    }

    void stop(@Observes ShutdownEvent event) {
        runner.stop(PATIENCE);
    }
}
