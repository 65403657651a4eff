package org.debugshop.console.failures;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.debugshop.console.ConsoleConfig;
import org.debugshop.defaults.admin.AdminSettings;
import org.debugshop.defaults.http.HttpError;

/**
 * Asks the {@code /admin} of services, with {@code ADMIN_PASSWORD} if it is set. Whatever goes wrong is an {@link HttpError}, 504 when it
 * took too long and 502 else, with a sentence that names the service.
 */
@Singleton
final class AdminClient {

    static final int TIMEOUT_MILLIS = 2000;
    static final int MAX_BYTES = 64 * 1024;

    private static final int CONNECTIONS = 4;
    private static final int WAITING = 64;

    private final HttpClient client;
    private final ObjectMapper mapper;
    private final Map<String, String> urls;
    private final Map<String, String> pages;
    private final Optional<String> credentials;

    AdminClient(Vertx vertx, ObjectMapper mapper, ConsoleConfig config, AdminSettings settings) {
        this.mapper = mapper;
        client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(TIMEOUT_MILLIS).setKeepAliveTimeout(30)
                .setMaxPoolSize(CONNECTIONS).setMaxWaitQueueSize(WAITING));
        urls = config.adminUrls();
        pages = config.adminPages();
        credentials = settings.password().map(password -> "Basic "
                + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(UTF_8)));
    }

    void stop(@Observes ShutdownEvent event) {
        client.close();
    }

    /** Where the {@code /admin} of a service is, as browsers find it. */
    Optional<String> page(String service) {
        return Optional.ofNullable(pages.get(service));
    }

    /** The JSON of the answer, which has at most {@link #MAX_BYTES}. */
    Uni<JsonNode> get(String service, String path) {
        return ask(service, path, HttpMethod.GET, Buffer.buffer());
    }

    /** The JSON of the answer, which has at most {@link #MAX_BYTES}. */
    Uni<JsonNode> post(String service, String path, JsonNode body) {
        return ask(service, path, HttpMethod.POST, Buffer.buffer(body.toString()));
    }

    private Uni<JsonNode> ask(String service, String path, HttpMethod method, Buffer body) {
        String url = urls.get(service);
        if (url == null) {
            return Uni.createFrom().failure(new HttpError(502, "Nobody told the console where the admin page of " + service + " is"));
        }
        return Uni.createFrom().completionStage(() -> {
            var options = new RequestOptions().setAbsoluteURI(url + path).setMethod(method).setConnectTimeout(TIMEOUT_MILLIS)
                    .setIdleTimeout(TIMEOUT_MILLIS).setFollowRedirects(false).putHeader("Accept", "application/json");
            credentials.ifPresent(basic -> options.putHeader("Authorization", basic));
            if (method == HttpMethod.POST) {
                options.putHeader("Content-Type", "application/json");
            }
            return client.request(options)
                    .compose(request -> exchange(service, request, body))
                    .timeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                    .recover(failure -> Future.failedFuture(told(service, failure)))
                    .toCompletionStage();
        });
    }

    private Future<JsonNode> exchange(String service, HttpClientRequest request, Buffer body) {
        // A connection whose answer nobody waits for any more must not keep its place in the pool.
        return request.send(body).compose(response -> json(service, response))
                .timeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS).onFailure(_ -> request.reset());
    }

    private Future<JsonNode> json(String service, HttpClientResponse response) {
        int status = response.statusCode();
        if (status != 200) {
            return Future.failedFuture(new HttpError(502, switch (status) {
                case 401 -> service + " asks for an ADMIN_PASSWORD other than the console's";
                case 403 -> service + " refuses the console (403)";
                default -> service + " answered " + status;
            }));
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.handler(chunk -> {
            if (body.length() + chunk.length() > MAX_BYTES) {
                whole.tryFail(unreadable(service, null));
            } else {
                body.appendBuffer(chunk);
            }
        });
        response.exceptionHandler(whole::tryFail);
        response.endHandler(_ -> whole.tryComplete(body));
        return whole.future().compose(answer -> {
            try {
                return Future.succeededFuture(mapper.readTree(answer.getBytes()));
            } catch (IOException e) {
                return Future.failedFuture(unreadable(service, e));
            }
        });
    }

    private static HttpError unreadable(String service, IOException why) {
        return new HttpError(502, service + " gave an answer that cannot be read", why);
    }

    private static HttpError told(String service, Throwable failure) {
        return switch (failure) {
            case HttpError already -> already;
            case TimeoutException _ -> new HttpError(504, service + " did not answer in time", failure);
            default -> new HttpError(502, service + " is unreachable", failure);
        };
    }
}
