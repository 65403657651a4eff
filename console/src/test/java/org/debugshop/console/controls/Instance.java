package org.debugshop.console.controls;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** An instance of a service as the console sees it: it listens, and reports what a test tells it to. */
public final class Instance implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Apart from the one that listens, which a test may close. */
    private static final HttpClient REPORTING = HttpClient.newHttpClient();

    private final HttpClient client = HttpClient.newHttpClient();
    private final String console;
    private final String service;
    private final String name;
    private final UnaryOperator<HttpRequest.Builder> signed;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private volatile int status;

    public Instance(String console, String service, String name) {
        this(console, service, name, request -> request);
    }

    public Instance(String console, String service, String name, UnaryOperator<HttpRequest.Builder> signed) {
        this.console = console;
        this.service = service;
        this.name = name;
        this.signed = signed;
        var request = signed.apply(HttpRequest.newBuilder(URI.create(console + "/controls?service=" + service + "&instance=" + name)))
                .build();
        client.sendAsync(request, HttpResponse.BodyHandlers.ofLines()).thenAccept(response -> {
            status = response.statusCode();
            response.body().filter(line -> line.startsWith("data:")).forEach(line -> events.add(line.substring(5)));
        }).whenComplete((_, _) -> ended = true);
    }

    /** Waits for the answer. Returns its status. */
    public int status() {
        await().until(() -> status != 0);
        return status;
    }

    public Instance awaitEvent(String event) {
        await(event + " after " + events).until(() -> !events.isEmpty() && events.getLast().equals(event));
        return this;
    }

    public void awaitEnd() {
        await().until(() -> ended);
    }

    /** Reports as soon as the console has sent this. */
    public void confirmsOnce(String event, String report) {
        Thread.ofVirtual().start(() -> {
            awaitEvent(event);
            report(report);
        });
    }

    /** Reports after each event what {@code report} makes of it. */
    public void confirmsAll(Function<JsonNode, String> report) {
        Thread.ofVirtual().start(() -> {
            for (int done = 0; !ended;) {
                if (done < events.size()) {
                    try {
                        report(report.apply(JSON.readTree(events.get(done++))));
                    } catch (IOException unreadable) {
                        throw new UncheckedIOException(unreadable);
                    }
                } else {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        });
    }

    public String lastEvent() {
        return events.getLast();
    }

    /** Returns the status. */
    public int report(String report) {
        try {
            var request = signed.apply(HttpRequest.newBuilder(URI.create(console + "/controls/" + service + "/" + name)))
                    .header("Content-Type", "application/json").PUT(HttpRequest.BodyPublishers.ofString(report)).build();
            return REPORTING.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
