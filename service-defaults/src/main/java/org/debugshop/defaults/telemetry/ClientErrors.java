package org.debugshop.defaults.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.internal.ExtendedSpanProcessor;
import jakarta.inject.Singleton;

/**
 * Sets the status ERROR on a client's span if the answer was a 4xx, as the semantic conventions require (HTTP spans, "Status").
 * Quarkus does so only from 500 on.
 */
@Singleton
public class ClientErrors implements ExtendedSpanProcessor {

    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

    @Override
    public boolean isOnEndingRequired() {
        return true;
    }

    @Override
    public void onEnding(ReadWriteSpan span) {
        var status = span.getKind() == SpanKind.CLIENT ? span.getAttribute(STATUS) : null;
        if (status != null && status >= 400 && status < 500) {
            span.setStatus(StatusCode.ERROR);
        }
    }

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        // not required
    }

    @Override
    public boolean isEndRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        // not required
    }
}
