package org.debugshop.loadgenerator;

import io.opentelemetry.api.common.Attributes;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A user's action: one request, one trace.
 *
 * @param name the name of the root span
 * @param method the HTTP method, in lower case
 * @param endpoint the path as a template, for example {@code /product/{id}}
 * @param attributes the attributes of the root span
 * @param pause the pause before this action; empty for the pause of the settings
 * @param request sends the request
 */
record Action(String name, String method, String endpoint, Attributes attributes, Optional<Duration> pause,
        Supplier<Uni<Response>> request) {

    static Action get(String name, String endpoint, Attributes attributes, Supplier<Uni<Response>> request) {
        return new Action(name, "get", endpoint, attributes, Optional.empty(), request);
    }

    static Action post(String name, String endpoint, Attributes attributes, Supplier<Uni<Response>> request) {
        return new Action(name, "post", endpoint, attributes, Optional.empty(), request);
    }

    Action after(Duration pause) {
        return new Action(name, method, endpoint, attributes, Optional.of(pause), request);
    }
}
