package org.debugshop.defaults.upstream;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.rest.client.RestClientBuilder;
import org.eclipse.microprofile.rest.client.spi.RestClientListener;

/** Sets the connect and read timeouts of all REST clients. Loaded as a service ({@code META-INF/services}). */
public class UpstreamTimeouts implements RestClientListener {

    @Override
    public void onNewClient(Class<?> client, RestClientBuilder builder) {
        var connect = ConfigProvider.getConfig().getValue("shop.upstream.connect-timeout", Duration.class);
        builder.connectTimeout(connect.toMillis(), MILLISECONDS)
                .readTimeout(Upstream.timeoutOfEnvironment().toMillis(), MILLISECONDS);
    }
}
