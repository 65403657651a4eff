package org.debugshop.accounts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import org.debugshop.defaults.data.StorableText;
import org.debugshop.defaults.http.HttpError;

/** What a new user has sent, after validation. */
record SignUp(String username, String password, String email) {

    private static final Pattern USERNAME = Pattern.compile("[a-z0-9._-]{3,64}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s\\p{Cntrl}]+@[^@\\s\\p{Cntrl}]+");
    private static final int MIN_PASSWORD = 8;
    private static final int MAX_PASSWORD = 128;
    private static final int MAX_EMAIL = 254;

    /** @throws HttpError 400 that names the first field that is missing or invalid; it never repeats a value */
    static SignUp of(JsonNode body) {
        var username = text(body, "username");
        if (!isUsername(username)) {
            throw HttpError.badRequest("username must be 3 to 64 characters of a-z, 0-9, '.', '_' and '-'");
        }
        var password = text(body, "password");
        var length = password.codePointCount(0, password.length());
        if (length < MIN_PASSWORD || length > MAX_PASSWORD) {
            throw HttpError.badRequest("password must have 8 to 128 characters");
        }
        var email = text(body, "email");
        if (email.length() > MAX_EMAIL || !EMAIL.matcher(email).matches()) {
            throw HttpError.badRequest("email must be an address of at most 254 characters");
        }
        return new SignUp(username, password, email);
    }

    static boolean isUsername(String text) {
        return USERNAME.matcher(text).matches();
    }

    /** @throws HttpError 400 if the body has no text of this name, or one that cannot be stored */
    static String text(JsonNode body, String field) {
        var value = body == null ? null : body.get(field);
        if (value == null || value.isNull()) {
            throw HttpError.badRequest("Missing required field: " + field);
        }
        if (!value.isTextual()) {
            throw HttpError.badRequest(field + " must be a text");
        }
        StorableText.require(field, value.textValue());
        return value.textValue();
    }

    /** Returns no values, because two of them are secret. */
    @Override
    public String toString() {
        return "SignUp";
    }
}
