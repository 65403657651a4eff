package org.debugshop.loadgenerator;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;

/**
 * The settings from the environment (docs/http.md, "load-generator").
 *
 * @param users the number of concurrent users, 1 to 10,000
 * @param delayBetweenUsers the delay between the end of one user's visit and the start of the next, zero to an hour
 * @param delayBetweenRequests the delay between the end of a user's action and the start of the same user's next one, zero to an
 *        hour
 * @param rate the requests per second of the open model, above zero and at most 10,000; empty for the closed model, with users and
 *        delays
 * @param members the share of the shop's users who have an account, 0 to 100 percent
 */
record LoadSettings(ProfileName profile, int users, Duration delayBetweenUsers, Duration delayBetweenRequests, Optional<Double> rate,
        int members) {

    static final int MAX_USERS = 10_000;
    private static final int MAX_RATE = 10_000;
    private static final int MAX_DELAY = 3_600;
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

    /** A profile, by its name in the environment, and its target. */
    enum ProfileName {
        SHOP("gateway", "GATEWAY_SERVICE", "load.generator"), INSTABOOK("instabook", "INSTABOOK_SERVICE", "load.generator.instabook");

        final String target;
        final String targetVariable;
        /** The prefix of the profile's metrics, in Micrometer's notation. */
        final String metrics;

        ProfileName(String target, String targetVariable, String metrics) {
            this.target = target;
            this.targetVariable = targetVariable;
            this.metrics = metrics;
        }

        private String variable() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads the settings.
     *
     * @param environment returns the value of a variable, empty if it is not set
     * @throws ConfigurationException if a value is invalid; the message has the variable's name, the allowed values and the value
     */
    static LoadSettings from(Function<String, Optional<String>> environment) {
        var profile = profile(environment.apply("LOAD_PROFILE").orElse("shop"));
        environment.apply(profile.targetVariable).ifPresent(url -> checkUrl(profile.targetVariable, url));
        return new LoadSettings(
                profile,
                (int) number(environment, "USERS", "1", "a whole number from 1 to " + MAX_USERS, BigDecimal.ONE, MAX_USERS, 0),
                seconds(environment, "DELAY_BETWEEN_USERS", "2.0"),
                seconds(environment, "DELAY_BETWEEN_REQUESTS", "3.0"),
                environment.apply("RATE")
                        .map(_ -> number(environment, "RATE", "", "a number of requests a second from 0.001 to " + MAX_RATE,
                                new BigDecimal("0.001"), MAX_RATE, Integer.MAX_VALUE)),
                (int) number(environment, "MEMBERS", "20", "a whole number of percent from 0 to 100", BigDecimal.ZERO, 100, 0));
    }

    /**
     * Returns the timeout of a request, above zero and up to ten minutes.
     *
     * @throws ConfigurationException if a value is invalid; see {@link #from}
     */
    static Duration timeout(Config config) {
        try {
            var timeout = config.getValue("shop.upstream.timeout", Duration.class);
            if (timeout.isPositive() && timeout.compareTo(MAX_TIMEOUT) <= 0) {
                return timeout;
            }
        } catch (IllegalArgumentException | DateTimeException notADuration) {
            // reported below, like other invalid values
        }
        throw wrong("UPSTREAM_TIMEOUT", "a duration above zero and up to ten minutes, for example 10s",
                config.getConfigValue("shop.upstream.timeout").getRawValue());
    }

    private static ProfileName profile(String text) {
        return Arrays.stream(ProfileName.values()).filter(profile -> profile.variable().equals(text)).findAny()
                .orElseThrow(() -> wrong("LOAD_PROFILE", Arrays.stream(ProfileName.values()).map(ProfileName::variable)
                        .collect(Collectors.joining(" or ")), text));
    }

    private static Duration seconds(Function<String, Optional<String>> environment, String variable, String otherwise) {
        var seconds = number(environment, variable, otherwise, "a number of seconds from 0 to " + MAX_DELAY, BigDecimal.ZERO, MAX_DELAY,
                Integer.MAX_VALUE);
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** Parses a number. The length is checked first, because {@code 1e999999999} is short to write but huge to compute with. */
    private static double number(Function<String, Optional<String>> environment, String variable, String otherwise,
            String expected, BigDecimal least, int most, int decimals) {
        var text = environment.apply(variable).orElse(otherwise).strip();
        try {
            var number = text.length() <= 32 ? new BigDecimal(text) : null;
            if (number != null && number.scale() <= decimals && number.compareTo(least) >= 0
                    && number.compareTo(BigDecimal.valueOf(most)) <= 0) {
                return number.doubleValue();
            }
        } catch (NumberFormatException notANumber) {
            // reported below, like other invalid values
        }
        throw wrong(variable, expected, text);
    }

    private static void checkUrl(String variable, String text) {
        try {
            var url = URI.create(text);
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null) {
                return;
            }
        } catch (IllegalArgumentException notAUrl) {
            // reported below, like other invalid values
        }
        throw wrong(variable, "a base URL like http://localhost:8080", text);
    }

    private static ConfigurationException wrong(String variable, String expected, String text) {
        var printable = text.length() <= 64 ? text : text.substring(0, 64) + "…";
        return new ConfigurationException("%s must be %s, but it is \"%s\".".formatted(variable, expected, printable));
    }
}
