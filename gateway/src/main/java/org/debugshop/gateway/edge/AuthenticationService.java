package org.debugshop.gateway.edge;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.http.Outcome;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.UniHelper;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Asks the authentication service whether a request may pass. Each protected request costs such a question in addition, so this uses
 * the HTTP client of Vert.x, which takes half of the REST client's time. Its calls are traced and counted all the same.
 */
@ApplicationScoped
class AuthenticationService {

    static final String NAME = "authentication service";

    private static final String CLIENT_NAME = "edge-auth";
    private static final int MAX_CONNECTIONS = 50;
    /** The limit of requests that wait for a connection. A request beyond it fails. */
    private static final int MAX_WAITING = 500;

    /** @param headers may have several values of a name, in any case */
    record Answer(int status, MultiMap headers, Buffer body) {}

    private final HttpClient client;
    /** The whole URL; empty if there is no authentication service. */
    private final Optional<RequestOptions> service;
    private final String path;
    private final MeterRegistry meters;
    private final Upstream upstream;

    /**
     * Prepares the client.
     *
     * @param connectTimeout how long to wait for a connection
     * @param idle how long a connection stays open without a request
     */
    AuthenticationService(Vertx vertx, MeterRegistry meters, AuthenticationUpstream upstream,
            @ConfigProperty(name = "shop.edge-auth.url") Optional<String> url,
            @ConfigProperty(name = "shop.upstream.connect-timeout") Duration connectTimeout,
            @ConfigProperty(name = "shop.upstream.connection-ttl") Duration idle) {
        this.upstream = upstream.get();
        this.service = url.filter(text -> !text.isBlank())
                .map(text -> new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(text)
                        .putHeader(HttpHeaders.ACCEPT, "*/*"));
        this.path = service.map(RequestOptions::getURI).map(uri -> uri.replaceFirst("[?#].*", "")).orElse("");
        this.meters = meters;
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout((int) connectTimeout.toMillis()).setKeepAliveTimeout((int) idle.toSeconds()),
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(MAX_WAITING));
    }

    boolean exists() {
        return service.isPresent();
    }

    /**
     * Asks about a request.
     *
     * @param uri the path and the query
     * @param authorization the caller's headers of this name
     * @return the answer, of any status; fails as {@link Upstream#call} does if there is none
     */
    Uni<Answer> ask(String method, String uri, List<String> authorization) {
        var question = new RequestOptions(service.orElseThrow())
                .setTimeout(upstream.limit().toMillis())
                .putHeader("X-Forwarded-Method", method)
                .putHeader("X-Forwarded-Uri", uri)
                .putHeader(HttpHeaders.AUTHORIZATION, asCharSequences(authorization));
        var start = System.nanoTime();
        return upstream.call("GET", uriOf(question), address -> UniHelper.toUni(client.request(at(address, question))
                .compose(request -> request.send())
                .compose(response -> response.body().map(body -> new Answer(response.statusCode(), response.headers(), body)))))
                .onItemOrFailure().invoke((answer, _) -> count(answer, System.nanoTime() - start));
    }

    /** A route may have changed the address. */
    private static RequestOptions at(URI address, RequestOptions question) {
        return address.getHost().equals(question.getHost()) && address.getPort() == question.getPort()
                ? question
                : new RequestOptions(question).setAbsoluteURI(address.toString());
    }

    private static URI uriOf(RequestOptions question) {
        return URI.create((question.isSsl() ? "https://" : "http://") + question.getHost() + ":" + question.getPort() + question.getURI());
    }

    /**
     * Counts a call with the labels of REST clients. Without a metrics name, Vert.x doesn't count it too: its labels are others, and
     * a metric has those that come first.
     *
     * @param answer null if there is none
     */
    private void count(Answer answer, long nanos) {
        meters.timer("http.client.requests", "clientName", CLIENT_NAME, "method", "GET", "uri", path,
                "status", answer == null ? "UNKNOWN" : Integer.toString(answer.status()),
                "outcome", answer == null ? "UNKNOWN" : Outcome.forStatus(answer.status()).name())
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private static Iterable<CharSequence> asCharSequences(List<String> values) {
        return values.stream().<CharSequence>map(value -> value).toList();
    }
}
