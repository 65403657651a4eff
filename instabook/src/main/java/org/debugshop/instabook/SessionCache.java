package org.debugshop.instabook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.unchecked.Unchecked;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URLEncoder;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * The session cache, as instabook uses it. Its failures are not the caller's fault, so they become a 500, and are counted and
 * logged here. The cache itself records where they start. Each call is made only once, because a failed call may have reached the
 * cache.
 *
 * <p>A 400 from the cache also becomes a 500. instabook has checked the session by the same rules, so a disagreement is a bug in
 * one of the two services and not the caller's fault.
 */
@Singleton
@Startup // so that the counters exist, at zero, before the first request
public class SessionCache {

    private static final String NAME = "instabook-cache";

    private final SessionCacheClient client;
    private final ObjectMapper mapper;
    private final Upstream upstream = Upstream.named(NAME);
    private final Counter authFailures;
    private final Counter connectionErrors;
    private final Counter cacheErrors;

    SessionCache(@RestClient SessionCacheClient client, ObjectMapper mapper, MeterRegistry metrics) {
        this.client = client;
        this.mapper = mapper;
        this.authFailures = errors(metrics, "auth_failure");
        this.connectionErrors = errors(metrics, "connection_error");
        this.cacheErrors = errors(metrics, "cache_error");
    }

    /** Returns the session as JSON; fails with {@link HttpError} 404 if the cache has no such session, otherwise 500. */
    Uni<String> read(String id) {
        var encodedId = URLEncoder.encode(id, UTF_8).replace("+", "%20");
        return ask(client.read(encodedId)).onFailure(UpstreamFailure.class).transform(
                failure -> failure.upstreamStatus() == 404 ? HttpError.notFound("Session not found") : answer("read", id, failure));
    }

    /** Returns the stored session as JSON; fails with {@link HttpError} 500. */
    Uni<String> store(NewSession session) {
        return ask(client.store(session.toJson())).onFailure(UpstreamFailure.class)
                .transform(failure -> answer("store", session.id(), failure));
    }

    private Uni<String> ask(Uni<String> request) {
        return upstream.call(request.invoke(Unchecked.consumer(this::requireSession)));
    }

    private void requireSession(String body) throws IOException {
        if (body == null || !mapper.readTree(body).path("id").isTextual()) {
            throw MismatchedInputException.from(null, String.class, "The answer is not a session");
        }
    }

    private HttpError answer(String verb, String id, UpstreamFailure failure) {
        var status = failure.upstreamStatus();
        failure.markOrigin();
        try (var _ = failure.logFields().and(BookingResource.SESSION_ID, id)) {
            Log.errorf("Could not %s the booking session: %s", verb, status == 0 ? failure.getMessage() : NAME + " answered " + status);
        }
        if (status == 401) {
            authFailures.increment();
            return new HttpError(500, "Internal service authentication failure", failure);
        }
        switch (failure.kind()) {
            case UNREACHABLE, TOO_SLOW -> connectionErrors.increment();
            case UNREADABLE, FAILED, REFUSED -> cacheErrors.increment();
        }
        return new HttpError(500, "Internal service error", failure);
    }

    private static Counter errors(MeterRegistry metrics, String type) {
        return Counter.builder("instabook.cache.errors")
                .description("Calls to the session cache that failed")
                .tag("error_type", type)
                .register(metrics);
    }
}
