package org.debugshop.instabookcache;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.telemetry.LogFields;
import org.debugshop.instabookcache.CacheState.Change;

/**
 * The switch that breaks bookings: while it is off, the cache refuses every token. Initially it is on. Changes are atomic, and the
 * last 20 are kept by all replicas that share the state. Setting the current state again is not a change.
 */
@Singleton
public class TokenSwitch {

    static final AttributeKey<Boolean> ENABLED = AttributeKey.booleanKey("shop.token.enabled");
    static final AttributeKey<String> CHANGED_BY = AttributeKey.stringKey("shop.token.changed_by");

    /** @param changes newest first */
    record History(boolean enabled, List<Change> changes) {}

    private final CacheState state;

    TokenSwitch(CacheState state) {
        this.state = state;
    }

    Uni<Boolean> enabled() {
        return state.newestChange().map(newest -> newest.isEmpty() || newest.get().enabled());
    }

    Uni<History> history() {
        return state.changes().map(changes -> new History(changes.isEmpty() || changes.getFirst().enabled(), changes));
    }

    /**
     * @param enable the new state; empty to toggle
     * @return the new state
     */
    Uni<Boolean> change(Optional<Boolean> enable, String by) {
        return state.change(enable, Instant.now().truncatedTo(ChronoUnit.MILLIS), by)
                .invoke(change -> change.ifPresent(TokenSwitch::log))
                .map(change -> change.map(Change::enabled).or(() -> enable).orElseThrow())
                .invoke(enabled -> Span.current().setAttribute(ENABLED, enabled).setAttribute(CHANGED_BY, by));
    }

    private static void log(Change change) {
        try (var _ = LogFields.of(ENABLED, change.enabled()).and(CHANGED_BY, change.changedBy())) {
            if (change.enabled()) {
                Log.info("API token authentication was turned on: booking sessions are served again");
            } else {
                Log.warn("API token authentication was turned off: every request for a booking session will be refused");
            }
        }
    }
}
