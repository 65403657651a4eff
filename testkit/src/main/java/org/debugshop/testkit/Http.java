package org.debugshop.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** A small HTTP client for requests that a test needs on the way. The tests of docs/http.md use RestAssured. */
public final class Http {

    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private Http() {}

    public record Answer(int status, String body) {}

    /** @param headers names and values in turn */
    public static Answer get(String url, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(url));
        return send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    /** @param headers names and values in turn */
    public static Answer post(String url, String json, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
        return send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    public static Answer put(String url, String json) {
        return send(HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(json))
                .build());
    }

    /**
     * Returns the body of a GET request.
     *
     * @throws AssertionError if the status is not 200
     */
    public static String text(String url) {
        var answer = get(url);
        if (answer.status() != 200) {
            throw new AssertionError(url + " answered " + answer);
        }
        return answer.body();
    }

    public static boolean isReady(String url) {
        return ifAnswered(() -> get(url + "/health/ready")).filter(answer -> answer.status() == 200).isPresent();
    }

    /** Returns the answer. Empty if no process listens, or if the connection broke. */
    public static Optional<Answer> ifAnswered(Supplier<Answer> request) {
        try {
            return Optional.of(request.get());
        } catch (UncheckedIOException noAnswer) {
            return Optional.empty();
        }
    }

    private static Answer send(HttpRequest request) {
        try {
            var answer = CLIENT.send(HttpRequest.newBuilder(request, (_, _) -> true).timeout(TIMEOUT).build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
