package org.debugshop.loadgenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadSettingsTest {

    @Test
    void shouldUseTheDocumentedDefaults() {
        assertThat(settings(Map.of())).isEqualTo(new LoadSettings(
                LoadSettings.ProfileName.SHOP, 1, Duration.ofSeconds(2), Duration.ofSeconds(3), Optional.empty(), 20));
    }

    @Test
    void shouldReadTheEnvironment() {
        assertThat(settings(Map.of("LOAD_PROFILE", "instabook", "USERS", "10000", "DELAY_BETWEEN_USERS", "0.25",
                "DELAY_BETWEEN_REQUESTS", "0", "RATE", "12.5", "MEMBERS", "0"))).isEqualTo(new LoadSettings(
                        LoadSettings.ProfileName.INSTABOOK, 10_000, Duration.ofMillis(250), Duration.ZERO, Optional.of(12.5), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Shop", "both", "shop instabook"})
    void shouldRefuseAnUnknownProfile(String profile) {
        refuses("LOAD_PROFILE", profile, "LOAD_PROFILE must be shop or instabook, but it is \"" + profile + "\".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "10001", "many", "NaN", "1e999999999", "1e-999999999", "0x10"})
    void shouldRefuseInvalidNumbersOfUsers(String users) {
        refuses("USERS", users, "USERS must be a whole number from 1 to 10000, but it is \"" + users + "\".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0.5", "101", "20%", "none"})
    void shouldRefuseInvalidSharesOfMembers(String members) {
        refuses("MEMBERS", members, "MEMBERS must be a whole number of percent from 0 to 100, but it is \"" + members + "\".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0.1", "3600.1", "NaN", "Infinity", "1e999999999", "2s", "2d", " "})
    void shouldRefuseInvalidDelays(String delay) {
        refuses("DELAY_BETWEEN_USERS", delay,
                "DELAY_BETWEEN_USERS must be a number of seconds from 0 to 3600, but it is \"" + delay.strip() + "\".");
        refuses("DELAY_BETWEEN_REQUESTS", delay,
                "DELAY_BETWEEN_REQUESTS must be a number of seconds from 0 to 3600, but it is \"" + delay.strip() + "\".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "10000.1", "NaN", "fast", "0.0001"})
    void shouldRefuseInvalidRates(String rate) {
        refuses("RATE", rate, "RATE must be a number of requests a second from 0.001 to 10000, but it is \"" + rate + "\".");
    }

    @ParameterizedTest
    @CsvSource({"shop,GATEWAY_SERVICE", "instabook,INSTABOOK_SERVICE"})
    void shouldRefuseATargetThatIsNotAUrl(String profile, String variable) {
        for (var url : new String[]{"gateway:8080", "ftp://gateway", "http://", "http:///products", "not a url"}) {
            assertThatThrownBy(() -> settings(Map.of("LOAD_PROFILE", profile, variable, url)))
                    .hasMessage(variable + " must be a base URL like http://localhost:8080, but it is \"" + url + "\".");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "-1s", "601s", "soon", "1e9", "99999999999999999999s"})
    void shouldRefuseATimeoutThatIsZeroOrTooLong(String timeout) {
        var config = new SmallRyeConfigBuilder().withConverter(Duration.class, 200, new DurationConverter())
                .withDefaultValue("shop.upstream.timeout", timeout).build();
        assertThatThrownBy(() -> LoadSettings.timeout(config)).isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "UPSTREAM_TIMEOUT must be a duration above zero and up to ten minutes, for example 10s, but it is \"" + timeout
                                + "\".");
    }

    @Test
    void shouldCutALongValueInTheMessage() {
        assertThatThrownBy(() -> settings(Map.of("USERS", "9".repeat(100_000))))
                .hasMessage("USERS must be a whole number from 1 to 10000, but it is \"" + "9".repeat(64) + "…\".");
    }

    private static void refuses(String variable, String value, String sentence) {
        assertThatThrownBy(() -> settings(Map.of(variable, value))).isInstanceOf(ConfigurationException.class).hasMessage(sentence);
    }

    private static LoadSettings settings(Map<String, String> environment) {
        return LoadSettings.from(variable -> Optional.ofNullable(environment.get(variable)));
    }
}
