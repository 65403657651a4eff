package org.debugshop.bench;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Something a client does, whose time is taken from the first request to the last answer.
 *
 * @param name in {@code --only}
 * @param title in tables
 * @param port of the service that is asked, in an instance without an offset
 * @param steps given the number of the operation, its requests, one after the other
 */
record Operation(String name, String title, int port, IntFunction<List<Step>> steps) {

    /** Where the gateway listens, and so one of the bare services. */
    static final int GATEWAY = 8080;

    private static final int INSTABOOK = 8087;

    /** Ids begin again after so many, so that a long run replaces sessions in place of filling the cache. */
    private static final int BOOKINGS = 10_000;

    private static final String ORDER = """
        {"user_id":"bench","user_currency":"EUR","email":"bench@example.com","address":{"street":"Main Street 1","city":"Springfield",\
        "country":"US","zip":"12345"},"items":[{"product_id":1,"quantity":2},{"product_id":3,"quantity":1}]}""";

    static final List<Operation> ALL = List.of(
        always("products", "GET /products", GATEWAY, new Step("GET", "/products", null, 200, "\"ads\":[{")),
        always("product", "GET /product/3?currency=EUR", GATEWAY,
            new Step("GET", "/product/3?currency=EUR", null, 200, "\"related_ads\":[{")),
        always("checkout", "POST /checkout", GATEWAY, new Step("POST", "/checkout", ORDER, 200, "\"status\":\"PROCESSED\"")),
        new Operation("booking", "booking, POST then GET", INSTABOOK, Operation::booking));

    /**
     * One request.
     *
     * @param body JSON, or null
     * @param status of the answer that is wanted
     * @param whole what an answer contains that lacks nothing: the gateway leaves out what it cannot get in time
     */
    record Step(String method, String target, String body, int status, String whole) {}

    /** The same in bytes, asked of a bare service: answers of these sizes, and the same bodies to read. */
    Operation bare(List<Integer> sizes) {
        return new Operation(name, title, GATEWAY, number -> {
            var asked = steps.apply(number);
            return IntStream.range(0, asked.size())
                .mapToObj(i -> new Step(asked.get(i).method(), "/bytes/" + sizes.get(i), asked.get(i).body(), 200, ""))
                .toList();
        });
    }

    private static Operation always(String name, String title, int port, Step step) {
        var steps = List.of(step);
        return new Operation(name, title, port, _ -> steps);
    }

    private static List<Step> booking(int number) {
        var id = "bench-%05d".formatted(number % BOOKINGS);
        var session = """
            {"id":"%s","user_id":"bench","booking_id":"b-%s","status":"confirmed","data":{"hotel":"Grand Hotel","nights":3}}""".formatted(id, id);
        return List.of(
            new Step("POST", "/booking/session", session, 201, id),
            new Step("GET", "/booking/session/" + id, null, 200, id));
    }
}
