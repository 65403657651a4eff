package org.debugshop.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.inject.Inject;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A copy that intercepts the events of a key must not take the partitions of the usual copies. */
@QuarkusTest
@Tag("nightly")
@TestProfile(KafkaSettingsOfAnInterceptTest.OfAnn.class)
class KafkaSettingsOfAnInterceptTest {

    public static class OfAnn implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("KAFKA_BOOTSTRAP_SERVERS", "localhost:1", "INTERCEPT_KEY", "ann");
        }
    }

    @Inject
    KafkaClientService clients;

    @ParameterizedTest
    @CsvSource({"receipts, receipts-ann", "payments, checkout-payments-ann"})
    void shouldReadTheNewestRecordsInAGroupOfItsOwn(String channel, String group) {
        var settings = clients.getConsumer(channel).configuration();
        assertThat(String.valueOf(settings.get("group.id"))).isEqualTo(group);
        assertThat(String.valueOf(settings.get("auto.offset.reset"))).isEqualTo("latest");
    }
}
