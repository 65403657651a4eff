package org.debugshop.defaults.telemetry;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import jakarta.annotation.Priority;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Converts environment variables of the <a
 * href="https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/">OpenTelemetry specification</a> to what
 * Quarkus expects:
 *
 * <ul>
 * <li>An empty variable counts as missing.
 * <li>The values of headers are percent-encoded.
 * <li>A duration without a unit is in milliseconds.
 * <li>The endpoint of a signal includes its path, such as {@code /v1/traces}, which Quarkus appends.
 * <li>{@code none} as the exporter of a signal means that it isn't exported. Quarkus has no such setting at runtime, but exports
 * nothing to a blank endpoint.
 * <li>Only {@code grpc} and {@code http/protobuf} are known protocols.
 * </ul>
 *
 * <p>The priority is below that of expressions, so that {@code ${OTEL_EXPORTER_OTLP_HEADERS}} resolves to the converted value.
 */
@Priority(100)
public final class OtelVariables implements ConfigSourceInterceptor {

    private static final long serialVersionUID = 1;
    private static final String PREFIX = "OTEL_";
    private static final String NOWHERE = " ";

    @Override
    public ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        if (name.equals("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") && isOff(context, "OTEL_TRACES_EXPORTER")
                || name.equals("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT") && isOff(context, "OTEL_LOGS_EXPORTER")) {
            return ConfigValue.builder().withName(name).withValue(NOWHERE).build();
        }
        ConfigValue found = context.proceed(name);
        if (found == null || !name.startsWith(PREFIX) || found.getValue() == null) {
            return found;
        }
        return found.getValue().isBlank() ? null : found.withValue(converted(name, found.getValue().strip()));
    }

    private static boolean isOff(ConfigSourceInterceptorContext context, String exporter) {
        ConfigValue found = context.proceed(exporter);
        return found != null && "none".equals(found.getValue());
    }

    private static String converted(String name, String value) {
        if (name.endsWith("_HEADERS")) {
            return decoded(value);
        }
        if (name.endsWith("_TIMEOUT") || name.endsWith("_DELAY")) {
            return value.matches("\\d+") ? value + "ms" : value;
        }
        if (name.endsWith("_PROTOCOL")) {
            return value.equals("grpc") ? value : "http/protobuf";
        }
        return name.endsWith("_ENDPOINT") ? value.replaceFirst("/v1/(traces|logs)/?$", "") : value;
    }

    private static String decoded(String headers) {
        return Arrays.stream(headers.split(",")).map(header -> {
            int value = header.indexOf('=') + 1;
            return header.substring(0, value) + decodedValue(header.substring(value));
        }).collect(Collectors.joining(","));
    }

    private static String decodedValue(String value) {
        try {
            // URLDecoder is for HTML forms and would turn a plus into a space, so the plus is encoded first. A comma is escaped
            // because it would start the next header.
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8).replace("\\", "\\\\").replace(",", "\\,");
        } catch (IllegalArgumentException notEncoded) {
            return value;
        }
    }
}
