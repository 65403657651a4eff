package org.debugshop.defaults.events;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Sets what channels need and no expression can say: {@code shop.events.enabled} is whether a Kafka is configured. A process that
 * intercepts the events of a key ({@code INTERCEPT_KEY}) has consumer groups of its own, whose names end with
 * {@code shop.events.group-suffix}, and starts at the newest record ({@code shop.events.start}).
 */
public final class KafkaSwitch implements ConfigSourceFactory {

    /** Above the values that Quarkus recorded at build time, when there was no Kafka, and below those that users set. */
    private static final int ORDINAL = 90;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        var key = value(context, "INTERCEPT_KEY");
        return List.of(new PropertiesConfigSource(Map.of(
                "shop.events.enabled", Boolean.toString(value(context, "KAFKA_BOOTSTRAP_SERVERS").isPresent()),
                "shop.events.group-suffix", key.map(name -> "-" + name).orElse(""),
                "shop.events.start", key.isPresent() ? "latest" : "earliest"), "engines", ORDINAL));
    }

    private static Optional<String> value(ConfigSourceContext context, String variable) {
        return Optional.ofNullable(context.getValue(variable).getValue()).filter(text -> !text.isBlank());
    }
}
