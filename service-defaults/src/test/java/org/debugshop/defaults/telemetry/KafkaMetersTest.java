package org.debugshop.defaults.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilterReply;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaMetersTest {

    @ParameterizedTest
    @CsvSource({"kafka.consumer.fetch.manager.records.lag, NEUTRAL", "kafka.producer.record.error.total, NEUTRAL",
            "kafka.consumer.fetch.manager.records.lag.avg, DENY", "kafka.producer.node.request.total, DENY",
            "kafka.app.info.start.time.ms, DENY",
            "http.server.requests, NEUTRAL"})
    void shouldKeepWhatTellsWhetherEventsFlow(String name, MeterFilterReply reply) {
        assertThat(new KafkaMeters().kafkaClients().accept(new Meter.Id(name, Tags.empty(), null, null, Meter.Type.GAUGE)))
                .isEqualTo(reply);
    }
}
