package org.debugshop.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class PackagesTest {

    /** The packages from the top layer to the bottom. */
    static final List<String> PACKAGES = List.of("cli", "build", "supervise", "console", "instance", "os", "topology", "terminal");

    private static final Path SOURCES = Path.of(System.getProperty("basedir", ""), "src/main/java/org/debugshop/launcher");
    private static final Pattern IMPORT = Pattern.compile("import (?:static )?org\\.debugshop\\.launcher\\.(\\w+)");

    @ParameterizedTest
    @FieldSource("PACKAGES")
    void shouldUseOnlyPackagesOfLowerLayers(String name) throws IOException {
        try (var files = Files.list(SOURCES.resolve(name))) {
            assertThat(files).isNotEmpty().allSatisfy(file -> assertThat(imported(file)).isSubsetOf(from(name)));
        }
    }

    private static List<String> imported(Path file) throws IOException {
        return IMPORT.matcher(Files.readString(file)).results().map(match -> match.group(1)).toList();
    }

    private static List<String> from(String name) {
        return PACKAGES.subList(PACKAGES.indexOf(name), PACKAGES.size());
    }
}
