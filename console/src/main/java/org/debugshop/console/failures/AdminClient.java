package org.debugshop.console.failures;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.debugshop.console.ConsoleConfig;
import org.debugshop.defaults.admin.AdminSettings;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;

/**
 * Calls the {@code /admin} of services, with {@code ADMIN_PASSWORD} if it is set. All failures are an {@link HttpError} that names
 * the service: 504 after a timeout, otherwise 502.
 *
 * <p>This isn't a REST client, because those read the whole answer, however long it is.
 */
@Singleton
final class AdminClient {

    static final int MAX_BYTES = 64 * 1024;

    private static final int CONNECTIONS = 4;
    private static final int WAITING = 64;

    private final HttpClient client;
    private final ObjectMapper mapper;
    private final Map<String, Optional<String>> urls;
    private final Map<String, Optional<String>> pages;
    private final Optional<String> credentials;

    AdminClient(Vertx vertx, ObjectMapper mapper, ConsoleConfig config, AdminSettings settings) {
        this.mapper = mapper;
        client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAliveTimeout(30).setMaxPoolSize(CONNECTIONS).setMaxWaitQueueSize(WAITING));
        urls = config.adminUrls();
        pages = config.adminPages();
        credentials = settings.password().map(password -> "Basic "
                + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(UTF_8)));
    }

    void stop(@Observes ShutdownEvent event) {
        client.close();
    }

    /** Returns the URL of a service's {@code /admin} for browsers. */
    Optional<String> page(String service) {
        return pages.getOrDefault(service, Optional.empty());
    }

    /** Returns the JSON of the answer, which has at most {@link #MAX_BYTES}. */
    Uni<JsonNode> get(String service, String path) {
        return ask(service, path, HttpMethod.GET, Buffer.buffer());
    }

    /** Returns the JSON of the answer, which has at most {@link #MAX_BYTES}. */
    Uni<JsonNode> post(String service, String path, JsonNode body) {
        return ask(service, path, HttpMethod.POST, Buffer.buffer(body.toString()));
    }

    private Uni<JsonNode> ask(String service, String path, HttpMethod method, Buffer body) {
        Optional<String> url = urls.getOrDefault(service, Optional.empty());
        if (url.isEmpty()) {
            return Uni.createFrom().failure(new HttpError(502, "There is no " + service + " in this system"));
        }
        var upstream = Upstream.named(service);
        var options = new RequestOptions().setAbsoluteURI(url.get() + path).setMethod(method)
                .setConnectTimeout(upstream.timeout().toMillis())
                .setIdleTimeout(upstream.timeout().toMillis()).setFollowRedirects(false).putHeader("Accept", "application/json");
        credentials.ifPresent(basic -> options.putHeader("Authorization", basic));
        if (method == HttpMethod.POST) {
            options.putHeader("Content-Type", "application/json");
        }
        return upstream.call(Uni.createFrom().completionStage(() -> client.request(options)
                .compose(request -> exchange(request, body, upstream.timeout()))
                .toCompletionStage()))
                .onFailure(UpstreamFailure.class).transform(AdminClient::failure)
                .map(answer -> answer.json(service));
    }

    private static Throwable failure(Throwable failure) {
        boolean tooSlow = failure instanceof UpstreamFailure upstream && upstream.kind() == UpstreamFailure.Kind.TOO_SLOW;
        return new HttpError(tooSlow ? 504 : 502, failure.getMessage(), failure);
    }

    /** @param json null unless the status is 200 */
    private record Answer(int status, JsonNode json) {

        JsonNode json(String service) {
            return switch (status) {
                case 200 -> json;
                case 401 -> throw new HttpError(502, service + " asks for an ADMIN_PASSWORD other than the console's");
                case 403 -> throw new HttpError(502, service + " refuses the console (403)");
                default -> throw new HttpError(502, service + " answered " + status);
            };
        }
    }

    private Future<Answer> exchange(HttpClientRequest request, Buffer body, Duration timeout) {
        // If the answer isn't read or no longer awaited, its connection must not stay in the pool.
        return request.send(body).compose(this::read)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(done -> {
                    if (done.failed() || done.result().json == null) {
                        request.reset();
                    }
                });
    }

    private Future<Answer> read(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            response.exceptionHandler(_ -> {}); // it ends with the reset
            return Future.succeededFuture(new Answer(response.statusCode(), null));
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.handler(chunk -> {
            if (body.length() + chunk.length() > MAX_BYTES) {
                whole.tryFail(new StreamConstraintsException("The answer is longer than " + MAX_BYTES + " bytes"));
            } else {
                body.appendBuffer(chunk);
            }
        });
        response.exceptionHandler(whole::tryFail);
        response.endHandler(_ -> whole.tryComplete(body));
        return whole.future().compose(answer -> {
            try {
                return Future.succeededFuture(new Answer(200, mapper.readTree(answer.getBytes())));
            } catch (IOException unreadable) {
                return Future.failedFuture(unreadable);
            }
        });
    }
}
