package org.debugshop.defaults.http;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The request header with which a repeated request gets the answer of the first one: 1 to 128 visible ASCII characters. */
public final class IdempotencyKey {

    public static final String HEADER = "Idempotency-Key";
    /** On the answer to a repeated request, which was kept from the first one. */
    public static final String REPLAYED = "Idempotent-Replayed";

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");

    private IdempotencyKey() {}

    /**
     * @param values of all headers of that name; null is taken for none
     * @return the key, if there is one
     * @throws HttpError 400 when it is malformed, or when there are several, of which one could be meant as well as another
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

    /** Whether a text has the form of a key. */
    public static boolean isKey(String text) {
        return text != null && KEY.matcher(text).matches();
    }
}
