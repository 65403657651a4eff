package org.debugshop.launcher.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A stand-in for the console. It gives the answers that a test sets, and records the requests, except those for the stream of what is switched. */
public final class ConsoleStandIn implements AutoCloseable {

    /** A launcher asks for it again and again. */
    private static final String STREAM = "GET /controls";

    private record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    public ConsoleStandIn(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            var credentials = exchange.getRequestHeaders().getFirst("Authorization");
            var line = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            if (!line.equals(STREAM)) {
                requests.add((line + " " + body + (credentials == null ? "" : " " + credentials)).strip());
            }
            var answer = answers.getOrDefault(line, new Answer(404, "{\"error\":\"Nothing here\"}"));
            var text = answer.body().getBytes(UTF_8);
            exchange.sendResponseHeaders(answer.status(), text.length == 0 ? -1 : text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        server.start();
    }

    public void answers(String line, int status, String body) {
        answers.put(line, new Answer(status, body));
    }

    /** The requests as text: {@code GET /path}, then the body and the credentials. */
    public List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
