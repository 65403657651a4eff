package org.debugshop.defaults.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilterReply;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestHistogramsTest {

    @ParameterizedTest
    @CsvSource({"http.client.requests, /controls, DENY", "http.client.requests, /controls/payments/one, DENY",
            "http.client.requests, /order/{id}, NEUTRAL", "http.client.requests, , NEUTRAL", "http.server.requests, /controls, NEUTRAL"})
    void shouldLeaveOutTheRequestsThatWouldShowWhenAFaultIsSwitched(String name, String uri, MeterFilterReply reply) {
        var tags = uri == null ? Tags.empty() : Tags.of("uri", uri);
        var id = new Meter.Id(name, tags, null, null, Meter.Type.TIMER);
        assertThat(new RequestHistograms().noControls().accept(id)).isEqualTo(reply);
    }
}
