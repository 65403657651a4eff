package org.debugshop.instabookcache;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.List;
import org.debugshop.defaults.LogFields;

/**
 * The switch that breaks bookings: while it is off, the cache refuses every token. On at start. Changes are atomic, and the last
 * 20 are remembered. Setting what is set already is no change.
 */
@Singleton
public class TokenSwitch {

    static final AttributeKey<Boolean> ENABLED = AttributeKey.booleanKey("shop.token.enabled");
    static final AttributeKey<String> CHANGED_BY = AttributeKey.stringKey("shop.token.changed_by");

    static final int MAX_CHANGES = 20;

    record Change(boolean enabled, Instant changedAt, String changedBy) {
    }

    /** @param changes newest first */
    record History(boolean enabled, List<Change> changes) {
    }

    private final ArrayDeque<Change> changes = new ArrayDeque<>(MAX_CHANGES);
    private volatile boolean enabled = true;

    boolean enabled() {
        return enabled;
    }

    synchronized History history() {
        return new History(enabled, List.copyOf(changes));
    }

    /** @return the new state */
    synchronized boolean toggle(String by) {
        return set(!enabled, by);
    }

    /** @return the new state */
    synchronized boolean set(boolean enable, String by) {
        Span.current().setAttribute(ENABLED, enable).setAttribute(CHANGED_BY, by);
        if (enable != enabled) {
            enabled = enable;
            if (changes.size() == MAX_CHANGES) {
                changes.removeLast();
            }
            changes.addFirst(new Change(enable, Instant.now().truncatedTo(ChronoUnit.MILLIS), by));
            try (var _ = LogFields.of(ENABLED, enable).and(CHANGED_BY, by)) {
                if (enable) {
                    Log.info("API token authentication was turned on: booking sessions are served again");
                } else {
                    Log.warn("API token authentication was turned off: every request for a booking session will be refused");
                }
            }
        }
        return enable;
    }
}
