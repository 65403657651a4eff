package org.debugshop.defaults.upstream;

import io.opentelemetry.api.common.AttributeKey;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.ConnectException;
import java.util.Objects;
import java.util.stream.Stream;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;

/**
 * A failed call to an upstream service. Unless it is handled, the caller gets the answer that docs/http.md describes: a 502 or 504
 * that names the service, or the upstream's own refusal.
 */
public class UpstreamFailure extends RuntimeException {

    /** The kind of failure. */
    public enum Kind {
        /** No connection, or the connection broke. */
        UNREACHABLE("unreachable"),
        /** No complete answer before the deadline. */
        TOO_SLOW("timeout"),
        /** The answer isn't of the expected form. */
        UNREADABLE("unreadable"),
        /** The upstream answered with a 5xx. */
        FAILED("failed"),
        /** The upstream refused: a 4xx, or a 503 with {@code Retry-After}. */
        REFUSED("refused");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** Returns the kind in telemetry. */
        String word() {
            return word;
        }
    }

    /** The upstream that failed, in the logs of its caller. */
    public static final AttributeKey<String> SERVICE = AttributeKey.stringKey("shop.upstream.service");
    /** The status that the upstream answered with. */
    public static final AttributeKey<Long> STATUS = AttributeKey.longKey("shop.upstream.status");
    /** Why there is no usable answer. The failure then starts at this caller, because no span of the upstream shows it. */
    public static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.upstream.failure");

    private final transient Response answer;
    private final String service;
    private final Kind kind;
    private final int upstreamStatus;
    private final boolean retryLater;

    UpstreamFailure(String service, Kind kind, int status, String sentence, Throwable cause) {
        super(sentence, cause);
        this.answer = HttpError.answer(status, sentence);
        this.service = service;
        this.kind = kind;
        this.upstreamStatus = cause instanceof WebApplicationException answered && kind == Kind.FAILED
                ? answered.getResponse().getStatus()
                : 0;
        this.retryLater = upstreamStatus != 0
                && ((WebApplicationException) cause).getResponse().getHeaderString(HttpHeaders.RETRY_AFTER) != null;
    }

    UpstreamFailure(String service, Response refusal, Throwable cause) {
        super("The upstream answered " + refusal.getStatus(), cause);
        this.answer = Upstream.passedOn(refusal);
        this.service = service;
        this.kind = Kind.REFUSED;
        this.upstreamStatus = refusal.getStatus();
        this.retryLater = false;
    }

    /** Returns the answer for this service's own caller (docs/http.md). */
    Response answer() {
        return answer;
    }

    public Kind kind() {
        return kind;
    }

    /** Returns whether {@code failure} is a refusal: the upstream is healthy, and repeating the same request would not help. */
    public static boolean isRefusal(Throwable failure) {
        return failure instanceof UpstreamFailure answered && answered.kind == Kind.REFUSED;
    }

    /** Returns whether the upstream certainly did not receive the request, because there was no connection. */
    private boolean neverArrived() {
        return kind == Kind.UNREACHABLE
                && Stream.iterate(getCause(), Objects::nonNull, Throwable::getCause).anyMatch(ConnectException.class::isInstance);
    }

    /**
     * Returns whether the upstream has certainly done nothing, and won't: it refused, its answer has {@code Retry-After}, or it
     * never received the request.
     */
    public boolean didNothing() {
        return kind == Kind.REFUSED || retryLater || neverArrived();
    }

    /**
     * Adds {@code Retry-After} to the answer for this service's own caller, which means that nothing was done. A refusal doesn't
     * change.
     */
    public void nothingWasDone() {
        if (kind != Kind.REFUSED) {
            answer.getHeaders().putSingle(HttpHeaders.RETRY_AFTER, "1");
        }
    }

    /** Returns the structured fields for a log record about this failure. Close them after logging. */
    public LogFields logFields() {
        return LogFields.of(SERVICE, service).and(STATUS, upstreamStatus == 0 ? null : (long) upstreamStatus);
    }

    /**
     * Marks the current span as the origin of the failure, unless the upstream answered and so could mark its own span.
     *
     * @see Failure#startsHere
     */
    public void markOrigin() {
        switch (kind) {
            case UNREACHABLE, TOO_SLOW, UNREADABLE -> Failure.startsHere(kind.word(), FAILURE, getMessage());
            case FAILED, REFUSED -> {}
        }
    }

    /** Returns the status (400 or above) that the upstream answered with; 0 if there was no answer, or an unreadable one. */
    public int upstreamStatus() {
        return upstreamStatus;
    }
}
