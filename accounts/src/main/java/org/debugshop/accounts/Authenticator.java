package org.debugshop.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.debugshop.accounts.Refused.Reason;

/** Finds out whom a request comes from, by its {@code Authorization} header: a token (Bearer) or a username and password (Basic). */
@Singleton
class Authenticator {

    /** The scheme in any case (RFC 9110, section 11.1), and a token68. */
    private static final Pattern CREDENTIALS = Pattern.compile("(?i)(bearer|basic) +([A-Za-z0-9._~+/-]+=*)");

    private final Tokens tokens;
    private final HostClock clock;
    private final PasswordCheck passwords;

    Authenticator(Tokens tokens, HostClock clock, PasswordCheck passwords) {
        this.tokens = tokens;
        this.clock = clock;
        this.passwords = passwords;
    }

    /** @param headers the values of {@code Authorization}; fails with a {@link Refused} unless there is one, and it is right */
    Uni<Identity> authenticate(List<String> headers) {
        return Uni.createFrom().deferred(() -> {
            if (headers == null || headers.stream().allMatch(String::isBlank)) {
                throw new Refused(Reason.MISSING_CREDENTIALS);
            }
            var credentials = CREDENTIALS.matcher(headers.getFirst().strip());
            if (headers.size() > 1 || !credentials.matches()) {
                throw new Refused(Reason.INVALID_HEADER);
            }
            return credentials.group(1).equalsIgnoreCase("bearer") ? bearer(credentials.group(2)) : basic(credentials.group(2));
        });
    }

    private Uni<Identity> bearer(String token) {
        return tokens.check(token).invoke(_ -> clock.requireIssuedBefore(token));
    }

    /** Checks a username and a password in the form of RFC 7617. */
    private Uni<Identity> basic(String encoded) {
        String[] pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), UTF_8).split(":", 2);
        } catch (IllegalArgumentException notBase64) {
            throw new Refused(Reason.INVALID_HEADER);
        }
        if (pair.length < 2) {
            throw new Refused(Reason.INVALID_HEADER);
        }
        return passwords.check(pair[0], pair[1]);
    }
}
