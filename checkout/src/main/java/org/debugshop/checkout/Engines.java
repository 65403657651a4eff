package org.debugshop.checkout;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.data.Retention;
import org.debugshop.defaults.events.ConsumerLag;
import org.debugshop.defaults.events.DeadLetters;
import org.debugshop.defaults.events.Events;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Selects where orders are stored and announced, by {@code DATABASE_URL} and {@code KAFKA_BOOTSTRAP_SERVERS}. */
@Singleton
public class Engines {

    private final Optional<Database> database;
    private final boolean events;
    private Optional<DeadLetters> deadLetters = Optional.empty();

    Engines(Vertx vertx, @ConfigProperty(name = "shop.events.enabled") boolean events) {
        this.database = Database.Settings.ofEnvironment().map(settings -> new Database(vertx, settings));
        this.events = events;
    }

    @Produces
    @Singleton
    OrderStore orders(ObjectMapper json, OutboxRelay relay) {
        return database.<OrderStore>map(found -> new PostgresOrders(found, json, relay::wake)).orElseGet(() -> new MemoryOrders(json));
    }

    @Produces
    @Dependent
    Optional<Database> database() {
        return database;
    }

    void start(@Observes Startup event, OrderStore orders, OutboxRelay relay, Vertx vertx, MeterRegistry registry,
            KafkaClientService clients, @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        if (orders instanceof PostgresOrders kept) {
            Retention.start(vertx, database.orElseThrow(), kept::removeOlderThan);
        }
        if (database.isPresent() && events) {
            relay.start();
            Events.count(OrderPlaced.TOPIC, ReceiptsConsumer.GROUP);
            new ConsumerLag(vertx, registry,
                    question -> clients.<Object, Object>getConsumer(ReceiptsConsumer.CHANNEL).runOnPollingThread(question),
                    OrderPlaced.TOPIC, ReceiptsConsumer.GROUP);
            deadLetters = Optional.of(new DeadLetters(vertx, registry, kafka, OrderPlaced.TOPIC));
        }
    }

    void stop(@Observes Shutdown event) {
        deadLetters.ifPresent(DeadLetters::close);
        database.ifPresent(Database::close);
    }

    /** Down until the database has been migrated once, because no order can be taken before that. */
    @Produces
    @Readiness
    @Singleton
    HealthCheck prepared(OrderStore orders) {
        return () -> HealthCheckResponse.named("orders").status(orders.prepared()).build();
    }
}
