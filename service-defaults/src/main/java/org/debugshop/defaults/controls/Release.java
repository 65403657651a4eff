package org.debugshop.defaults.controls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.quarkus.logging.Log;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.debugshop.defaults.admin.AdminSettings;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The version of this service. A service with {@code shop.release.next} and {@code shop.release.fault} has two: the process runs the next
 * one if that fault was on when it was started. Unlike other faults, this one must be known before telemetry starts, so such a service
 * waits for the console at startup, for half a second at most.
 */
@Singleton
public class Release {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final String version;
    private final boolean next;

    Release(@ConfigProperty(name = "quarkus.application.version") String usual,
            @ConfigProperty(name = "shop.release.next") Optional<String> next,
            @ConfigProperty(name = "shop.release.fault") Optional<String> fault, @ConfigProperty(name = "shop.service.name") String service,
            ControlSettings settings, AdminSettings admin) {
        this.next = next.isPresent() && fault.isPresent() && isOn(fault.get(), service, settings, admin);
        this.version = this.next ? next.get() : usual;
    }

    public String version() {
        return version;
    }

    public boolean isNext() {
        return next;
    }

    private static boolean isOn(String fault, String service, ControlSettings settings, AdminSettings admin) {
        return settings.url().flatMap(url -> ask(url, service, admin)).map(state -> state.containsKey(fault))
                .orElseGet(() -> ControlSettings.parse(settings.faults().orElse("")).containsKey(fault));
    }

    /** Returns the faults that are on, as the console sends them first on its stream; empty if it sends nothing in time. */
    private static Optional<JsonObject> ask(URI console, String service, AdminSettings admin) {
        // Another instance than that of the controls, which begin later.
        var path = "/controls?service=%s&instance=%s".formatted(URLEncoder.encode(service, UTF_8), UUID.randomUUID());
        var request = HttpRequest.newBuilder(URI.create(console.toString().replaceFirst("/+$", "") + path)).timeout(PATIENCE)
                .header("Accept", "text/event-stream");
        admin.password().ifPresent(password -> request.header("Authorization",
                "Basic " + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(UTF_8))));
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
        try {
            return client.sendAsync(request.build(), BodyHandlers.ofLines())
                    .thenApplyAsync(answer -> answer.statusCode() == 200 ? first(answer.body()) : Optional.<JsonObject>empty())
                    .get(PATIENCE.toMillis(), MILLISECONDS);
        } catch (ExecutionException | TimeoutException noAnswer) {
            Log.debug("The console did not answer at startup", noAnswer);
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            client.shutdownNow();
        }
    }

    private static Optional<JsonObject> first(Stream<String> lines) {
        try {
            return lines.filter(line -> line.startsWith("data:")).findFirst()
                    .map(line -> new JsonObject(line.substring("data:".length())).getJsonObject("faults", new JsonObject()));
        } catch (DecodeException | ClassCastException unreadable) {
            return Optional.empty();
        }
    }
}
