package org.debugshop.defaults.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.autoconfigure.ResourceConfiguration;
import io.opentelemetry.sdk.autoconfigure.spi.internal.DefaultConfigProperties;
import io.opentelemetry.sdk.resources.Resource;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.controls.Release;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The sender of this process's telemetry. Spans and log records have it as their resource, {@code /metrics} has it as
 * {@code target_info} (see {@link MetricsEndpoint}), and each line of the log has its name.
 *
 * <p>{@code OTEL_SERVICE_NAME} and {@code OTEL_RESOURCE_ATTRIBUTES} have precedence over the defaults, as the OpenTelemetry
 * specification requires.
 */
final class ServiceResource {

    static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
    static final AttributeKey<String> INSTANCE_ID = AttributeKey.stringKey("service.instance.id");
    private static final AttributeKey<String> SERVICE_VERSION = AttributeKey.stringKey("service.version");
    private static final AttributeKey<String> ENVIRONMENT = AttributeKey.stringKey("deployment.environment.name");
    private static final AttributeKey<String> HOST = AttributeKey.stringKey("host.name");

    @Produces
    @Singleton
    static Resource resource(@ConfigProperty(name = "shop.service.name") String name, Release release,
            @ConfigProperty(name = "shop.environment") String environment,
            @ConfigProperty(name = "otel.service.name") Optional<String> givenName,
            @ConfigProperty(name = "otel.resource.attributes") Optional<String> given) {
        return resource(name, release.version(), environment, givenName, given);
    }

    /**
     * @param name the name of the service unless the environment names it
     * @param environment {@code DEPLOYMENT_ENVIRONMENT}
     * @param givenName {@code OTEL_SERVICE_NAME}
     * @param given {@code OTEL_RESOURCE_ATTRIBUTES}: {@code key=value,...} with percent-encoded values
     */
    static Resource resource(String name, String version, String environment, Optional<String> givenName, Optional<String> given) {
        Map<String, String> variables = new HashMap<>();
        givenName.ifPresent(value -> variables.put("otel.service.name", value));
        given.ifPresent(value -> variables.put("otel.resource.attributes", value));
        return Resource.builder()
                .put(SERVICE_NAME, name)
                .put(SERVICE_VERSION, version)
                // A random id for each process, as the semantic conventions recommend.
                .put(INSTANCE_ID, UUID.randomUUID().toString())
                .put(ENVIRONMENT, environment)
                .put(HOST, hostName())
                .build()
                .merge(ResourceConfiguration.createEnvironmentResource(DefaultConfigProperties.createFromMap(variables)));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException noName) {
            return "unknown";
        }
    }
}
