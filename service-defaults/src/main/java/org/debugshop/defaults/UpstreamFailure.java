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
        this.upstreamStatus = statusOf(cause);
    }

    UpstreamFailure(Response refusal, Throwable cause) {
        super("The upstream answered " + refusal.getStatus(), cause, Upstream.passedOn(refusal));
        this.kind = Kind.REFUSED;
        this.upstreamStatus = refusal.getStatus();
    }

    public Kind kind() {
        return kind;
    }

    /** @return the status that the upstream answered, 0 when there was no answer */
    public int upstreamStatus() {
        return upstreamStatus;
    }

    private static int statusOf(Throwable cause) {
        return cause instanceof WebApplicationException answered ? answered.getResponse().getStatus() : 0;
    }
}
