package org.debugshop.accounts;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import org.debugshop.accounts.Refused.Reason;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;

/** Stands for the clock of the host, which tokens are checked by. */
@Singleton
class HostClock {

    /** What clocks may differ by, as in most libraries. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private final Faults faults;

    HostClock(Faults faults) {
        this.faults = faults;
    }

    /** Fails with a {@link Refused} if the claim {@code iat} of a token, which is valid otherwise, is in the future of this clock. */
    void requireIssuedBefore(String token) {
        if (!faults.tokenClock().isOn()) {
            return;
        }
        var now = Instant.now().minusSeconds((long) faults.tokenClock().strength());
        if (issuedAt(token).isAfter(now.plus(TOLERANCE))) {
            throw new Refused(Reason.NOT_YET_VALID_TOKEN);
        }
    }

    private static Instant issuedAt(String token) {
        try {
            var jws = new JsonWebSignature();
            jws.setCompactSerialization(token);
            var issuedAt = JwtClaims.parse(jws.getUnverifiedPayload()).getIssuedAt();
            return issuedAt == null ? Instant.EPOCH : Instant.ofEpochMilli(issuedAt.getValueInMillis());
        } catch (JoseException | InvalidJwtException | MalformedClaimException _) {
            throw new Refused(Reason.INVALID_TOKEN);
        }
    }
}
