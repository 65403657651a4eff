package org.debugshop.bench.load;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.debugshop.bench.load.Comparison.Subject;

/**
 * A sequence of requests of a client. Its latency is the time from the first request to the last answer.
 *
 * @param name the name in {@code --only}
 * @param title the title in tables
 * @param port the port of the called service, without the port offset
 * @param subjects the subjects at which it is measured
 * @param steps returns the requests of an operation by its number; they are sent one after the other
 */
record Operation(String name, String title, int port, Set<Subject> subjects, IntFunction<List<Step>> steps) {

    /** The port of the gateway, and of one of the bare services. */
    static final int GATEWAY = 8080;

    private static final int CHECKOUT = 8084;
    private static final int INSTABOOK = 8087;

    private static final Set<Subject> TELEMETRY_AND_BARE = EnumSet.of(Subject.BARE, Subject.TELEMETRY, Subject.NO_TELEMETRY);
    private static final Set<Subject> ENGINES_AND_NONE = EnumSet.of(Subject.TELEMETRY, Subject.IN_MEMORY);
    private static final Set<Subject> OPEN_AND_PROTECTED = EnumSet.of(Subject.OPEN, Subject.PROTECTED);

    /** The number of different session ids. A long run uses them again, so that it replaces sessions and does not fill the cache. */
    private static final int BOOKINGS = 10_000;

    private static final String ORDER = """
            {"user_id":"bench","user_currency":"EUR","email":"bench@example.com","address":{"street":"Main Street 1","city":"Springfield",\
            "country":"US","zip":"12345"},"items":[{"product_id":1,"quantity":2},{"product_id":3,"quantity":1}]}""";

    private static final String PROCESSED = "\"status\":\"PROCESSED\"";

    static final List<Operation> ALL = List.of(
            always("products", "GET /products", GATEWAY, TELEMETRY_AND_BARE, new Step("GET", "/products", null, 200, "\"ads\":[{")),
            always("product", "GET /product/3?currency=EUR", GATEWAY, TELEMETRY_AND_BARE,
                    new Step("GET", "/product/3?currency=EUR", null, 200, "\"related_ads\":[{")),
            always("checkout", "POST /checkout", GATEWAY, TELEMETRY_AND_BARE, new Step("POST", "/checkout", ORDER, 200, PROCESSED)),
            new Operation("booking", "booking, POST then GET", INSTABOOK, TELEMETRY_AND_BARE, Operation::booking),
            always("orders", "POST /checkout", GATEWAY, ENGINES_AND_NONE, new Step("POST", "/checkout", ORDER, 200, PROCESSED)),
            always("outbox", "POST /process", CHECKOUT, ENGINES_AND_NONE, new Step("POST", "/process", ORDER, 200, PROCESSED)),
            // Its steps are those of an account.
            new Operation("auth", "GET an order", GATEWAY, OPEN_AND_PROTECTED, _ -> List.of()));

    /**
     * One request.
     *
     * @param body JSON, or null
     * @param authorization the value of the header {@code Authorization}, or null
     * @param status the expected status of the answer
     * @param whole a text in every complete answer. The gateway leaves out parts that it cannot get in time
     */
    record Step(String method, String target, String body, String authorization, int status, String whole) {

        Step(String method, String target, String body, int status, String whole) {
            this(method, target, body, null, status, whole);
        }
    }

    /** Returns an operation for a bare service, with the same bodies of requests and with answers of these sizes. */
    Operation bare(List<Integer> sizes) {
        return new Operation(name, title, GATEWAY, subjects, number -> {
            var asked = steps.apply(number);
            return IntStream.range(0, asked.size())
                    .mapToObj(i -> new Step(asked.get(i).method(), "/bytes/" + sizes.get(i), asked.get(i).body(), 200, ""))
                    .toList();
        });
    }

    /** Returns this operation for the comparison of two commits. */
    Operation betweenCommits() {
        return new Operation(name, title, port, EnumSet.of(Subject.TELEMETRY, Subject.OTHER_COMMIT), steps);
    }

    /** Returns this operation at one of the subjects {@link Subject#OPEN} and {@link Subject#PROTECTED}. */
    Operation of(Account account, Subject subject) {
        return always(name, title, port, subjects, subject == Subject.PROTECTED ? account.isProtected() : account.open());
    }

    private static Operation always(String name, String title, int port, Set<Subject> subjects, Step step) {
        var steps = List.of(step);
        return new Operation(name, title, port, subjects, _ -> steps);
    }

    private static List<Step> booking(int number) {
        var id = "bench-%05d".formatted(number % BOOKINGS);
        var session = """
                {"id":"%s","user_id":"bench","booking_id":"b-%s","status":"confirmed","data":{"hotel":"Grand Hotel","nights":3}}"""
                .formatted(id, id);
        return List.of(
                new Step("POST", "/booking/session", session, 201, id),
                new Step("GET", "/booking/session/" + id, null, 200, id));
    }
}
