package org.debugshop.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.Set;

/** Checks objects against the classes of the official Kubernetes client, which refuse unknown fields at any depth. */
final class KubernetesApi {

    private static final Map<String, String> PREFIXES = Map.of("v1", "V1", "apps/v1", "V1", "networking.k8s.io/v1", "V1", "policy/v1", "V1",
            "autoscaling/v2", "V2");

    /** Kinds that belong to an operator, to the Gateway API or to Traefik, so the client has no classes for them. */
    private static final Set<String> CUSTOM = Set.of("ServiceMonitor", "HTTPRoute", "Middleware");

    private KubernetesApi() {}

    static void mustKnow(JsonNode object) {
        var kind = object.path("kind").asText();
        if (CUSTOM.contains(kind)) {
            return;
        }
        try {
            Class.forName("io.kubernetes.client.openapi.models." + PREFIXES.get(object.path("apiVersion").asText()) + kind)
                    .getMethod("validateJsonElement", JsonElement.class)
                    .invoke(null, JsonParser.parseString(object.toString()));
        } catch (InvocationTargetException refused) {
            throw new AssertionError(kind + " " + Objects.name(object) + ": " + refused.getCause().getMessage(), refused.getCause());
        } catch (ReflectiveOperationException unknown) {
            throw new AssertionError(object.path("apiVersion") + " has no " + kind, unknown);
        }
    }
}
