package org.debugshop.defaults.controls;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The settings of {@link Controls}, from the environment. */
@ConfigMapping(prefix = "shop.controls")
interface ControlSettings {

    /** The base URL of the console ({@code CONTROL_URL}); empty if there is none. */
    Optional<URI> url();

    /** The faults that are on from the start ({@code FAULTS}): {@code id[=strength],...} */
    Optional<String> faults();

    /** How long the last state holds after the stream was lost. */
    @WithDefault("30s")
    Duration lease();

    /** How long the console may be silent before the stream counts as lost. It sends something every five seconds. */
    @WithDefault("15s")
    Duration silence();

    /**
     * Reads {@code FAULTS}.
     *
     * @return the strength of each fault, in the order of the text; empty where none is given
     * @throws IllegalArgumentException if it has another form
     */
    static Map<String, OptionalDouble> parse(String faults) {
        var parsed = new LinkedHashMap<String, OptionalDouble>();
        for (var fault : faults.split(",")) {
            var parts = fault.strip().split("=", 2);
            if (parts[0].isEmpty() && parts.length == 1) {
                continue;
            }
            parsed.put(parts[0].strip(),
                    parts.length == 1 ? OptionalDouble.empty() : OptionalDouble.of(strength(parts[1].strip(), faults)));
        }
        return parsed;
    }

    private static double strength(String text, String faults) {
        try {
            var strength = Double.parseDouble(text);
            if (strength > 0 && strength < Double.POSITIVE_INFINITY) {
                return strength;
            }
        } catch (NumberFormatException notANumber) {
            // reported below
        }
        throw new IllegalArgumentException("FAULTS must be id[=strength],... with a positive strength, not " + faults);
    }
}
