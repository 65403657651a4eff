package org.debugshop.defaults.upstream;

import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import java.util.Optional;

/** Reports the request of a REST client, before there is a connection, and sends it to the copy of the service that a route names. */
final class RequestReporter implements ClientRequestFilter {

    /** Quarkus's property for the path as the client's interface has it. */
    private static final String TEMPLATE = "UrlPathTemplate";

    @Override
    public void filter(ClientRequestContext request) {
        var uri = request.getUri();
        var address = CallInProgress.reportRequest(request.getMethod(), uri,
                Optional.ofNullable(request.getProperty(TEMPLATE)).map(Object::toString));
        if (address != uri) {
            request.setUri(address);
        }
    }
}
