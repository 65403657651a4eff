package org.debugshop.console.diagnosis;

import java.util.List;
import java.util.Map;
import org.debugshop.console.store.Span;

/** Reads whether a request failed from the status of HTTP or gRPC, by the names of the current and of the older semantic conventions. */
final class Status {

    private static final List<String> HTTP = List.of("http.response.status_code", "http.status_code");
    private static final List<String> RPC = List.of("rpc.response.status_code", "rpc.grpc.status_code");
    /** The HTTP status of each gRPC status, by its number: see google.rpc.Code. */
    private static final int[] HTTP_OF_GRPC = {200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401};
    private static final Map<String, Integer> GRPC = Map.ofEntries(Map.entry("OK", 0), Map.entry("CANCELLED", 1), Map.entry("UNKNOWN", 2),
            Map.entry("INVALID_ARGUMENT", 3), Map.entry("DEADLINE_EXCEEDED", 4), Map.entry("NOT_FOUND", 5), Map.entry("ALREADY_EXISTS", 6),
            Map.entry("PERMISSION_DENIED", 7), Map.entry("RESOURCE_EXHAUSTED", 8), Map.entry("FAILED_PRECONDITION", 9),
            Map.entry("ABORTED", 10), Map.entry("OUT_OF_RANGE", 11), Map.entry("UNIMPLEMENTED", 12), Map.entry("INTERNAL", 13),
            Map.entry("UNAVAILABLE", 14), Map.entry("DATA_LOSS", 15), Map.entry("UNAUTHENTICATED", 16));

    private Status() {}

    /** Returns the HTTP status of a span, or the one that its gRPC status stands for; 0 if it has none. */
    static int of(Span span) {
        for (String name : HTTP) {
            int status = number(span.attributes().get(name));
            if (status > 0) {
                return status;
            }
        }
        for (String name : RPC) {
            Object value = span.attributes().get(name);
            int code = value instanceof String text && GRPC.containsKey(text) ? GRPC.get(text) : number(value);
            if (code >= 0 && code < HTTP_OF_GRPC.length) {
                return HTTP_OF_GRPC[code];
            }
        }
        return 0;
    }

    /** Returns a number, also if it was sent as text; -1 if it is none. */
    private static int number(Object value) {
        return switch (value) {
            case Long number -> number.intValue();
            case String text when text.matches("[0-9]{1,3}") -> Integer.parseInt(text);
            case null, default -> -1;
        };
    }

    /** Returns whether a status says that the service, or its access to others, does not work. */
    static boolean isFailure(int status) {
        return status >= 500 || status == 401 || status == 403 || status == 408 || status == 429;
    }

    /** Returns whether a status says that the caller made a mistake. */
    static boolean isRefusal(int status) {
        return status >= 400 && !isFailure(status);
    }
}
