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

/** Chooses what the cache keeps its state in, by the environment: {@code REDIS_URL}. */
@Singleton
final class Engines {

    private static final Set<String> SCHEMES = Set.of("redis", "rediss");

    /** @throws IllegalArgumentException at start, when {@code REDIS_URL} cannot be one; without the URL, since that may hold a password */
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
        // Two questions a request; what is left of the caller's patience is for the way back.
        return new RedisState(redis.get(), json, timeout.dividedBy(4));
    }
}
