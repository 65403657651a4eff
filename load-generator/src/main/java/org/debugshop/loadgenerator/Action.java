package org.debugshop.loadgenerator;

import io.opentelemetry.api.common.Attributes;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing that a user does: one request, one trace.
 *
 * @param name       what the root span is called
 * @param method     the HTTP method, in lower case
 * @param endpoint   the path as a template, {@code /product/{id}} say
 * @param attributes what the root span says about it
 * @param pause      the time to wait before it, where that is the action's own and not a matter of the settings
 * @param request    sends the request
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
