package org.debugshop.payments;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.data.Retention;
import org.debugshop.defaults.events.Outbox;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Provides the database, which payments require, and the outbox by which they are announced. */
@Singleton
public class Engines {

    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final Database database;
    private final Outbox outbox;
    /** Not a number while the database does not answer. */
    private volatile double paidTwice = Double.NaN;

    /** @param emitter resolved only if there is a Kafka */
    Engines(Vertx vertx, @Channel(PaymentCompleted.CHANNEL) Instance<MutinyEmitter<String>> emitter) {
        this.database = new Database(vertx, Database.Settings.ofEnvironment()
                .orElseThrow(() -> new IllegalStateException("DATABASE_URL is missing: payments are stored only in PostgreSQL")));
        this.outbox = new Outbox(vertx, database, PaymentCompleted.TOPIC,
                (key, event, headers) -> emitter.get().sendMessage(Message.of(event)
                        .addMetadata(OutgoingKafkaRecordMetadata.builder().withKey(key).withHeaders(headers).build())));
    }

    @Produces
    @Singleton
    Database database() {
        return database;
    }

    @Produces
    @Singleton
    Outbox outbox() {
        return outbox;
    }

    void start(@Observes Startup event, PaymentStore store, Vertx vertx, MeterRegistry registry,
            @ConfigProperty(name = "shop.events.enabled") boolean events) {
        Gauge.builder("shop.orders.paid.twice", this, engines -> engines.paidTwice)
                .description("Orders with more than one payment of the last hour").strongReference(true).register(registry);
        vertx.setPeriodic(PERIOD.toMillis(),
                _ -> store.paidTwice().subscribe().with(count -> paidTwice = count, away -> paidTwice = Double.NaN));
        Retention.start(vertx, database, store::removeOlderThan);
        if (events) {
            outbox.start(registry);
        }
    }

    void stop(@Observes Shutdown event) {
        database.close();
    }

    /** Down until the database has been migrated once, because no payment can be taken before that. */
    @Produces
    @Readiness
    @Singleton
    HealthCheck prepared() {
        return () -> HealthCheckResponse.named("payments").status(database.prepared()).build();
    }
}
