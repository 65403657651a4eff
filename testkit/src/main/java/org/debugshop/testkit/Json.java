package org.debugshop.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/** Reads and writes the JSON of the services. Unknown fields are skipped, and missing ones are null. */
public final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    public static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    public static JsonNode tree(String text) {
        return one(text, JsonNode.class);
    }

    public static <T> T one(String text, Class<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not the expected JSON: " + text, e);
        }
    }

    public static <T> List<T> list(String text, Class<T> type) {
        try {
            return MAPPER.readerForListOf(type).readValue(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not the expected JSON: " + text, e);
        }
    }
}
