package org.debugshop.instabookcache;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import org.debugshop.defaults.http.HttpError;

/**
 * A valid booking session that a caller sent.
 *
 * @param id 1 to 128 characters, like {@code userId}, {@code bookingId} and {@code status}
 * @param data any JSON except {@code null}, at most 64 KiB as compact UTF-8
 */
record NewSession(String id, String userId, String bookingId, String status, JsonNode data) {

    private static final int MAX_CHARACTERS = 128;
    private static final int MAX_DATA_BYTES = 64 * 1024;

    /**
     * Reads a session. Unknown members are dropped.
     *
     * @param body the body of the request, in any format; null if there is none
     * @throws HttpError 400 if this isn't a JSON object, or if a member is missing, null, of the wrong type or outside its bounds
     */
    static NewSession of(ObjectMapper json, byte[] body) {
        var session = read(json, body);
        return new NewSession(text(session, "id"), text(session, "user_id"), text(session, "booking_id"), text(session, "status"),
                data(session));
    }

    private static JsonNode read(ObjectMapper json, byte[] body) {
        try {
            if (body != null && json.readTree(body) instanceof ObjectNode session) {
                return session;
            }
        } catch (IOException unreadable) {
            throw invalid();
        }
        throw invalid();
    }

    /**
     * Returns the session as the cache answers it. The service's own mapper isn't used, because it writes decimals in full:
     * {@code 1e9999} has six characters here and would have ten thousand.
     */
    byte[] toJson(Instant createdAt) {
        return JsonNodeFactory.instance.objectNode()
                .put("id", id)
                .put("user_id", userId)
                .put("booking_id", bookingId)
                .put("status", status)
                .put("created_at", createdAt.toString())
                .set("data", data)
                .toString().getBytes(UTF_8);
    }

    private static String text(JsonNode body, String name) {
        var text = body.path(name).textValue();
        // Half a surrogate pair is not a character: a session with such an id could be stored, but never requested.
        if (text == null || text.isEmpty() || text.codePointCount(0, text.length()) > MAX_CHARACTERS
                || !UTF_8.newEncoder().canEncode(text)) {
            throw invalid();
        }
        return text;
    }

    private static JsonNode data(JsonNode body) {
        var data = body.get("data");
        if (data == null || data.isNull() || data.toString().getBytes(UTF_8).length > MAX_DATA_BYTES
                || !UTF_8.newEncoder().canEncode(data.toString())) {
            throw invalid();
        }
        return data;
    }

    private static HttpError invalid() {
        return HttpError.badRequest("Invalid session data");
    }
}
