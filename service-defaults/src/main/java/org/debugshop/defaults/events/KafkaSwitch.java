package org.debugshop.defaults.events;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Sets {@code shop.events.enabled} to whether a Kafka is configured, because channels need a boolean to be enabled or disabled. */
public final class KafkaSwitch implements ConfigSourceFactory {

    /** Above the values that Quarkus recorded at build time, when there was no Kafka, and below those that users set. */
    private static final int ORDINAL = 90;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        var broker = Optional.ofNullable(context.getValue("KAFKA_BOOTSTRAP_SERVERS").getValue()).filter(address -> !address.isBlank());
        return List.of(new PropertiesConfigSource(Map.of("shop.events.enabled", Boolean.toString(broker.isPresent())), "engines", ORDINAL));
    }
}
