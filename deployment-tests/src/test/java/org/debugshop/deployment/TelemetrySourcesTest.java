package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Compares the attributes in the sources of all modules with those that {@code docs/telemetry.md} lists, in both directions.
 * {@code TelemetryIT} compares the telemetry of a running system with the same page.
 */
class TelemetrySourcesTest {

    private static final Pattern ATTRIBUTE_KEY = Pattern.compile("AttributeKey\\s*\\.\\s*(?:<\\w+>)?(\\w+)Key\\(\\s*\"(shop\\.[^\"]*)\"");
    private static final Pattern ANY_ATTRIBUTE = Pattern.compile("(?:setAttribute|MDC\\.put)\\(\\s*\"(shop\\.[^\"]*)\"");

    /** A row of the page, such as {@code | `shop.order.id` | string | checkout | ... |}. */
    private static final Pattern ROW = Pattern.compile("\\| `(shop\\.[^`]+)` *\\| *(\\w+) *\\|.*");

    @Test
    void shouldListExactlyTheAttributesOfTheSourcesWithTheirTypes() throws IOException {
        var declared = new TreeMap<String, String>();
        sources().forEach((file, source) -> ATTRIBUTE_KEY.matcher(source).results().forEach(key -> {
            var before = declared.put(key.group(2), key.group(1));
            assertThat(before).as("%s has one type everywhere, also in %s", key.group(2), file).isIn(null, key.group(1));
        }));

        assertThat(declared).isNotEmpty().isEqualTo(listed());
    }

    @Test
    void shouldDeclareAttributesAsConstantsOfTheirType() {
        assertThat(sources()).allSatisfy((file, source) -> assertThat(source).doesNotContainPattern(ANY_ATTRIBUTE));
    }

    /** Returns the type of each attribute on the page, by name. */
    private static Map<String, String> listed() throws IOException {
        var attributes = new TreeMap<String, String>();
        for (var line : Files.readAllLines(Chart.CHECKOUT.resolve("docs/telemetry.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                attributes.put(row.group(1), row.group(2));
            }
        }
        return attributes;
    }

    private static Map<Path, String> sources() {
        var checkout = Chart.CHECKOUT;
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
