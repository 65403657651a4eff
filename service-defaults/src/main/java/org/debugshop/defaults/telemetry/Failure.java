package org.debugshop.defaults.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;

/** Marks the span in which a failure starts, and only that span. The callers' spans just have their own error status. */
public final class Failure {

    /** Why an operation ended with an error, as a value of low cardinality (OpenTelemetry semantic conventions, "error"). */
    public static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    private Failure() {}

    /**
     * Marks the current span as the origin of a failure: status ERROR, {@code error.type}, the reason as an attribute, and an event
     * {@code shop.failure} with the time. The semantic conventions leave the status of a server's 4xx unset, but allow applications
     * to set it (HTTP spans, "Status"). On a 5xx they replace the span's {@code error.type} by the status code when the span ends;
     * the event keeps {@code errorType}.
     *
     * @param errorType a value of low cardinality, for example {@code token_disabled}
     * @param key the attribute for the reason, for example {@code shop.auth.failure}
     * @param reason one sentence, without secrets or personal data
     */
    public static void startsHere(String errorType, AttributeKey<String> key, String reason) {
        Span.current()
                .setStatus(StatusCode.ERROR, reason)
                .setAttribute(ERROR_TYPE, errorType)
                .setAttribute(key, reason)
                .addEvent("shop.failure", Attributes.of(ERROR_TYPE, errorType, key, reason));
    }
}
