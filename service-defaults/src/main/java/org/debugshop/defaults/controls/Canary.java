package org.debugshop.defaults.controls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.tracing.TracingPolicy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.debugshop.defaults.admin.AdminSettings;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * An instance with {@code CANARY_URL} is a canary: it asks the console to have the callers of its service send {@code CANARY_WEIGHT}
 * percent of the shoppers to that URL. It asks again every few seconds, as long as the URL leads to a ready instance, because the route
 * ends ten seconds after the last time. So the chart of a cluster needs nobody else who keeps the route alive, and no shopper is sent to
 * a canary that is gone.
 */
@Singleton
class Canary {

    private static final int LEASE_SECONDS = 10;
    private static final int HIGHEST_WEIGHT = 100;
    private static final int PATIENCE = 2_000;
    /** The console answers when all callers know the route, which takes five seconds at most. */
    private static final int PATIENCE_WITH_THE_CONSOLE = 7_000;

    private final Vertx vertx;
    private final ControlSettings settings;
    private final Optional<URI> url;
    private final int weight;
    private final Duration period;
    private final String service;
    private final String version;
    private final Optional<String> credentials;
    private volatile Context context;

    // What follows is only used by that context.
    private HttpClient client;
    private boolean isBusy;
    private boolean isAnnounced;
    private boolean isStopping;
    private String told = "";

    Canary(Vertx vertx, ControlSettings settings, AdminSettings admin, Resource resource,
            @ConfigProperty(name = "shop.service.name") String service, @ConfigProperty(name = "shop.canary.url") Optional<URI> url,
            @ConfigProperty(name = "shop.canary.weight") int weight, @ConfigProperty(name = "shop.canary.period") Duration period) {
        if (weight < 1 || weight > HIGHEST_WEIGHT) {
            throw new IllegalArgumentException("CANARY_WEIGHT must be from 1 to " + HIGHEST_WEIGHT + ", not " + weight);
        }
        this.vertx = vertx;
        this.settings = settings;
        this.url = url;
        this.weight = weight;
        this.period = period;
        this.service = service;
        this.version = resource.getAttribute(AttributeKey.stringKey("service.version"));
        this.credentials = admin.password()
                .map(password -> "Basic " + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(UTF_8)));
    }

    void start(@Observes StartupEvent event) {
        if (url.isEmpty() || settings.url().isEmpty()) {
            return;
        }
        context = vertx.getOrCreateContext();
        context.runOnContext(_ -> {
            client = vertx.createHttpClient(new HttpClientOptions().setTracingPolicy(TracingPolicy.IGNORE).setConnectTimeout(PATIENCE)
                    .setIdleTimeout(PATIENCE_WITH_THE_CONSOLE).setIdleTimeoutUnit(MILLISECONDS).setMaxPoolSize(1));
            vertx.setPeriodic(period.toMillis(), timer -> {
                if (isStopping) {
                    vertx.cancelTimer(timer);
                } else if (!isBusy) {
                    isBusy = true;
                    isReachable().compose(reachable -> reachable && !isStopping ? announce() : withdraw()).onComplete(_ -> isBusy = false);
                }
            });
        });
    }

    /** Gives the shoppers back before the instance stops answering. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        end();
    }

    void stop(@Observes ShutdownEvent event) {
        end();
    }

    private void end() {
        if (context != null) {
            context.runOnContext(_ -> {
                if (!isStopping) {
                    isStopping = true;
                    withdraw().onComplete(_ -> client.close());
                }
            });
        }
    }

    /** Asks at the URL, as callers do: at a Service of Kubernetes this is also known only there. */
    private Future<Boolean> isReachable() {
        return send(new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(base(url.orElseThrow()) + "/health/ready")
                .setTimeout(PATIENCE), "")
                .map(answer -> answer.status == 200)
                .otherwise(false);
    }

    private Future<Void> announce() {
        var canary = url.orElseThrow();
        var route = new JsonObject().put("service", service).put("url", base(canary)).put("weight", weight).putNull("key")
                .put("mirror", false).put("unsafe", false).put("events", false)
                // All replicas of a canary are one owner.
                .put("owner", canary.getHost()).put("version", version).put("lease_seconds", LEASE_SECONDS);
        isAnnounced = true;
        return send(toConsole(HttpMethod.PUT).putHeader("Content-Type", "application/json"), route.encode()).map(answer -> {
            isAnnounced = answer.status / 100 == 2;
            say(isAnnounced
                    ? "This instance is a canary, and takes %d %% of the shoppers at %s".formatted(weight, canary)
                    : "The console does not take this canary: " + answer.text);
            return (Void) null;
        }).otherwise(failure -> {
            say("The console cannot be told of this canary: " + failure.getMessage());
            return null;
        });
    }

    private Future<Void> withdraw() {
        if (!isAnnounced) {
            return Future.succeededFuture();
        }
        isAnnounced = false;
        say("This canary takes no shoppers any more");
        return send(toConsole(HttpMethod.DELETE), "").<Void>mapEmpty().otherwiseEmpty();
    }

    /** Logs what is new. */
    private void say(String sentence) {
        if (!told.equals(sentence)) {
            told = sentence;
            Log.info(sentence);
        }
    }

    private record Answer(int status, String text) {}

    private Future<Answer> send(RequestOptions options, String body) {
        // Within compose, because a client that was closed meanwhile throws.
        return Future.succeededFuture().compose(_ -> client.request(options.setFollowRedirects(false)))
                .compose(request -> request.send(body))
                .compose(response -> response.body().map(text -> new Answer(response.statusCode(), text.toString(UTF_8))));
    }

    private RequestOptions toConsole(HttpMethod method) {
        var options = new RequestOptions().setMethod(method)
                .setAbsoluteURI(base(settings.url().orElseThrow()) + "/api/routes/canary-" + service).setTimeout(PATIENCE_WITH_THE_CONSOLE);
        credentials.ifPresent(basic -> options.putHeader("Authorization", basic));
        return options;
    }

    private static String base(URI url) {
        return url.toString().replaceFirst("/+$", "");
    }
}
