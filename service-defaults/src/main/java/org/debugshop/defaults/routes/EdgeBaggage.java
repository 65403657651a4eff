package org.debugshop.defaults.routes;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdkBuilder;
import io.quarkus.opentelemetry.runtime.AutoConfiguredOpenTelemetrySdkBuilderCustomizer;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Decides, where requests enter the system, what they carry as baggage: only what is known here, whatever a caller sends.
 *
 * <ul>
 * <li>The key is that of the caller's own baggage, else that of the cookie {@code intercept}, else the name of a user for whom there is an
 * intercept.
 * <li>The canaries are those of the caller's own baggage, else they are decided by what the caller is recognized by: the cookie
 * {@code shopper} or that of the session, the credentials, or the trace.
 * </ul>
 *
 * <p>This happens when the context of a request is read from its headers, before its span starts.
 */
@Singleton
public final class EdgeBaggage implements AutoConfiguredOpenTelemetrySdkBuilderCustomizer {

    /** The cookie with the key of the storefront's requests. */
    public static final String KEY_COOKIE = "intercept";
    /** The cookie by which a guest is recognized while there is a canary. */
    public static final String SHOPPER_COOKIE = "shopper";
    private static final String SESSION_COOKIE = "session";
    /** The position of the trace's id in {@code traceparent}. */
    private static final int TRACE = 3;
    private static final int TRACE_END = 35;

    private final boolean isEdge;
    private final Logins logins;

    EdgeBaggage(@ConfigProperty(name = "shop.routes.edge") boolean isEdge, Logins logins) {
        this.isEdge = isEdge;
        this.logins = logins;
    }

    @Override
    public void customize(AutoConfiguredOpenTelemetrySdkBuilder builder) {
        if (isEdge) {
            builder.addPropagatorCustomizer(
                    (propagator, _) -> propagator instanceof W3CBaggagePropagator ? new AtTheEdge(propagator, logins) : propagator);
        }
    }

    private record AtTheEdge(TextMapPropagator baggage, Logins logins) implements TextMapPropagator {

        @Override
        public Collection<String> fields() {
            return baggage.fields();
        }

        @Override
        public <C> void inject(Context context, C carrier, TextMapSetter<C> setter) {
            baggage.inject(RouteBaggage.complete(context), carrier, setter);
        }

        @Override
        public <C> Context extract(Context context, C carrier, TextMapGetter<C> getter) {
            var extracted = baggage.extract(context, carrier, getter);
            var given = Baggage.fromContext(extracted);
            var cookies = getter.get(carrier, "cookie");
            var routes = Routes.live();
            if (given.isEmpty() && cookies == null && routes.isEmpty()) {
                return extracted;
            }
            var authorization = Optional.ofNullable(getter.get(carrier, "authorization"))
                    .or(() -> cookie(cookies, SESSION_COOKIE).map(token -> "Bearer " + token));
            var key = RouteBaggage.key(given).or(() -> cookie(cookies, KEY_COOKIE).filter(RouteBaggage::isKey))
                    .or(() -> authorization.flatMap(logins::key));
            var canaries = RouteBaggage.canaries(given)
                    .or(() -> routes.filter(Routes::hasCanary).map(all -> all.decide(cookie(cookies, SHOPPER_COOKIE).or(() -> authorization)
                            .or(() -> trace(getter.get(carrier, "traceparent")))
                            .orElseGet(() -> Long.toString(ThreadLocalRandom.current().nextLong())))));
            var decided = extracted.with(RouteBaggage.of(key, canaries.orElse(Set.of())));
            return key.isEmpty() && routes.isPresent() ? RouteBaggage.withRoomForAKey(decided) : decided;
        }
    }

    private static Optional<String> trace(String parent) {
        return Optional.ofNullable(parent).filter(text -> text.length() > TRACE_END).map(text -> text.substring(TRACE, TRACE_END));
    }

    /** Returns the value of a cookie that isn't empty. @param cookies the header; null if there is none */
    private static Optional<String> cookie(String cookies, String name) {
        if (cookies == null) {
            return Optional.empty();
        }
        for (var cookie : cookies.split(";")) {
            var pair = cookie.strip();
            if (pair.startsWith(name) && pair.startsWith("=", name.length()) && pair.length() > name.length() + 1) {
                return Optional.of(pair.substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }
}
