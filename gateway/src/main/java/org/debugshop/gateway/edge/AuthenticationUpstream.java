package org.debugshop.gateway.edge;

import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The authentication service as an upstream. If it is accounts, the routes of accounts apply to it. */
@Singleton
public class AuthenticationUpstream {

    private final Upstream upstream;

    AuthenticationUpstream(@ConfigProperty(name = "shop.edge-auth.url") Optional<String> url,
            @ConfigProperty(name = "shop.accounts.url") Optional<String> accounts) {
        var named = Upstream.named(AuthenticationService.NAME);
        upstream = url.flatMap(AuthenticationUpstream::authority).equals(accounts.flatMap(AuthenticationUpstream::authority))
                ? named.routedAs("accounts")
                : named;
    }

    private static Optional<String> authority(String url) {
        return url.isBlank() ? Optional.empty() : Optional.ofNullable(URI.create(url).getAuthority());
    }

    public Upstream get() {
        return upstream;
    }
}
