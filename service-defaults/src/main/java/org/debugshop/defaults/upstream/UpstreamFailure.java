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
 * A call to a service below that did not succeed. If it is not handled, it becomes the answer of docs/http.md: 502 or 504 naming
 * the service, or what the service itself answered where that is the caller's to know.
 */
public class UpstreamFailure extends RuntimeException {

    /** What went wrong. */
    public enum Kind {
        /** No connection, or it broke. */
        UNREACHABLE,
        /** No whole answer before the deadline. */
        TOO_SLOW,
        /** The answer is not what was agreed on. */
        UNREADABLE,
        /** It answered with a 5xx. */
        FAILED,
        /** It refused: a 4xx, or a 503 with {@code Retry-After}. */
        REFUSED
    }

    /** The service below that failed, in the logs of the one that called it. */
    public static final AttributeKey<String> SERVICE = AttributeKey.stringKey("shop.upstream.service");
    /** The status with which it answered. */
    public static final AttributeKey<Long> STATUS = AttributeKey.longKey("shop.upstream.status");
    /** Why there is no answer of it to speak of: this caller is where the failure starts, since nobody below can tell. */
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

    /** @return the answer for our own caller (docs/http.md) */
    Response answer() {
        return answer;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether {@code failure} is a refusal: the upstream is healthy, and repeating the same request is of no use. */
    public static boolean isRefusal(Throwable failure) {
        return failure instanceof UpstreamFailure answered && answered.kind == Kind.REFUSED;
    }

    /** Whether the upstream has certainly not got the request: there was no connection to send it over. */
    private boolean neverArrived() {
        return kind == Kind.UNREACHABLE
                && Stream.iterate(getCause(), Objects::nonNull, Throwable::getCause).anyMatch(ConnectException.class::isInstance);
    }

    /**
     * @return whether the upstream has certainly done nothing, and will not: it refused, or its answer has {@code Retry-After}, or it never
     *         got the request
     */
    public boolean didNothing() {
        return kind == Kind.REFUSED || retryLater || neverArrived();
    }

    /** Adds {@code Retry-After} to the answer for our own caller, which means that nothing was done; a refusal stays as it is. */
    public void nothingWasDone() {
        if (kind != Kind.REFUSED) {
            answer.getHeaders().putSingle(HttpHeaders.RETRY_AFTER, "1");
        }
    }

    /** @return the structured fields of a log record about this, to be closed after it */
    public LogFields logFields() {
        return LogFields.of(SERVICE, service).and(STATUS, upstreamStatus == 0 ? null : (long) upstreamStatus);
    }

    /**
     * Tells the current span that the failure starts here, unless the upstream answered and so could tell itself.
     *
     * @see Failure#startsHere
     */
    public void tellIfItStartsHere() {
        switch (kind) {
            case UNREACHABLE -> Failure.startsHere("unreachable", FAILURE, getMessage());
            case TOO_SLOW -> Failure.startsHere("timeout", FAILURE, getMessage());
            case UNREADABLE -> Failure.startsHere("unreadable", FAILURE, getMessage());
            case FAILED, REFUSED -> {}
        }
    }

    /** @return the status of 400 or above with which the upstream answered; 0 when it gave no answer, or one that cannot be read */
    public int upstreamStatus() {
        return upstreamStatus;
    }
}
