package org.debugshop.defaults.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;

/**
 * Tells a failure on the span in which it starts, and only there: the services up the chain carry their own error status and
 * point no fingers.
 */
public final class Failure {

    /** Why an operation ended with an error, a word of few values; OpenTelemetry semantic conventions, "error". */
    public static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    private Failure() {}

    /**
     * Marks the current span as the origin: status ERROR, {@code error.type}, the reason as an attribute, and an event
     * {@code shop.failure} that says when. The semantic conventions leave a server's 4xx without error status, but allow an
     * application that knows better to set it (HTTP spans, "Status"). On a 5xx they put the status into the span's
     * {@code error.type} when it ends; the event keeps the word.
     *
     * @param errorType a word of few values, {@code token_disabled} say
     * @param key       the attribute that carries the reason, {@code shop.auth.failure} say
     * @param reason    one sentence, without secrets or personal data
     */
    public static void startsHere(String errorType, AttributeKey<String> key, String reason) {
        Span.current()
                .setStatus(StatusCode.ERROR, reason)
                .setAttribute(ERROR_TYPE, errorType)
                .setAttribute(key, reason)
                .addEvent("shop.failure", Attributes.of(ERROR_TYPE, errorType, key, reason));
    }
}
