package org.debugshop.console;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which package uses which, as jdeps finds it in the classes. */
class PackagesTest {

    private static final Pattern USE = Pattern.compile("\\s+(org\\.debugshop\\.\\S+)\\s+-> (org\\.debugshop\\.\\S+)\\s.*");

    @ParameterizedTest
    @ValueSource(classes = {ConsoleConfig.class, HttpError.class})
    void shouldUseEachOtherInOneDirectionOnly(Class<?> oneOfTheModule) throws Exception {
        var uses = uses(oneOfTheModule);
        assertThat(uses).isNotEmpty();
        // What uses nothing that is left is in no circle.
        boolean removed = true;
        while (removed) {
            var left = Set.copyOf(uses.keySet());
            removed = uses.values().removeIf(used -> used.stream().noneMatch(left::contains));
        }
        assertThat(uses).as("packages in a circle, or that use one").isEmpty();
    }

    /** A diagnosis that could read the answers would prove nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"store", "analysis", "diagnosis"})
    void shouldNotLookUpInTheFailuresWhatIsToBeFoundInTelemetry(String name) throws Exception {
        var reached = new TreeSet<String>();
        reach(uses(ConsoleConfig.class), "org.debugshop.console." + name, reached);
        assertThat(reached).doesNotContain("org.debugshop.console.failures");
    }

    @Test
    void shouldSeeWhatIsUsed() throws Exception {
        assertThat(uses(ConsoleConfig.class).get("org.debugshop.console.api")).contains("org.debugshop.console.analysis");
    }

    private static void reach(Map<String, Set<String>> uses, String name, Set<String> reached) {
        for (var next : uses.getOrDefault(name, Set.of())) {
            if (reached.add(next)) {
                reach(uses, next, reached);
            }
        }
    }

    /** By package, those that it uses of its own module. */
    private static Map<String, Set<String>> uses(Class<?> oneOfTheModule) throws Exception {
        var classes = Path.of(oneOfTheModule.getProtectionDomain().getCodeSource().getLocation().toURI());
        var output = new StringWriter();
        var jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        int status = jdeps.run(new PrintWriter(output), new PrintWriter(System.err), "--ignore-missing-deps", "--multi-release", "base",
                "-verbose:package", classes.toString());
        assertThat(status).as(output.toString()).isZero();
        return output.toString().lines().map(USE::matcher).filter(line -> line.matches() && !line.group(0).contains("not found"))
                .collect(groupingBy(line -> line.group(1), TreeMap::new, mapping(line -> line.group(2), toCollection(TreeSet::new))));
    }
}
