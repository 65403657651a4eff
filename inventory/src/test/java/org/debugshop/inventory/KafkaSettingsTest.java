package org.debugshop.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Most channel settings are in service-defaults. A client gets them before it connects, so this test needs no broker. */
@QuarkusTest
@Tag("nightly")
@TestProfile(KafkaSettingsTest.WithoutABroker.class)
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
    void shouldReadOrdersFromTheBeginningAndFindNewPartitionsInSeconds() {
        assertThat(text(clients.getConsumer("sales").configuration()))
                .containsEntry("group.id", "inventory")
                .containsEntry("auto.offset.reset", "earliest")
                .containsEntry("auto.commit.interval.ms", "1000")
                .containsEntry("max.poll.records", "100")
                .containsEntry("fetch.max.bytes", "1048576")
                .containsEntry("max.partition.fetch.bytes", "1048576")
                .containsEntry("session.timeout.ms", "6000")
                .containsEntry("heartbeat.interval.ms", "2000")
                .containsEntry("metadata.max.age.ms", "2000")
                .containsEntry("reconnect.backoff.max.ms", "500");
    }

    /** Converts the settings to text: a setting may be a text or a number. */
    private static Map<String, String> text(Map<String, ?> configuration) {
        var text = new TreeMap<String, String>();
        configuration.forEach((name, value) -> text.put(name, String.valueOf(value)));
        return text;
    }
}
