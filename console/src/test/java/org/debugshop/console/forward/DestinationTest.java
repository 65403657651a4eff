package org.debugshop.console.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {

    @ParameterizedTest
    @CsvSource({
            "http://localhost:4318, http://localhost:4318/v1/traces",
            "http://localhost:4318/, http://localhost:4318/v1/traces",
            "HTTPS://otlp.example.com, https://otlp.example.com/v1/traces",
            "https://example.com/otlp/, https://example.com/otlp/v1/traces",
            "https://example.com/a%20b//, https://example.com/a%20b/v1/traces",
            "http://[::1]:14318, http://[::1]:14318/v1/traces"})
    void shouldAppendThePathOfTheSignal(String endpoint, String url) {
        assertThat(Destination.parse(endpoint, "").of("/v1/traces")).hasToString(url);
    }

    @Test
    void shouldDecodeHeadersAndKeepAPlus() {
        var headers = Destination.parse("http://localhost:4318", " api-key = a%2Cb%3D%25 ,,Authorization=Basic YTpi+/=, x-empty=")
                .headers();

        assertThat(headers).isEqualTo(Map.of("api-key", "a,b=%", "Authorization", "Basic YTpi+/=", "x-empty", ""));
    }

    @Test
    void shouldTurnUserAndPasswordIntoAHeader() {
        var destination = Destination.parse("https://me:p%40ss@example.com/otlp", "");

        assertThat(destination.headers()).containsEntry("authorization", "Basic bWU6cEBzcw==");
        assertThat(destination).hasToString("https://example.com/otlp");
        assertThat(Destination.parse("https://me:pass@example.com", "authorization=Bearer 1").headers())
                .isEqualTo(Map.of("authorization", "Bearer 1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:4318", "http:///v1", "ftp://localhost", "http://a b", "http://localhost:4318/?a=b",
            "http://localhost#x", "http://u:secret@ho st"})
    void shouldRefuseAnInvalidEndpointWithoutRepeatingIt(String endpoint) {
        assertThatThrownBy(() -> Destination.parse(endpoint, "")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("FORWARD_OTLP_ENDPOINT ").hasNoCause().hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "=secret", "a b=secret", "a=secret%", "a=secret%0d%0ab: c", "a=1,secret", "content-length=secret",
            "a=secret%C3%A4"})
    void shouldRefuseInvalidHeadersWithoutRepeatingThem(String headers) {
        assertThatThrownBy(() -> Destination.parse("http://localhost:4318", headers)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("FORWARD_OTLP_HEADERS ").hasNoCause().hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
            "http://localhost:4318, true",
            "http://127.0.0.1:4318/somewhere, true",
            "http://[::1]:4318, true",
            "http://0.0.0.0:4318, true",
            "http://localhost:14318, false",
            "http://192.0.2.1:4318, false"})
    void shouldRecogniseTheConsoleItself(String endpoint, boolean here) {
        assertThat(Destination.parse(endpoint, "").isHere(4318)).isEqualTo(here);
    }
}
