package org.debugshop.checkout;

import jakarta.inject.Singleton;
import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.UriBuilder;

/** Can send the requests for rates to a port on which nothing listens. */
@Singleton
class CurrencyAddress implements ClientRequestFilter {

    /** The port of currency is 8082. No service has this one. */
    private static final int WRONG_PORT = 82;

    private final Faults faults;

    CurrencyAddress(Faults faults) {
        this.faults = faults;
    }

    @Override
    public void filter(ClientRequestContext request) {
        if (faults.wrongAddress().isOn()) {
            request.setUri(UriBuilder.fromUri(request.getUri()).port(WRONG_PORT).build());
        }
    }
}
