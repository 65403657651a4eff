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
 * Keeps everything in a Redis that the replicas of the cache share: a session as a string of its own, which Redis lets go when its
 * time is over, and the changes of the switch as one list, newest first. Where nothing was changed yet, or Redis has lost the list,
 * the switch is on.
 *
 * <p>A Redis that does not answer within the time given here fails the request, with a 503 that has {@code Retry-After}. How much it may
 * hold, and what goes when that is reached, is its own configuration ({@code maxmemory}, {@code maxmemory-policy}).
 */
final class RedisState implements CacheState {

    /** Why Redis did not do what was asked of it. */
    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.redis.failure");

    static final String SESSION = "debug-shop:instabook:session:";
    static final String CHANGES = "debug-shop:instabook:token";

    /** A script is atomic (redis.io, "Scripting with Lua"), as reading the state and then writing another would not be. */
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

    /** @param timeout how long one question to Redis may take, with connecting to it */
    RedisState(ReactiveRedisDataSource redis, ObjectMapper json, Duration timeout) {
        this.redis = redis;
        this.sessions = redis.value(byte[].class);
        this.changes = redis.list(String.class);
        this.json = json;
        this.timeout = timeout;
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
        // The page asks all the time; what is not traced fails in silence, and the page says so.
        if (Span.current().getSpanContext().isValid()) {
            Failure.startsHere("redis_unavailable", FAILURE, reason);
            try (var _ = LogFields.of(FAILURE, reason).and(Failure.ERROR_TYPE, "redis_unavailable")) {
                Log.error(reason);
            }
        }
        return HttpError.unavailable("The sessions and the switch are not available at the moment", cause);
    }
}
