package org.debugshop.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A client gets its settings before it connects, so this test needs no broker. */
@QuarkusTest
@Tag("nightly")
@TestProfile(KafkaSettingsTest.WithoutABroker.class)
@QuarkusTestResource(Postgres.class)
class KafkaSettingsTest {

    public static class WithoutABroker implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("KAFKA_BOOTSTRAP_SERVERS", "localhost:1");
        }
    }

    @Inject
    KafkaClientService clients;

    @Test
    void shouldGiveUpSendingBeforeTheOutboxDoes() {
        var settings = new TreeMap<String, String>();
        clients.getProducer("payments-completed").configuration().forEach((name, value) -> settings.put(name, String.valueOf(value)));

        assertThat(settings)
                .containsEntry("acks", "all")
                .containsEntry("retries", "0")
                .containsEntry("delivery.timeout.ms", "2000")
                .containsEntry("metadata.max.age.ms", "300000")
                .containsEntry("reconnect.backoff.max.ms", "500");
    }
}
