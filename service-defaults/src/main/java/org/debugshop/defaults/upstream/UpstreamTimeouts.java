package org.debugshop.defaults.upstream;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.quarkus.rest.client.reactive.runtime.RestClientBuilderImpl;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.rest.client.RestClientBuilder;
import org.eclipse.microprofile.rest.client.spi.RestClientListener;
import org.jboss.resteasy.reactive.client.api.QuarkusRestClientProperties;

/**
 * Sets the timeouts of all REST clients, and how long their connections stay open without a request. Also reports their requests, for
 * {@link CallInProgress}. Loaded as a service ({@code META-INF/services}).
 */
public class UpstreamTimeouts implements RestClientListener {

    @Override
    public void onNewClient(Class<?> client, RestClientBuilder builder) {
        var config = ConfigProvider.getConfig();
        var connect = config.getValue("shop.upstream.connect-timeout", Duration.class);
        // Upstream ends calls before; only it knows how long each may take.
        var longest = Collections.max(List.of(Upstream.timeoutOfEnvironment(), Upstream.INTERCEPTED));
        var idle = config.getValue("shop.upstream.connection-ttl", Duration.class);
        // Quarkus's own setting warns in services without a client.
        builder.property(QuarkusRestClientProperties.CONNECTION_TTL, (int) idle.toSeconds());
        builder.register(new RequestReporter());
        // For Vert.x, this is also the longest wait for a connection of the pool. It is as short as that for a new one: whoever gave up
        // waiting gets the next free connection nevertheless, and Quarkus returns that to the pool only when the request times out.
        builder.connectTimeout(connect.toMillis(), MILLISECONDS).readTimeout(connect.toMillis(), MILLISECONDS);
        ((RestClientBuilderImpl) builder).clientRequestCustomizer(request -> request.idleTimeout(longest.toMillis()));
    }
}
