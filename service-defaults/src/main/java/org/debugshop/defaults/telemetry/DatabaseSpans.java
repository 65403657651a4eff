package org.debugshop.defaults.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import jakarta.inject.Singleton;

/**
 * Corrects the attributes of database spans. For PostgreSQL, the framework sets the attribute for the database system to the name
 * of the database.
 */
@Singleton
final class DatabaseSpans implements SpanProcessor {

    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system");
    private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");
    private static final String POSTGRESQL = "postgresql";
    private static final String REDIS = "redis";

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        var database = span.getAttribute(SYSTEM);
        if (database != null && !database.equals(REDIS)) {
            span.setAttribute(SYSTEM, POSTGRESQL).setAttribute(NAMESPACE, database);
        }
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        // Everything is set in onStart.
    }

    @Override
    public boolean isEndRequired() {
        return false;
    }
}
