package org.debugshop.accounts;

import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import org.debugshop.defaults.http.HttpError;

/** Credentials that are not accepted. The caller gets a sentence, which does not say whether a user exists; telemetry gets a word. */
class Refused extends HttpError {

    /** Why credentials were refused. docs/telemetry.md has the words. */
    enum Reason {
        MISSING_CREDENTIALS(401, "Missing Authorization header"), INVALID_HEADER(401, "Invalid Authorization header format"), UNKNOWN_USER(
                401, "Wrong username or password"), WRONG_PASSWORD(401, "Wrong username or password"), TOO_MANY_FAILURES(429,
                        "Too many failed logins of this user; try again later"), INVALID_TOKEN(401,
                                "The token is not valid"), EXPIRED_TOKEN(401, "The token has expired"), UNKNOWN_KEY(401,
                                        "The token is not valid"), UNKNOWN_ISSUER(401, "The token is not valid"), WRONG_AUDIENCE(401,
                                                "The token is not valid"), SUBJECT_TAKEN(401, "The token is not valid"), ISSUER_UNAVAILABLE(
                                                        503, "The issuer of this token is not available at the moment");

        private final int status;
        private final String sentence;

        Reason(int status, String sentence) {
            this.status = status;
            this.sentence = sentence;
        }

        /** Returns the word for telemetry. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        boolean isOfAToken() {
            return compareTo(INVALID_TOKEN) >= 0 && status == 401;
        }
    }

    private final Reason reason;

    Refused(Reason reason) {
        this(reason, null);
    }

    private Refused(Reason reason, Throwable cause) {
        super(reason.status, reason.sentence, cause);
        this.reason = reason;
    }

    /** Returns a 503, because a token cannot be checked now. */
    static Refused issuerUnavailable(Throwable cause) {
        var refused = new Refused(Reason.ISSUER_UNAVAILABLE, cause);
        refused.getResponse().getHeaders().putSingle(HttpHeaders.RETRY_AFTER, "5");
        return refused;
    }

    /** Returns a 429. @param wait how long the caller has to wait */
    static Refused tooManyFailures(Duration wait) {
        var refused = new Refused(Reason.TOO_MANY_FAILURES);
        refused.getResponse().getHeaders().putSingle(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
        return refused;
    }

    Reason reason() {
        return reason;
    }
}
