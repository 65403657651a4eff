package org.debugshop.instabookcache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.list.ReactiveListCommands;
import io.quarkus.redis.datasource.value.ReactiveValueCommands;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Response;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;

/**
 * Stores everything in a Redis that the replicas of the cache share. Each session is a string with an expiry, and the changes of
 * the switch are one list, newest first. If there are no changes yet, or Redis has lost the list, the switch is on.
 *
 * <p>If Redis doesn't answer within the timeout, the request fails with a 503 that has {@code Retry-After}. The memory limit and
 * the eviction are set in Redis's own configuration ({@code maxmemory}, {@code maxmemory-policy}).
 */
final class RedisState implements CacheState {

    /** Why a Redis command failed. */
    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.redis.failure");

    static final String SESSION = "debug-shop:instabook:session:";
    static final String CHANGES = "debug-shop:instabook:token";

    /** Reads the state and writes a new one. It is a script because a script is atomic (redis.io, "Scripting with Lua"). */
    private static final String CHANGE = """
            local newest = redis.call('LINDEX', KEYS[1], 0)
            local is = not newest or cjson.decode(newest).enabled
            local wanted = ARGV[1] == 'true' or ARGV[1] == 'toggle' and not is
            if wanted == is then
              return false
            end
            local change = cjson.encode({enabled = wanted, changed_at = ARGV[2], changed_by = ARGV[3]})
            redis.call('LPUSH', KEYS[1], change)
            redis.call('LTRIM', KEYS[1], 0, ARGV[4] - 1)
            return change
            """;

    private final ReactiveRedisDataSource redis;
    private final ReactiveValueCommands<String, byte[]> sessions;
    private final ReactiveListCommands<String, String> changes;
    private final ObjectMapper json;
    private final Duration timeout;

    /** @param timeout the timeout of one Redis command, including the time to connect */
    RedisState(ReactiveRedisDataSource redis, ObjectMapper json, Duration timeout) {
        this.redis = redis;
        this.sessions = redis.value(byte[].class);
        this.changes = redis.list(String.class);
        this.json = json;
        this.timeout = timeout;
    }

    /**
     * Connects to Redis before the first request needs it. A connection takes several times as long in a process that has just started,
     * and the first requests on a busy host would fail with a timeout. Nothing happens if Redis is away: the next request tries again.
     */
    void connect() {
        redis.execute("PING").subscribe().with(_ -> {}, e -> Log.debugf(e, "Redis is not there yet"));
    }

    @Override
    public Uni<Void> put(String id, byte[] session) {
        return bounded(sessions.psetex(SESSION + id, SessionStore.LIFETIME.toMillis(), session));
    }

    @Override
    public Uni<Optional<byte[]>> get(String id) {
        return bounded(sessions.get(SESSION + id)).map(Optional::ofNullable);
    }

    @Override
    public Uni<List<Change>> changes() {
        return bounded(changes.lrange(CHANGES, 0, -1)).map(found -> found.stream().map(this::change).toList());
    }

    @Override
    public Uni<Optional<Change>> newestChange() {
        return bounded(changes.lindex(CHANGES, 0)).map(found -> Optional.ofNullable(found).map(this::change));
    }

    @Override
    public Uni<Optional<Change>> change(Optional<Boolean> enabled, Instant at, String by) {
        return bounded(redis.execute("EVAL", CHANGE, "1", CHANGES, enabled.map(String::valueOf).orElse("toggle"), at.toString(), by,
                Integer.toString(MAX_CHANGES)))
                .map(answer -> Optional.ofNullable(answer).map(Response::toString).map(this::change));
    }

    private Change change(String found) {
        try {
            return json.readValue(found, Change.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> Uni<T> bounded(Uni<T> work) {
        return work.ifNoItem().after(timeout).fail().onFailure().transform(RedisState::unavailable);
    }

    private static HttpError unavailable(Throwable cause) {
        var reason = "Redis does not answer: " + (cause instanceof TimeoutException ? "no answer in time" : cause.getMessage());
        // The page polls without traces. Its failures are not logged, because the page itself shows them.
        if (Span.current().getSpanContext().isValid()) {
            Failure.startsHere("redis_unavailable", FAILURE, reason);
            try (var _ = LogFields.of(FAILURE, reason).and(Failure.ERROR_TYPE, "redis_unavailable")) {
                Log.error(reason);
            }
        }
        return HttpError.unavailable("The sessions and the switch are not available at the moment", cause);
    }
}
