package org.debugshop.defaults.http;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The {@code Idempotency-Key} header: a repeated request with the same key gets the answer of the first one. A key has 1 to 128
 * visible ASCII characters.
 */
public final class IdempotencyKey {

    public static final String HEADER = "Idempotency-Key";
    /** Set on the answer to a repeated request, which is the stored answer of the first one. */
    public static final String REPLAYED = "Idempotent-Replayed";

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");

    private IdempotencyKey() {}

    /**
     * Reads the key of a request.
     *
     * @param values the values of all headers of that name; null means none
     * @return the key, if there is one
     * @throws HttpError 400 if it is malformed, or if there are several
     */
    public static Optional<String> of(List<String> values) {
        if (values == null || values.isEmpty()) {
            return Optional.empty();
        }
        if (values.size() > 1) {
            throw HttpError.badRequest("There must be one Idempotency-Key, not " + values.size());
        }
        if (!isKey(values.getFirst())) {
            throw HttpError.badRequest("Invalid Idempotency-Key");
        }
        return Optional.of(values.getFirst());
    }

    /** Returns whether a text is a valid key. */
    public static boolean isKey(String text) {
        return text != null && KEY.matcher(text).matches();
    }
}
