package org.debugshop.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the code against {@code docs/telemetry.md}, in both directions. It reads sources only; nothing runs. */
class TelemetrySourcesIT {

    private static final Pattern ATTRIBUTE_KEY = Pattern.compile("AttributeKey\\s*\\.\\s*(?:<\\w+>)?(\\w+)Key\\(\\s*\"(shop\\.[^\"]*)\"");
    private static final Pattern ANY_ATTRIBUTE = Pattern.compile("(?:setAttribute|MDC\\.put)\\(\\s*\"(shop\\.[^\"]*)\"");

    @Test
    void shouldListEveryAttributeOfTheSourcesWithItsTypeAndNoOther() {
        var declared = new TreeMap<String, String>();
        sources().forEach((file, source) -> ATTRIBUTE_KEY.matcher(source).results().forEach(key -> {
            var before = declared.put(key.group(2), key.group(1));
            assertThat(before).as("%s has one type everywhere, also in %s", key.group(2), file).isIn(null, key.group(1));
        }));

        assertThat(declared).isNotEmpty().isEqualTo(TelemetryPage.read().attributes());
    }

    @Test
    void shouldDeclareAttributesAsKeysSoThatTheyCanBeFound() {
        assertThat(sources()).allSatisfy((file, source) -> assertThat(source).doesNotContainPattern(ANY_ATTRIBUTE));
    }

    private static TreeMap<Path, String> sources() {
        var checkout = Shop.thisCheckout();
        var sources = new TreeMap<Path, String>();
        try (var modules = Files.newDirectoryStream(checkout, module -> Files.isDirectory(module.resolve("src/main/java")))) {
            for (var module : modules) {
                try (var files = Files.walk(module.resolve("src/main/java"))) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .forEach(file -> sources.put(checkout.relativize(file), text(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
