package org.debugshop.checkout;

import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import org.apache.kafka.common.header.Headers;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;

/** The Kafka topic {@code orders}, if there is a Kafka. */
@Singleton
class OrderTopic {

    private final Instance<MutinyEmitter<String>> emitter;
    private final boolean exists;

    /** @param emitter resolved only if there is a Kafka */
    OrderTopic(@Channel(OrderPlaced.CHANNEL) Instance<MutinyEmitter<String>> emitter,
            @ConfigProperty(name = "shop.events.enabled") boolean exists) {
        this.emitter = emitter;
        this.exists = exists;
    }

    /** Sends a record. The result completes when Kafka has it. */
    Uni<Void> send(String key, String value, Headers headers) {
        return exists
                ? emitter.get().sendMessage(Message.of(value)
                        .addMetadata(OutgoingKafkaRecordMetadata.builder().withKey(key).withHeaders(headers).build()))
                : Uni.createFrom().failure(new IllegalStateException("There is no Kafka"));
    }
}
