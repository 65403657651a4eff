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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A stand-in for the cluster's API. While it renders, Helm only asks whether a Secret or a StatefulSet exists. It finds the address by
 * {@code KUBECONFIG}, which the build sets.
 */
final class Cluster {

    /** By the end of their path, such as {@code secrets/shop-secrets}. */
    private static final Map<String, String> OBJECTS = new ConcurrentHashMap<>();
    private static final Map<String, String> RESOURCES = Map.of("/api/v1", resources("v1", "secrets", "Secret"), "/apis/apps/v1",
            resources("apps/v1", "statefulsets", "StatefulSet"));
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
        OBJECTS.put("secrets/" + name,
                json(Map.of("apiVersion", "v1", "kind", "Secret", "metadata", Map.of("name", name, "namespace", "default"),
                        "data", data.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                                entry -> Base64.getEncoder().encodeToString(entry.getValue().getBytes(UTF_8)))))));
    }

    /** @param storageClass blank for none */
    static void statefulSet(String name, String storage, String storageClass) {
        var claim = new HashMap<String, Object>(Map.of("resources", Map.of("requests", Map.of("storage", storage))));
        if (!storageClass.isEmpty()) {
            claim.put("storageClassName", storageClass);
        }
        OBJECTS.put("statefulsets/" + name, json(Map.of("apiVersion", "apps/v1", "kind", "StatefulSet", "metadata",
                Map.of("name", name, "namespace", "default"), "spec", Map.of("volumeClaimTemplates", List.of(Map.of("spec", claim))))));
    }

    static boolean isEmpty() {
        return OBJECTS.isEmpty();
    }

    static void forget() {
        OBJECTS.clear();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var found = RESOURCES.getOrDefault(path, OBJECTS.get(path.replaceFirst(".*/([^/]+/[^/]+)$", "$1")));
        var body = (found == null
                ? "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}"
                : found).getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(found == null ? 404 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String resources(String version, String plural, String kind) {
        return json(
                Map.of("kind", "APIResourceList", "groupVersion", version, "resources", List.of(Map.of("name", plural, "singularName", "",
                        "namespaced", true, "kind", kind, "verbs", List.of("get")))));
    }

    private static String json(Object value) {
        try {
            return new ObjectMapper().writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
