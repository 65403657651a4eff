package org.debugshop.console.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.debugshop.console.store.Attributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusNamesTest {

    @ParameterizedTest
    @CsvSource({
            "http.server.request.duration, s, histogram, http_server_request_duration_seconds",
            "jvm.memory.used, By, gauge, jvm_memory_used_bytes",
            "jvm.memory.used_bytes, By, gauge, jvm_memory_used_bytes",
            "orders, {order}, counter, orders_total",
            "orders.total, '', counter, orders_total",
            "cpu.time, s, counter, cpu_time_seconds_total",
            "cpu.utilization, 1, gauge, cpu_utilization_ratio",
            "retries, 1, counter, retries_total",
            "network.io, By/s, gauge, network_io_bytes_per_second",
            "load, {thing}/min, gauge, load_per_minute",
            "battery, %, gauge, battery_percent",
            "drift, furlongs, gauge, drift_furlongs",
            "2xx--count, '', gauge, _2xx_count"})
    void shouldNameAMetricAsPrometheusDoes(String name, String unit, String type, String expected) {
        assertThat(PrometheusNames.metric(name, unit, type)).isEqualTo(expected);
    }

    @Test
    void shouldConvertAttributesToLabels() {
        assertThat(PrometheusNames.labels(Attributes.of("a.b", "1", "a-b", 2L, "9", "n", "", "none", "empty", null, "share", 3.0,
                "list", Arrays.asList("x", null, 1L))))
                .isEqualTo(Map.of("a_b", "1;2", "_9", "n", "empty", "", "share", "3.0", "list", "[\"x\",null,1]"));
    }
}
