package org.debugshop.defaults.upstream;

import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import java.util.Optional;

/** Reports the request of a REST client, before there is a connection. */
final class RequestReporter implements ClientRequestFilter {

    /** Quarkus's property for the path as the client's interface has it. */
    private static final String TEMPLATE = "UrlPathTemplate";

    @Override
    public void filter(ClientRequestContext request) {
        CallInProgress.reportRequest(request.getMethod(), request.getUri(),
                Optional.ofNullable(request.getProperty(TEMPLATE)).map(Object::toString));
    }
}
