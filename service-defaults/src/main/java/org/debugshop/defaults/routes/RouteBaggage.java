package org.debugshop.defaults.routes;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * What a request carries about its routes, as W3C baggage: through all calls of other services, and in the headers of the events that it
 * causes. So all of a trace is handled by the same copies.
 */
public final class RouteBaggage {

    /** The key by which requests are intercepted. */
    static final String KEY = "debug-shop.intercept";
    /** The services whose canary gets the request, separated by points; decided once, at the edge. */
    static final String CANARY = "debug-shop.canary";

    /**
     * A key that is only known when the request is being handled. The contexts of all its parts refer to the same; a context of its own for
     * the rest of the request would not reach the parts that are prepared already.
     */
    private static final ContextKey<AtomicReference<String>> LATE_KEY = ContextKey.named("debug-shop-late-key");

    private static final Pattern VALID_KEY = Pattern.compile("[A-Za-z0-9._-]{1,40}");
    private static final Pattern VALID_CANARY = Pattern.compile("[a-z0-9-]{1,40}(\\.[a-z0-9-]{1,40}){0,19}");

    private RouteBaggage() {}

    /** Returns the key of the current request. */
    public static Optional<String> key() {
        return key(Context.current());
    }

    /** Returns the key in a context. */
    public static Optional<String> key(Context context) {
        return key(Baggage.fromContext(context)).or(() -> Optional.ofNullable(context.get(LATE_KEY)).map(AtomicReference::get));
    }

    static Optional<String> key(Baggage baggage) {
        return Optional.ofNullable(baggage.getEntryValue(KEY)).filter(RouteBaggage::isKey);
    }

    /** Returns the services whose canary gets the current request; empty if that was not decided. */
    static Optional<Set<String>> canaries() {
        return canaries(Baggage.current());
    }

    static Optional<Set<String>> canaries(Baggage baggage) {
        return Optional.ofNullable(baggage.getEntryValue(CANARY)).filter(value -> VALID_CANARY.matcher(value).matches())
                .map(value -> Set.copyOf(List.of(value.split("\\."))));
    }

    public static boolean isKey(String text) {
        return text != null && VALID_KEY.matcher(text).matches();
    }

    /** Returns baggage with nothing but this. */
    static Baggage of(Optional<String> key, Set<String> canaries) {
        var baggage = Baggage.builder();
        key.ifPresent(value -> baggage.put(KEY, value));
        if (!canaries.isEmpty()) {
            baggage.put(CANARY, String.join(".", canaries));
        }
        return baggage.build();
    }

    /** Returns a context to whose request a key can be added later. */
    static Context withRoomForAKey(Context context) {
        return context.with(LATE_KEY, new AtomicReference<>());
    }

    /** Adds a key to the current request, unless it has one. */
    static void add(String key) {
        var late = Context.current().get(LATE_KEY);
        if (late != null) {
            late.compareAndSet(null, key);
        }
    }

    /** Returns a context whose baggage has the key that was added later. */
    static Context complete(Context context) {
        var late = context.get(LATE_KEY);
        return late == null || late.get() == null
                ? context
                : context.with(Baggage.fromContext(context).toBuilder().put(KEY, late.get()).build());
    }
}
