package org.debugshop.instabookcache;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Selects where the cache stores its state, by {@code REDIS_URL}. */
@Singleton
final class Engines {

    private static final Set<String> SCHEMES = Set.of("redis", "rediss");

    /**
     * @throws IllegalArgumentException at startup if {@code REDIS_URL} is invalid; the message doesn't contain the URL, which may
     *         have a password
     */
    @Produces
    @Singleton
    @Startup
    CacheState state(@ConfigProperty(name = "shop.redis.url") Optional<URI> url,
            @ConfigProperty(name = "shop.upstream.timeout") Duration timeout,
            Instance<ReactiveRedisDataSource> redis, ObjectMapper json) {
        if (url.isEmpty()) {
            return new MemoryState();
        }
        if (!SCHEMES.contains(url.get().getScheme()) || url.get().getHost() == null) {
            throw new IllegalArgumentException(
                    "REDIS_URL must be redis://host:port or rediss://host:port; user:password@ may come before the host, /database after the port");
        }
        // A request makes two queries. The rest of the caller's timeout is left for the response.
        var state = new RedisState(redis.get(), json, timeout.dividedBy(4));
        state.connect();
        return state;
    }
}
