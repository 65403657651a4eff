package org.debugshop.defaults.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import org.debugshop.defaults.http.HttpError;

/**
 * Text that can be stored and read back unchanged. It has neither U+0000, which PostgreSQL refuses, nor half a surrogate pair,
 * which becomes a question mark in UTF-8. JSON can contain both.
 */
public final class StorableText {

    /** Longer field names are cut in the error. */
    private static final int MAX_NAME = 200;

    private StorableText() {}

    /**
     * Checks every text in a JSON document.
     *
     * @throws HttpError 400 that names the first field whose text can't be stored, for example {@code address.city} or
     *         {@code items[0].note}
     */
    public static void require(JsonNode document) {
        require(new ArrayDeque<>(), document);
    }

    private static void require(Deque<String> path, JsonNode node) {
        switch (node.getNodeType()) {
            case STRING -> {
                if (!isStorable(node.textValue())) {
                    throw refusal(String.join("", path));
                }
            }
            case OBJECT -> node.properties()
                    .forEach(member -> require(path, path.isEmpty() ? member.getKey() : "." + member.getKey(), member.getValue()));
            case ARRAY -> {
                for (var i = 0; i < node.size(); i++) {
                    require(path, "[" + i + "]", node.get(i));
                }
            }
            default -> {
                // contains no text
            }
        }
    }

    private static void require(Deque<String> path, String step, JsonNode node) {
        path.addLast(step);
        require(path, node);
        path.removeLast();
    }

    /** @throws HttpError 400 that names the field, if its text can't be stored */
    public static void require(String field, String text) {
        if (!isStorable(text)) {
            throw refusal(field);
        }
    }

    private static boolean isStorable(String text) {
        return text.indexOf('\0') < 0
                && text.codePoints().noneMatch(code -> code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE);
    }

    /** The field name also comes from the caller, so it may contain such characters itself. */
    private static HttpError refusal(String field) {
        var name = field.substring(0, Math.min(field.length(), MAX_NAME)).replaceAll("[^\\x20-\\x7e]", "?");
        return HttpError.badRequest(name + " must not contain U+0000 or half a surrogate pair");
    }
}
