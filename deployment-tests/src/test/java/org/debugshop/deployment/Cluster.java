package org.debugshop.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A stand-in for the cluster's API. While it renders, Helm only asks whether a Secret exists. It finds the address by
 * {@code KUBECONFIG}, which the build sets.
 */
final class Cluster {

    private static final Map<String, String> SECRETS = new ConcurrentHashMap<>();
    private static HttpServer api;

    private Cluster() {}

    static synchronized void start() {
        if (api != null) {
            return;
        }
        try {
            api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            api.createContext("/", Cluster::answer);
            api.start();
            Files.writeString(Path.of(System.getenv("KUBECONFIG")), """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: test, cluster: {server: "http://localhost:%d"}}]
                    contexts: [{name: test, context: {cluster: test, user: nobody}}]
                    users: [{name: nobody, user: {}}]
                    current-context: test
                    """.formatted(api.getAddress().getPort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void secret(String name, Map<String, String> data) {
        SECRETS.put(name, json(Map.of("apiVersion", "v1", "kind", "Secret", "metadata", Map.of("name", name, "namespace", "default"),
                "data", data.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                        entry -> Base64.getEncoder().encodeToString(entry.getValue().getBytes(UTF_8)))))));
    }

    static void forget() {
        SECRETS.clear();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var found = path.equals("/api/v1")
                ? """
                        {"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"secrets","singularName":"","namespaced":true,"kind":"Secret","verbs":["get"]}]}"""
                : SECRETS.get(path.replaceFirst(".*/secrets/", ""));
        var body = (found == null
                ? "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}"
                : found).getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(found == null ? 404 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String json(Object value) {
        try {
            return new ObjectMapper().writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
