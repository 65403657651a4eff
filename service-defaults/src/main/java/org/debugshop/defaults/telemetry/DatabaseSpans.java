package org.debugshop.defaults.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.internal.ExtendedSpanProcessor;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Completes the attributes of database spans, by the <a
 * href="https://opentelemetry.io/docs/specs/semconv/db/database-spans/">semantic conventions</a>. For PostgreSQL, the framework sets
 * the attribute for the database system to the name of the database, and it doesn't set the server.
 *
 * <p>The framework's instrumentation still sets the names from before the conventions became stable, unless
 * {@code OTEL_SEMCONV_STABILITY_OPT_IN} has {@code database}. This class makes that the default. In a native executable the
 * instrumentation has read the variable at build time, so spans have the old names in addition.
 */
@Singleton
final class DatabaseSpans implements ExtendedSpanProcessor {

    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system.name");
    static final AttributeKey<String> OLD_SYSTEM = AttributeKey.stringKey("db.system");
    private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");
    private static final AttributeKey<String> PEER_ADDRESS = AttributeKey.stringKey("network.peer.address");
    private static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");
    private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    private static final String POSTGRESQL = "postgresql";
    private static final String REDIS = "redis";

    /** Stable names by old ones, for instrumentation that was set to use old ones. */
    private static final Map<AttributeKey<String>, AttributeKey<String>> RENAMED = Map.of(
            AttributeKey.stringKey("db.statement"), AttributeKey.stringKey("db.query.text"),
            AttributeKey.stringKey("db.operation"), AttributeKey.stringKey("db.operation.name"),
            AttributeKey.stringKey("db.sql.table"), AttributeKey.stringKey("db.collection.name"));

    private static final String OPT_IN = "otel.semconv-stability.opt-in";

    /** Sets the system property, which the instrumentation reads when it creates its first span of a database. */
    DatabaseSpans(@ConfigProperty(name = OPT_IN) Optional<String> given) {
        if (given.filter(names -> names.contains("database")).isEmpty()) {
            System.setProperty(OPT_IN, given.map(names -> names + ",").orElse("") + "database");
        }
    }

    /** Returns whether these are the attributes of a database span, by their old or stable names. */
    static boolean isDatabase(Attributes attributes) {
        return attributes.get(SYSTEM) != null || attributes.get(OLD_SYSTEM) != null;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        var stable = span.getAttribute(SYSTEM);
        var old = span.getAttribute(OLD_SYSTEM);
        var database = stable == null ? old : stable;
        if (database == null) {
            return;
        }
        span.setAttribute(SYSTEM, database.equals(REDIS) ? REDIS : POSTGRESQL);
        if (!database.equals(REDIS)) {
            span.setAttribute(NAMESPACE, database);
        }
        if (old != null) {
            span.setAttribute(OLD_SYSTEM, span.getAttribute(SYSTEM));
            RENAMED.forEach((before, now) -> {
                if (span.getAttribute(now) == null && span.getAttribute(before) != null) {
                    span.setAttribute(now, span.getAttribute(before));
                }
            });
        }
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    /** Sets the server, which is the peer, because services connect to their database directly. The peer is known at the end. */
    @Override
    public void onEnding(ReadWriteSpan span) {
        if (span.getAttribute(SYSTEM) != null && span.getAttribute(SERVER_ADDRESS) == null && span.getAttribute(PEER_ADDRESS) != null) {
            span.setAttribute(SERVER_ADDRESS, span.getAttribute(PEER_ADDRESS));
            if (span.getAttribute(PEER_PORT) != null) {
                span.setAttribute(SERVER_PORT, span.getAttribute(PEER_PORT));
            }
        }
    }

    @Override
    public boolean isOnEndingRequired() {
        return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        // not required
    }

    @Override
    public boolean isEndRequired() {
        return false;
    }
}
