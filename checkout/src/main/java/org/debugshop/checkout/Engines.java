package org.debugshop.checkout;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.data.Retention;
import org.debugshop.defaults.events.Backlog;
import org.debugshop.defaults.events.Events;
import org.debugshop.defaults.events.InterceptedEvents;
import org.debugshop.defaults.events.Outbox;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Selects where orders are stored and announced, by {@code DATABASE_URL} and {@code KAFKA_BOOTSTRAP_SERVERS}. */
@Singleton
public class Engines {

    private final Optional<Database> database;
    private final Optional<Outbox> outbox;
    private final boolean events;
    private final InterceptedEvents intercepted;
    private Optional<Backlog> backlog = Optional.empty();

    Engines(Vertx vertx, OrderTopic topic, @ConfigProperty(name = "shop.events.enabled") boolean events) {
        this.database = Database.Settings.ofEnvironment().map(settings -> new Database(vertx, settings));
        this.outbox = database.map(found -> new Outbox(vertx, found, OrderPlaced.TOPIC, topic::send));
        this.events = events;
        this.intercepted = new InterceptedEvents(vertx, database);
    }

    @Produces
    @Singleton
    InterceptedEvents intercepted() {
        return intercepted;
    }

    /** Returns the database; empty if orders are in memory. */
    Optional<Database> database() {
        return database;
    }

    @Produces
    @Singleton
    OrderStore orders(ObjectMapper json, Faults faults) {
        return database.<OrderStore>map(found -> new PostgresOrders(found, json, outbox.orElseThrow()::wake, faults.newContract()::isOn))
                .orElseGet(() -> new MemoryOrders(json));
    }

    void start(@Observes Startup event, OrderStore orders, ObjectMapper json, Faults faults, Vertx vertx, MeterRegistry registry,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        if (orders instanceof PostgresOrders kept) {
            Retention.start(vertx, database.orElseThrow(), kept::removeOlderThan);
            Runnable onEnded = events ? new ReplacedDeadLetters(kafka, json)::mark : () -> {};
            faults.newContract().with(new Reannouncement(database.orElseThrow(), json, outbox.orElseThrow()::wake, onEnded));
        }
        if (outbox.isPresent() && events) {
            outbox.get().start(registry);
            intercepted.start(kafka);
            backlog = Optional.of(new Backlog(vertx, kafka));
            consume(OrderPlaced.TOPIC, ReceiptsConsumer.GROUP, registry);
            consume(PaymentCompleted.TOPIC, PaymentsConsumer.GROUP, registry);
        }
    }

    private void consume(String topic, String group, MeterRegistry registry) {
        Events.count(topic, group);
        backlog.orElseThrow().measure(topic, group, registry);
    }

    void stop(@Observes Shutdown event) {
        backlog.ifPresent(Backlog::close);
        intercepted.close();
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
