package org.debugshop.defaults;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

/**
 * A call to a service below that did not succeed. Left alone it becomes the answer that the contract asks for: 502 or 504 naming
 * the service, or what the service itself answered where that is the caller's to know.
 */
public class UpstreamFailure extends WebApplicationException {

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

    private final Kind kind;
    private final int upstreamStatus;

    UpstreamFailure(Kind kind, int status, String sentence, Throwable cause) {
        super(sentence, cause, HttpError.answer(status, sentence));
        this.kind = kind;
        this.upstreamStatus = cause instanceof WebApplicationException answered && kind == Kind.FAILED ? answered.getResponse().getStatus() : 0;
    }

    UpstreamFailure(Response refusal, Throwable cause) {
        super("The upstream answered " + refusal.getStatus(), cause, Upstream.passedOn(refusal));
        this.kind = Kind.REFUSED;
        this.upstreamStatus = refusal.getStatus();
    }

    public Kind kind() {
        return kind;
    }

    /** @return the status of 400 or above with which the upstream answered; 0 when it gave no answer, or one that cannot be read */
    public int upstreamStatus() {
        return upstreamStatus;
    }
}
