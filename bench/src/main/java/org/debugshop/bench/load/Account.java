package org.debugshop.bench.load;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.debugshop.bench.load.Operation.Step;

/**
 * A user with a token and an order, for the comparison of a protected route with an open one. Both routes get the order from checkout, so
 * they differ in the question to the authentication service, and in how the gateway writes the answer.
 *
 * @param authorization the value of the header {@code Authorization}
 */
record Account(String authorization, String orderId) {

    private static final String PASSWORD = "correct horse battery";

    /** Signs a new user up, because users of earlier runs are still there, and places an order. */
    static Account create(Load load, int port) throws InterruptedException {
        var name = "bench-" + UUID.randomUUID();
        var credentials = "{\"username\":\"%s\",\"password\":\"%s\",\"email\":\"bench@example.com\"}".formatted(name, PASSWORD);
        send(load, port, new Step("POST", "/api/v1/signup", credentials, 201, name));
        var login = send(load, port, new Step("POST", "/api/v1/login", credentials, 200, "\"token\""));
        var authorization = "Bearer " + login.get("token");
        var created = send(load, port,
                new Step("POST", "/api/v1/order/create", "{\"product_ids\":[1]}", authorization, 201, "\"order\""));
        return new Account(authorization, (String) ((Map<?, ?>) created.get("order")).get("id"));
    }

    private static Map<String, Object> send(Load load, int port, Step step) throws InterruptedException {
        var answer = load.answers(step.target(), List.of(step), port).getFirst();
        try {
            return JSON.std.mapFrom(answer.toString());
        } catch (IOException unreadable) {
            throw new IllegalStateException(step.target() + " was answered " + answer, unreadable);
        }
    }

    /** Returns the order by the route that needs no user. It is complete when it has a receipt. */
    Step open() {
        return new Step("GET", "/order/" + orderId, null, 200, "\"receipt\":{");
    }

    /** Returns the order by the route that only its user may use. */
    Step isProtected() {
        return new Step("GET", "/api/v1/order/" + orderId, null, authorization, 200, orderId);
    }
}
