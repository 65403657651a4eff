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
 * Decodes the values in {@code OTEL_EXPORTER_OTLP_HEADERS}. The OpenTelemetry specification has them percent-encoded, but Quarkus
 * would send them without decoding. Other values don't change.
 *
 * <p>The priority is below that of expressions, so that {@code ${OTEL_EXPORTER_OTLP_HEADERS}} resolves to the decoded values.
 */
@Priority(100)
public final class OtlpHeaders implements ConfigSourceInterceptor {

    private static final long serialVersionUID = 1;
    private static final String VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS";

    @Override
    public ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue found = context.proceed(name);
        return found == null || !name.equals(VARIABLE) || found.getValue() == null ? found : found.withValue(decoded(found.getValue()));
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
