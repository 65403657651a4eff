package org.debugshop.console.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.debugshop.console.scrape.PrometheusText.MalformedException;
import org.debugshop.console.store.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusTextTest {

    @Test
    void shouldReadThePrometheusFormat() throws MalformedException {
        var samples = PrometheusText.parse("""
                # HELP http_requests_total The total.
                # TYPE http_requests_total counter
                http_requests_total{method="post",code="200",} 1027 1395066363000

                escaped{path="C:\\\\DIR \\"x\\"\\n",empty=""} 1.458255915e9
                without_labels 12.47
                  padded  {  a = "b" , c="d" }   -Inf
                weird:name{} +Inf
                nothing NaN""".replace("  padded  {", "  padded{")).samples();

        assertThat(samples).extracting(Sample::name)
                .containsExactly("http_requests_total", "escaped", "without_labels", "padded", "weird:name", "nothing");
        assertThat(samples).extracting(Sample::value)
                .containsExactly(1027.0, 1.458255915e9, 12.47, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NaN);
        assertThat(samples.get(0).labels()).containsExactly("method", "post", "code", "200");
        assertThat(samples.get(0).series()).isEqualTo("http_requests_total{method=\"post\",code=\"200\",}");
        assertThat(samples.get(1).labels()).containsExactly("path", "C:\\DIR \"x\"\n", "empty", "");
    }

    @Test
    void shouldReadOpenMetricsWithExemplars() throws MalformedException {
        var samples = PrometheusText.parse("""
                # TYPE foo histogram
                foo_bucket{le="0.1"} 8 # {} 0.054
                foo_bucket{le="1"} 11 # {trace_id="4bf92f3577b34da6a3ce929d0e0e4736",span_id="1"} 0.67 1520879607.789
                foo_bucket{le="+Inf"} 17 1520879607.789 # {trace_id="00f067aa0ba902b7"} 9.8
                # EOF
                """).samples();

        assertThat(samples.get(0).exemplar()).isEmpty();
        assertThat(samples.get(1).exemplar()).hasValue(new Sample.Exemplar("4bf92f3577b34da6a3ce929d0e0e4736", "1", 0.67, 1520879607.789));
        assertThat(samples.get(2).exemplar()).hasValue(new Sample.Exemplar("00f067aa0ba902b7", "", 9.8, Double.NaN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "a", "a b", "1a 2", "a{b} 1", "a{b=c} 1", "a{b=\"c} 1", "a{b=\"c\"", "a{b=\"\\x\"} 1", "a 1f",
            "a 0x1p3", "a Infinity",
            "a 1 2 3", "a 1\r", "a 1 # 2", "a 1 # {b=\"c\"}", "{b=\"c\"} 1", "a{b=\"c\" d=\"e\"} 1", "a 1e", "a --1", "a{=\"c\"} 1"})
    void shouldRefuseTheWholeScrapeForOneInvalidLine(String line) {
        assertThatThrownBy(() -> PrometheusText.parse("good 1\n" + line + "\n")).isInstanceOf(MalformedException.class)
                .hasMessageStartingWith("line 2: ");
    }
}
