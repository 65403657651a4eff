package org.debugshop.launcher.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogLineTest {

    @Test
    void shouldFormatJsonLinesForReadersAndShowOtherLinesAsTheyAre() {
        var line = LogLine.parse("""
                {"timestamp":"2026-05-01T10:00:00.123Z","level":"WARN","service_name":"checkout","trace_id":"4bf9","span_id":"00f0",\
                "message":"order refused","shop.order.id":"17","empty":"","none":null}""");

        assertThat(line.plain()).matches("\\d\\d:\\d\\d:00.123 WARN  order refused  shop.order.id=17  trace=4bf9");
        assertThat(LogLine.parse("{not json").plain()).isEqualTo("{not json");
        assertThat(LogLine.parse("java.lang.OutOfMemoryError").plain()).isEqualTo("java.lang.OutOfMemoryError");
        assertThat(LogLine.parse("{\"timestamp\":\"yesterday\",\"message\":\"m\"}").plain()).isEqualTo("m");
    }
}
