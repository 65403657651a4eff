package org.debugshop.accounts;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Locale;
import org.debugshop.defaults.http.HttpError;

/** Credentials that are not accepted. The caller gets a sentence, which does not say whether a user exists; telemetry gets a word. */
public class Refused extends RuntimeException {

    /** Why credentials were refused. docs/telemetry.md has the words. */
    enum Reason {
        /** There is no Authorization header. */
        MISSING_CREDENTIALS(401, "Missing Authorization header"),
        /** It is neither Bearer nor Basic, or there are two. */
        INVALID_HEADER(401, "Invalid Authorization header format"),
        /** The sentence is that of the next, so that callers cannot find out who is a user. */
        UNKNOWN_USER(401, "Wrong username or password"),
        /** The user exists. */
        WRONG_PASSWORD(401, "Wrong username or password"),
        /** The limit of {@link FailureLimit} is reached. */
        TOO_MANY_FAILURES(429, "Too many failed logins of this user; try again later"),
        /** It is no JWT, or its signature is wrong, or a claim is. */
        INVALID_TOKEN(401, "The token is not valid"),
        /** Its time is over. */
        EXPIRED_TOKEN(401, "The token has expired"),
        /** Its time has not begun, by the clock of this service. */
        NOT_YET_VALID_TOKEN(401, "The token is not valid yet"),
        /** No key has its {@code kid}, or it has none. */
        UNKNOWN_KEY(401, "The token is not valid"),
        /** It is from neither this service nor the other issuer. */
        UNKNOWN_ISSUER(401, "The token is not valid"),
        /** The other issuer has made it for something else. */
        WRONG_AUDIENCE(401, "The token is not valid"),
        /** The other issuer's user has the id of a user here. */
        SUBJECT_TAKEN(401, "The token is not valid"),
        /** The other issuer's keys cannot be read. */
        ISSUER_UNAVAILABLE(503, "The issuer of this token is not available at the moment");

        private final int status;
        private final String sentence;

        Reason(int status, String sentence) {
            this.status = status;
            this.sentence = sentence;
        }

        /** Returns the word for telemetry. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isOfAToken() {
            return compareTo(INVALID_TOKEN) >= 0 && status == 401;
        }
    }

    private final Reason reason;
    private final Duration wait;

    Refused(Reason reason) {
        this(reason, Duration.ZERO, null);
    }

    private Refused(Reason reason, Duration wait, Throwable cause) {
        // A refusal is no bug, so it needs no stack trace.
        super(reason.sentence, cause, false, false);
        this.reason = reason;
        this.wait = wait;
    }

    /** Returns a 429. @param wait how long the caller has to wait */
    static Refused tooManyFailures(Duration wait) {
        return new Refused(Reason.TOO_MANY_FAILURES, wait, null);
    }

    /** Returns a 503, because a token cannot be checked now. */
    static Refused issuerUnavailable(Throwable cause) {
        return new Refused(Reason.ISSUER_UNAVAILABLE, OidcIssuer.PAUSE, cause);
    }

    Reason reason() {
        return reason;
    }

    /** Returns the answer without a challenge. */
    Response answer() {
        var answer = HttpError.answer(reason.status, reason.sentence);
        if (wait.isPositive()) {
            answer.getHeaders().putSingle(HttpHeaders.RETRY_AFTER, wait.plusMillis(999).toSeconds());
        }
        return answer;
    }
}
