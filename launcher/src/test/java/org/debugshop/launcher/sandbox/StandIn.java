package org.debugshop.launcher.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.stream.Collectors;

/**
 * A stand-in for any of the services: a real process that listens on {@code PORT}, reports whether it is ready, and ends on SIGTERM. A
 * file {@code behaviour/<name>} in the checkout makes it misbehave. It records its start and end in {@code events.txt}.
 */
public final class StandIn {

    private StandIn() {}

    public static void main(String... arguments) throws IOException {
        var name = Path.of(System.getProperty("shop.process")).getFileName().toString();
        var behaviour = behaviour(name);
        var environment = System.getenv();
        event("started " + name);
        log(name, "INFO", "stand-in has started");
        switch (behaviour) {
            case "broken" -> {
                log(name, "ERROR", "cannot find the warp core");
                System.exit(3);
            }
            case "broken in training" -> {
                if (System.getProperty("shop.process").contains("/training/")) {
                    System.exit(3);
                }
            }
            case "stubborn" -> Runtime.getRuntime().addShutdownHook(new Thread(StandIn::never));
            default -> Runtime.getRuntime().addShutdownHook(new Thread(() -> event("ended " + name)));
        }
        var port = Integer.parseInt(environment.get("PORT"));
        var server = HttpServer.create(new InetSocketAddress(environment.get("HOST"), port), 0);
        server.createContext("/health/ready", exchange -> {
            exchange.sendResponseHeaders(behaviour(name).equals("unready") ? 503 : 200, -1);
            exchange.close();
        });
        server.createContext("/environment",
                exchange -> answer(exchange, environment.entrySet().stream().map(Object::toString).collect(Collectors.joining("\n"))));
        server.createContext("/metrics", exchange -> answer(exchange, "load_generator_request_count_total{method=\"get\"} 1000.0\n"));
        server.start();
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        var body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String behaviour(String name) throws IOException {
        var file = Path.of("behaviour", name);
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    private static void event(String text) {
        try {
            Files.writeString(Path.of("events.txt"), text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void log(String name, String level, String message) {
        System.out.printf("{\"timestamp\":\"%s\",\"level\":\"%s\",\"service_name\":\"%s\",\"message\":\"%s\"}%n", Instant.now(), level,
                name, message);
    }

    private static void never() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }
}
