package org.debugshop.checkout;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.smallrye.reactive.messaging.memory.InMemoryConnector;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** A real PostgreSQL, and a topic in memory: what is sent to it is not consumed. */
public class Postgres implements QuarkusTestResourceLifecycleManager {

    static EmbeddedPostgres engine;

    @Override
    public Map<String, String> start() {
        try {
            engine = EmbeddedPostgres.start();
            var settings = new HashMap<>(Map.of("shop.database.url", "postgresql://localhost:" + engine.getPort() + "/postgres",
                    "shop.database.user", "postgres", "shop.database.password", "postgres", "KAFKA_BOOTSTRAP_SERVERS", "localhost:1"));
            settings.putAll(InMemoryConnector.switchOutgoingChannelsToInMemory(OrderPlaced.CHANNEL));
            settings.putAll(InMemoryConnector.switchIncomingChannelsToInMemory(ReceiptsConsumer.CHANNEL, PaymentsConsumer.CHANNEL));
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        InMemoryConnector.clear();
        try {
            engine.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
