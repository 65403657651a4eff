package org.debugshop.inventory;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.data.Retention;
import org.debugshop.defaults.events.Backlog;
import org.debugshop.defaults.events.Events;
import org.debugshop.defaults.events.InterceptedEvents;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Provides the database, which the stock requires, and runs the periodic work. */
@Singleton
public class Engines {

    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final Database database;
    private final InterceptedEvents intercepted;
    private Optional<Backlog> backlog = Optional.empty();
    private final Map<String, AtomicInteger> available = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> reserved = new ConcurrentHashMap<>();

    Engines(Vertx vertx) {
        this.database = new Database(vertx, Database.Settings.ofEnvironment()
                .orElseThrow(() -> new IllegalStateException("DATABASE_URL is missing: the stock is stored only in PostgreSQL")));
        this.intercepted = new InterceptedEvents(vertx, Optional.of(database));
    }

    @Produces
    @Singleton
    InterceptedEvents intercepted() {
        return intercepted;
    }

    @Produces
    @Singleton
    Database database() {
        return database;
    }

    void start(@Observes Startup event, Warehouse warehouse, Expiry expiry, Vertx vertx, MeterRegistry registry,
            @Identifier("default-kafka-broker") Map<String, Object> kafka, @ConfigProperty(name = "shop.events.enabled") boolean events) {
        vertx.setPeriodic(PERIOD.toMillis(), _ -> lookAfter(warehouse, expiry, registry));
        Retention.start(vertx, database, warehouse::removeOlderThan);
        if (events) {
            intercepted.start(kafka);
            Events.count(SalesConsumer.TOPIC, SalesConsumer.GROUP);
            backlog = Optional.of(new Backlog(vertx, kafka));
            backlog.get().measure(SalesConsumer.TOPIC, SalesConsumer.GROUP, registry);
        }
    }

    private void lookAfter(Warehouse warehouse, Expiry expiry, MeterRegistry registry) {
        if (!warehouse.prepared()) {
            return;
        }
        expiry.run().invoke(count -> {
            if (count > 0) {
                Log.infof("%d reservations expired", count);
            }
        }).chain(warehouse::all).onFailure().recoverWithUni(away -> Uni.createFrom().nothing()).subscribe()
                .with(stocks -> stocks.forEach(stock -> {
                    gauge(available, "shop.stock.available", "Pieces that can be bought", stock.productId(), registry)
                            .set(stock.available());
                    gauge(reserved, "shop.stock.reserved", "Pieces that are reserved and not sold yet", stock.productId(), registry)
                            .set(stock.reserved());
                }));
    }

    private static AtomicInteger gauge(Map<String, AtomicInteger> values, String name, String description, String productId,
            MeterRegistry registry) {
        return values.computeIfAbsent(productId, id -> {
            var value = new AtomicInteger();
            Gauge.builder(name, value, AtomicInteger::get).description(description).tag("product_id", id).strongReference(true)
                    .register(registry);
            return value;
        });
    }

    void stop(@Observes Shutdown event) {
        backlog.ifPresent(Backlog::close);
        intercepted.close();
        database.close();
    }

    /** Down until the database has been migrated once, because there is no stock before that. */
    @Produces
    @Readiness
    @Singleton
    HealthCheck prepared() {
        return () -> HealthCheckResponse.named("stock").status(database.prepared()).build();
    }
}
