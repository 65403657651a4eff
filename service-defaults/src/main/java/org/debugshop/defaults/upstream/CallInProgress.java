package org.debugshop.defaults.upstream;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.lang.reflect.Modifier;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.debugshop.defaults.routes.Route;
import org.debugshop.defaults.telemetry.Failure;

/**
 * A call of an upstream service that may not get a connection. Vert.x starts a call's CLIENT span when it has a connection, so without
 * one, the trace wouldn't show which service was called. Then this class records the span, with the attributes of the others.
 */
final class CallInProgress {

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");
    private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");

    /** The call that is being started on this thread. */
    private static final ThreadLocal<CallInProgress> STARTING = new ThreadLocal<>();

    private final Context parent = Context.current();
    private final Instant start = Instant.now();
    /** Leads to another copy of the service; empty if the call is for the usual one. */
    private final Optional<Route> route;
    private volatile Request request;

    CallInProgress(Optional<Route> route) {
        this.route = route;
    }

    /** @param template the path without the values of its parameters; empty if it is not known */
    private record Request(String method, URI uri, Optional<String> template) {}

    /** Runs {@code start}, which starts the call. A REST client reports its request meanwhile, on the same thread. */
    void starting(Runnable start) {
        var outer = STARTING.get();
        STARTING.set(this);
        try {
            start.run();
        } finally {
            if (outer == null) {
                STARTING.remove();
            } else {
                STARTING.set(outer);
            }
        }
    }

    /**
     * Reports the request of the call that is being started on this thread, if there is one.
     *
     * @return the address to send it to: the same, or that of another copy
     */
    static URI reportRequest(String method, URI uri, Optional<String> template) {
        var call = STARTING.get();
        if (call == null) {
            return uri;
        }
        var address = call.route.map(copy -> copy.address(uri)).orElse(uri);
        call.request = new Request(method, address, template);
        return address;
    }

    /** Returns the method of the request; empty as long as it has not been reported. */
    Optional<String> method() {
        return Optional.ofNullable(request).map(Request::method);
    }

    /** Records the span of the call if it got no connection. */
    void failed(Throwable failure) {
        var sent = request;
        var reason = withoutConnection(failure);
        if (sent == null || reason.isEmpty()) {
            return;
        }
        var uri = sent.uri();
        var span = GlobalOpenTelemetry.getTracer("org.debugshop")
                .spanBuilder(sent.template().map(path -> sent.method() + " " + path).orElse(sent.method()))
                .setSpanKind(SpanKind.CLIENT).setParent(parent).setStartTimestamp(start)
                .setAttribute(METHOD, sent.method())
                .setAttribute(URL, uri.toString())
                .setAttribute(ADDRESS, uri.getHost())
                .setAttribute(PORT, (long) (uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80))
                .setAttribute(Failure.ERROR_TYPE, type(reason.get()))
                .startSpan();
        span.setStatus(StatusCode.ERROR, Objects.requireNonNullElse(reason.get().getMessage(), ""));
        span.end();
    }

    /** Returns the cause if it means that there was no connection. */
    static Optional<Throwable> withoutConnection(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(cause -> cause instanceof ConnectException || cause instanceof UnknownHostException
                        || cause instanceof NoRouteToHostException)
                .findFirst();
    }

    /** Returns the name of the class that users know: Netty has private subclasses. */
    private static String type(Throwable failure) {
        Class<?> type = failure.getClass();
        while (!Modifier.isPublic(type.getModifiers())) {
            type = type.getSuperclass();
        }
        return type.getName();
    }
}
