package org.debugshop.defaults.events;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Says in {@code shop.events.enabled} whether there is a Kafka: channels are switched on and off by a word, not by an address. */
public final class KafkaSwitch implements ConfigSourceFactory {

    /** Above what Quarkus has noted at build time, when there was no Kafka, and below what people set. */
    private static final int ORDINAL = 90;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        var broker = Optional.ofNullable(context.getValue("KAFKA_BOOTSTRAP_SERVERS").getValue()).filter(address -> !address.isBlank());
        return List.of(new PropertiesConfigSource(Map.of("shop.events.enabled", Boolean.toString(broker.isPresent())), "engines", ORDINAL));
    }
}
