package org.debugshop.defaults.telemetry;

import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * Keeps the meters of Kafka's clients that tell whether events are sent and read, and how long that takes. The clients have some hundred
 * more: the same as rates, by broker, and of transactions and log-ins, which nobody uses here. They were three quarters of the series of a
 * service, and most of the work of a scrape.
 */
final class KafkaMeters {

    private static final String CONSUMER = "kafka.consumer.";
    private static final String PRODUCER = "kafka.producer.";

    private static final Set<String> KEPT = Set.of(
            CONSUMER + "coordinator.assigned.partitions",
            CONSUMER + "coordinator.commit.latency.avg",
            CONSUMER + "coordinator.failed.rebalance.total",
            CONSUMER + "coordinator.rebalance.total",
            CONSUMER + "fetch.manager.fetch.latency.avg",
            CONSUMER + "fetch.manager.records.consumed.total",
            CONSUMER + "fetch.manager.records.lag",
            CONSUMER + "last.poll.seconds.ago",
            CONSUMER + "time.between.poll.max",
            PRODUCER + "buffer.available.bytes",
            PRODUCER + "record.error.total",
            PRODUCER + "record.queue.time.avg",
            PRODUCER + "record.retry.total",
            PRODUCER + "record.send.total",
            PRODUCER + "request.latency.avg",
            PRODUCER + "requests.in.flight");

    @Produces
    @Singleton
    MeterFilter kafkaClients() {
        return MeterFilter.deny(id -> id.getName().startsWith("kafka.") && !KEPT.contains(id.getName()));
    }
}
