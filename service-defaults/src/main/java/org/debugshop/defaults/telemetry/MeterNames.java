package org.debugshop.defaults.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** Completes names, labels and descriptions of the libraries' meters. {@link OpenMetrics} does the same for what they expose. */
final class MeterNames {

    private static final Map<String, String> DESCRIPTIONS = Map.of(
            "http.server.active.requests", "Requests that have no answer yet",
            "http.client.requests", "Requests to other services, from sending to the end of the answer");
    private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z])[A-Z]");

    @Produces
    @Singleton
    MeterFilter names() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                String name = name(id);
                List<Tag> tags = id.getTags().stream().map(tag -> Tag.of(snakeCase(tag.getKey()), tag.getValue())).toList();
                String description = id.getDescription() == null ? DESCRIPTIONS.get(name) : id.getDescription();
                return name.equals(id.getName()) && tags.equals(id.getTags()) && Objects.equals(description, id.getDescription())
                        ? id
                        : new Meter.Id(name, Tags.of(tags), id.getBaseUnit(), description, id.getType());
            }
        };
    }

    /** The framework begins the names of clients without a name with a dot: {@code .current} becomes {@code sql.client.current}. */
    private static String name(Meter.Id id) {
        String type = id.getTag("clientType") == null ? id.getTag("client_type") : id.getTag("clientType");
        return id.getName().startsWith(".") ? Objects.requireNonNullElse(type, "other") + ".client" + id.getName() : id.getName();
    }

    private static String snakeCase(String label) {
        return CAPITAL.matcher(label).replaceAll(capital -> "_" + Character.toLowerCase(capital.group().charAt(0)));
    }
}
