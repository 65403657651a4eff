package org.debugshop.defaults;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Text that can be kept and read back as it came: without U+0000, which PostgreSQL refuses, and without half a surrogate pair, which
 * becomes a question mark in UTF-8. JSON can express both.
 */
public final class StorableText {

    private StorableText() {}

    /**
     * Checks every text in a JSON document.
     *
     * @throws HttpError 400 that names the first field with a text that cannot be kept, {@code address.city} or {@code items[0].note} say
     */
    public static void require(JsonNode document) {
        require("", document);
    }

    private static void require(String path, JsonNode node) {
        switch (node.getNodeType()) {
            case STRING -> require(path, node.textValue());
            case OBJECT -> node.properties()
                    .forEach(member -> require(path.isEmpty() ? member.getKey() : path + "." + member.getKey(), member.getValue()));
            case ARRAY -> {
                for (var i = 0; i < node.size(); i++) {
                    require(path + "[" + i + "]", node.get(i));
                }
            }
            default -> {
                // no text
            }
        }
    }

    /** @throws HttpError 400 that names the field, if its text cannot be kept */
    public static void require(String field, String text) {
        if (text.indexOf('\0') >= 0 || text.codePoints().anyMatch(StorableText::isHalfAPair)) {
            throw HttpError.badRequest(field + " must not contain U+0000 or half a surrogate pair");
        }
    }

    private static boolean isHalfAPair(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
