package org.debugshop.defaults.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.debugshop.defaults.routes.Route;
import org.debugshop.defaults.routes.Routes;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * An upstream service as its callers use it. Each call has a timeout ({@code UPSTREAM_TIMEOUT}, from the call to the last byte of
 * the answer; {@link #INTERCEPTED} if it has the key of an intercept). All failures are reported as an {@link UpstreamFailure}. A route may lead a call to another copy of the service; if there is
 * no connection to that, the usual copy gets the call.
 *
 * @param service the name, as it appears in error messages
 * @param timeout positive
 * @param routedAs the service whose routes apply
 */
public record Upstream(String service, Duration timeout, String routedAs) {

    /**
     * How long a request with the key of an intercept waits at least, because its copy may be at a breakpoint, or reload its code. It is less
     * than the time after which a server closes a silent connection ({@code quarkus.http.idle-timeout}).
     */
    static final Duration INTERCEPTED = Duration.ofSeconds(50);

    public Upstream(String service, Duration timeout) {
        this(service, timeout, service);
    }

    /** Returns an upstream with the timeout of the environment. */
    public static Upstream named(String service) {
        UpstreamMeters.of(service);
        return new Upstream(service, timeoutOfEnvironment());
    }

    /** Returns this upstream with a timeout that ends at {@code deadline}, if that is earlier. */
    public Upstream until(Deadline deadline) {
        return new Upstream(service, Collections.min(List.of(timeout, deadline.left())), routedAs);
    }

    /** Returns this upstream with the routes of another service, which contains it. */
    public Upstream routedAs(String other) {
        return new Upstream(service, timeout, other);
    }

    public static Duration timeoutOfEnvironment() {
        return ConfigProvider.getConfig().getValue("shop.upstream.timeout", Duration.class);
    }

    /**
     * Returns the answer; fails with an {@link UpstreamFailure}.
     *
     * @param request sends the request anew for each subscription, as REST clients do
     */
    public <T> Uni<T> call(Uni<T> request) {
        var meters = UpstreamMeters.of(service);
        return Uni.createFrom().deferred(() -> {
            // A call may end more than once: it fails, and then whoever waited for it cancels it.
            var isActive = new AtomicBoolean(true);
            meters.started();
            return routed(request).ifNoItem().after(limit()).fail().onFailure().transform(this::failure)
                    .onFailure(UpstreamFailure.class).invoke(failure -> meters.failed(failure.kind()))
                    .onTermination().invoke(() -> {
                        if (isActive.getAndSet(false)) {
                            meters.ended();
                        }
                    });
        });
    }

    /**
     * Likewise for a client other than a REST client.
     *
     * @param request sends the request to an address, which is {@code uri} or that of another copy
     */
    public <T> Uni<T> call(String method, URI uri, Function<URI, Uni<T>> request) {
        return call(Uni.createFrom().deferred(
                () -> request.apply(CallInProgress.reportRequest(method, uri, Optional.ofNullable(uri.getPath())))));
    }

    /** Returns how long the current request waits for an answer. */
    public Duration limit() {
        var intercepted = Routes.live().filter(Routes::interceptsThisRequest).isPresent();
        return intercepted ? Collections.max(List.of(timeout, INTERCEPTED)) : timeout;
    }

    /** Counts that a failed call is made again. */
    public void retried() {
        UpstreamMeters.of(service).retried();
    }

    /** Makes the call, and again if there was no connection to the other copy: then nothing was sent. */
    private <T> Uni<T> routed(Uni<T> request) {
        var routes = Routes.live();
        var route = routes.flatMap(all -> all.target(routedAs));
        var call = observed(request, route, routes.flatMap(all -> all.mirror(routedAs)));
        return route.isEmpty()
                ? call
                : call.onFailure(failure -> CallInProgress.withoutConnection(failure).isPresent())
                        .recoverWithUni(onTheSameContext(observed(request, Optional.empty(), Optional.empty())));
    }

    /** The context has the trace, which the thread on which a call fails may not have. */
    private static <T> Uni<T> onTheSameContext(Uni<T> call) {
        var context = Vertx.currentContext();
        return context == null ? call : call.runSubscriptionOn(task -> context.runOnContext(_ -> task.run()));
    }

    private <T> Uni<T> observed(Uni<T> request, Optional<Route> route, Optional<Route> mirror) {
        return Uni.createFrom().<T>emitter(emitter -> {
            var call = new CallInProgress(route);
            call.starting(() -> {
                var subscription = request.onFailure().invoke(call::failed).subscribe().with(emitter::complete, emitter::fail);
                emitter.onTermination(subscription::cancel);
            });
            mirror.filter(copy -> call.method().filter(copy::mirrors).isPresent()).ifPresent(copy -> Mirror.send(copy, request, timeout));
        });
    }

    private UpstreamFailure failure(Throwable thrown) {
        for (var cause = thrown; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case TimeoutException _ -> {
                    return tooSlow(thrown);
                }
                case java.util.concurrent.TimeoutException _ -> {
                    return tooSlow(thrown);
                }
                case JsonProcessingException _ -> {
                    return new UpstreamFailure(service, UpstreamFailure.Kind.UNREADABLE, 502,
                            service + " gave an answer that cannot be read", thrown);
                }
                case WebApplicationException refusal when refusal.getResponse().getStatus() >= 400 -> {
                    return answered(refusal);
                }
                default -> {}
            }
        }
        return new UpstreamFailure(service, UpstreamFailure.Kind.UNREACHABLE, 502, service + " is unreachable", thrown);
    }

    private UpstreamFailure tooSlow(Throwable thrown) {
        return new UpstreamFailure(service, UpstreamFailure.Kind.TOO_SLOW, 504, service + " did not answer in time", thrown);
    }

    /** A 4xx, and a 503 with {@code Retry-After}, are passed on to the caller; any other 5xx is not. */
    private UpstreamFailure answered(WebApplicationException refusal) {
        var answer = refusal.getResponse();
        var status = answer.getStatus();
        if (status < 500 || status == 503 && answer.getHeaderString(HttpHeaders.RETRY_AFTER) != null) {
            return new UpstreamFailure(service, answer, refusal);
        }
        return new UpstreamFailure(service, UpstreamFailure.Kind.FAILED, 502, service + " failed with status " + status, refusal);
    }

    static Response passedOn(Response answer) {
        var body = answer.hasEntity() ? answer.readEntity(String.class) : "";
        var copy = body.isBlank()
                ? Response.status(answer.getStatus())
                : Response.status(answer.getStatus()).type(MediaType.APPLICATION_JSON_TYPE).entity(body);
        copy.header(HttpHeaders.RETRY_AFTER, answer.getHeaderString(HttpHeaders.RETRY_AFTER));
        // A 401 must have a challenge (RFC 9110, section 11.6.1), maybe several.
        answer.getStringHeaders().getOrDefault(HttpHeaders.WWW_AUTHENTICATE, List.of())
                .forEach(challenge -> copy.header(HttpHeaders.WWW_AUTHENTICATE, challenge));
        return copy.build();
    }
}
