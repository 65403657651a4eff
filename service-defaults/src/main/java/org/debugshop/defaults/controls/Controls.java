package org.debugshop.defaults.controls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import io.vertx.core.tracing.TracingPolicy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentSkipListMap;
import org.debugshop.defaults.admin.AdminSettings;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What the console has switched in this instance: its {@link Fault faults}, and the {@link org.debugshop.defaults.routes.Routes routes}
 * of its requests.
 *
 * <p>The console sends the complete desired state of this service over a stream of server-sent events ({@code GET /controls}), again
 * after each change and every few seconds. The instance applies it, and reports what is applied ({@code PUT /controls}). If the stream is
 * lost, the last state holds for 30 seconds. Then everything is switched off, so that no system stays broken by accident. A route ends with
 * its lease, with or without a stream. A missing console costs one attempt to connect every five seconds.
 *
 * <p>No telemetry shows these requests or the names of faults; {@code RequestHistograms} leaves them out of the metrics.
 */
@Singleton
public class Controls {

    private static final long FIRST_DELAY = 500;
    private static final long LONGEST_DELAY = 5_000;
    private static final int CONNECT_TIMEOUT = 1_000;
    /** Of one event, in bytes. */
    private static final int MAX_EVENT = 64 * 1024;

    private final Vertx vertx;
    private final ControlSettings settings;
    private final String service;
    private final String instance;
    private final Optional<String> credentials;
    private final Map<String, OptionalDouble> initial;
    private final Map<String, Fault> faults = new ConcurrentSkipListMap<>();
    private final RouteLeases routes;
    /** The last state that the console sent; null if it has sent none. */
    private volatile Map<String, Double> state;
    /** Whether no console has to be waited for. */
    private volatile boolean initialHolds;
    private volatile Context context;

    // What follows is only used by that context.
    private HttpClient client;
    /** Counts the attempts to connect, so that the end of an earlier one is told from that of the current one. */
    private int attempt;
    private long delay = FIRST_DELAY;
    private long lease = -1;
    private boolean connected;
    private boolean wasConnected;
    private boolean told;
    private volatile boolean isStopping;
    private volatile long repeating = -1;
    private String acknowledged;

    Controls(Vertx vertx, ControlSettings settings, AdminSettings admin, Resource resource,
            @ConfigProperty(name = "shop.service.name") String service,
            @ConfigProperty(name = "shop.routes.by-trace") boolean decidesByTrace) {
        this.vertx = vertx;
        this.routes = new RouteLeases(vertx, decidesByTrace);
        this.settings = settings;
        this.service = service;
        this.instance = resource.getAttribute(AttributeKey.stringKey("service.instance.id"));
        this.credentials = admin.password()
                .map(password -> "Basic " + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(UTF_8)));
        this.initial = ControlSettings.parse(settings.faults().orElse(""));
    }

    /**
     * Returns a fault of this service, which is off unless {@code FAULTS} or the console says otherwise.
     *
     * @param id the name of its file under {@code failures/}
     * @param usual the strength if none is given; the same as in that file, or 1 if it has none
     */
    public synchronized Fault fault(String id, double usual) {
        return faults.computeIfAbsent(id, name -> {
            var fault = new Fault(name, usual, this::acknowledgeSoon);
            if (state != null || initialHolds || initial.containsKey(name)) {
                fault.set(wanted(fault));
            }
            return fault;
        });
    }

    /** Likewise, for a fault that is either on or off. */
    public Fault fault(String id) {
        return fault(id, 1);
    }

    void start(@Observes StartupEvent event) {
        // What has failed, perhaps because the database does not answer yet, is tried again, with and without a console.
        repeating = vertx.setPeriodic(LONGEST_DELAY, _ -> {
            if (state != null || initialHolds) {
                applyAll();
            }
        });
        // Ends what a process before this one has left behind, if nobody says otherwise.
        if (settings.url().isEmpty()) {
            applyInitial();
            return;
        }
        context = vertx.getOrCreateContext();
        context.runOnContext(_ -> {
            if (isStopping) {
                return;
            }
            client = vertx.createHttpClient(new HttpClientOptions().setTracingPolicy(TracingPolicy.IGNORE)
                    .setConnectTimeout(CONNECT_TIMEOUT)
                    .setIdleTimeout((int) settings.silence().toMillis()).setIdleTimeoutUnit(MILLISECONDS).setMaxPoolSize(2));
            startLease();
            connect();
        });
    }

    void stop(@Observes ShutdownEvent event) {
        isStopping = true;
        // In dev mode Vert.x goes on, and must not switch what has been replaced.
        vertx.cancelTimer(repeating);
        routes.stop();
        if (client != null) {
            client.close();
        }
    }

    private void applyInitial() {
        initialHolds = true;
        applyAll();
    }

    /** Applies a state, and holds it until the console sends another. @param newState the strength of each fault that is on */
    public void apply(Map<String, Double> newState) {
        state = Map.copyOf(newState);
        applyAll();
    }

    private synchronized void applyAll() {
        faults.values().forEach(fault -> fault.set(wanted(fault)));
    }

    private double wanted(Fault fault) {
        if (state != null) {
            return state.getOrDefault(fault.id(), 0d);
        }
        return initial.containsKey(fault.id()) ? initial.get(fault.id()).orElse(fault.usual()) : 0;
    }

    private void connect() {
        if (isStopping) {
            return;
        }
        int current = ++attempt;
        client.request(request(HttpMethod.GET, "/controls?service=" + encoded(service) + "&instance=" + encoded(instance))
                .putHeader("Accept", "text/event-stream"))
                .compose(request -> request.send())
                .onSuccess(response -> read(response, current))
                .onFailure(failure -> lost(current, failure.getMessage()));
    }

    private RequestOptions request(HttpMethod method, String path) {
        var options = new RequestOptions().setMethod(method).setAbsoluteURI(base(settings.url().orElseThrow()) + path)
                .setFollowRedirects(false);
        credentials.ifPresent(basic -> options.putHeader("Authorization", basic));
        return options;
    }

    private static String base(URI url) {
        return url.toString().replaceFirst("/+$", "");
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, UTF_8).replace("+", "%20");
    }

    private void read(HttpClientResponse response, int current) {
        if (response.statusCode() != 200) {
            response.request().reset();
            lost(current, "it answered " + response.statusCode());
            return;
        }
        var events = RecordParser.newDelimited("\n\n", this::event).maxRecordSize(MAX_EVENT);
        events.exceptionHandler(tooLarge -> response.request().reset());
        response.exceptionHandler(failure -> lost(current, failure.getMessage()));
        response.endHandler(_ -> lost(current, "it ended the stream"));
        response.handler(events);
    }

    private void event(Buffer event) {
        for (var line : event.toString(UTF_8).split("\n")) {
            if (line.startsWith("data:")) {
                try {
                    receive(new JsonObject(line.substring("data:".length())));
                } catch (DecodeException | ClassCastException | IllegalArgumentException unreadable) {
                    Log.warn("The console sent controls that cannot be read", unreadable);
                }
            }
        }
    }

    private void receive(JsonObject message) {
        if (!connected) {
            connected = true;
            wasConnected = true;
            told = false;
            delay = FIRST_DELAY;
            acknowledged = null;
            vertx.cancelTimer(lease);
            lease = -1;
        }
        var wanted = new HashMap<String, Double>();
        var on = message.getJsonObject("faults", new JsonObject());
        on.fieldNames().forEach(id -> wanted.put(id, on.getDouble(id)));
        var leases = RouteLeases.read(message);
        apply(wanted);
        routes.apply(leases);
        acknowledge();
    }

    private void lost(int ended, String why) {
        if (isStopping || ended != attempt) {
            return;
        }
        attempt++;
        if (connected) {
            connected = false;
            startLease();
        }
        if (!told) {
            told = true;
            Log.infof("%s cannot switch anything here: %s. Trying again", settings.url().orElseThrow(), why);
        }
        vertx.setTimer(delay, _ -> connect());
        delay = Math.min(2 * delay, LONGEST_DELAY);
    }

    private void startLease() {
        if (lease == -1) {
            lease = vertx.setTimer(settings.lease().toMillis(), _ -> {
                lease = -1;
                if (isStopping) {
                    return;
                }
                if (wasConnected) {
                    apply(Map.of());
                } else {
                    applyInitial();
                }
            });
        }
    }

    /** May be called by any thread. */
    private void acknowledgeSoon() {
        if (context != null) {
            context.runOnContext(_ -> acknowledge());
        }
    }

    /** Reports what is applied, unless the console knows it already. */
    private void acknowledge() {
        if (!connected || isStopping || client == null) {
            return;
        }
        var applied = new JsonObject();
        var problems = new JsonObject();
        faults.forEach((id, fault) -> {
            var reached = fault.reached();
            if (fault.problem() != null) {
                problems.put(id, fault.problem());
            } else if (!Double.isNaN(reached)) {
                applied.put(id, reached);
            }
        });
        var all = new JsonObject().put("faults", applied).put("problems", problems);
        routes.revisions().ifPresent(revisions -> all.put("routes", revisions));
        var report = all.encode();
        if (report.equals(acknowledged)) {
            return;
        }
        acknowledged = report;
        client.request(request(HttpMethod.PUT, "/controls/" + encoded(service) + "/" + encoded(instance))
                .putHeader("Content-Type", "application/json"))
                .compose(request -> request.send(report))
                .onSuccess(response -> {
                    if (response.statusCode() / 100 != 2) {
                        acknowledged = null;
                    }
                })
                // The next event from the console is the next attempt.
                .onFailure(_ -> acknowledged = null);
    }
}
