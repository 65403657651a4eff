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

/** The dependencies between packages, as jdeps finds them in the classes. */
class PackagesTest {

    private static final Pattern USE = Pattern.compile("\\s+(org\\.debugshop\\.\\S+)\\s+-> (org\\.debugshop\\.\\S+)\\s.*");

    @ParameterizedTest
    @ValueSource(classes = {ConsoleConfig.class, HttpError.class})
    void shouldUseEachOtherInOneDirectionOnly(Class<?> oneOfTheModule) throws Exception {
        var uses = uses(oneOfTheModule);
        assertThat(uses).isNotEmpty();
        // A package that depends on none of the rest isn't part of a cycle.
        boolean removed = true;
        while (removed) {
            var left = Set.copyOf(uses.keySet());
            removed = uses.values().removeIf(used -> used.stream().noneMatch(left::contains));
        }
        assertThat(uses).as("packages that are part of a cycle or depend on one").isEmpty();
    }

    /** A diagnosis that could read the answers would prove nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"store", "analysis", "diagnosis"})
    void shouldNotUseTheFailuresForADiagnosis(String name) throws Exception {
        var reached = new TreeSet<String>();
        reach(uses(ConsoleConfig.class), "org.debugshop.console." + name, reached);
        assertThat(reached).doesNotContain("org.debugshop.console.failures", "org.debugshop.console.controls");
    }

    @Test
    void shouldFindDependencies() throws Exception {
        assertThat(uses(ConsoleConfig.class).get("org.debugshop.console.api")).contains("org.debugshop.console.analysis");
    }

    private static void reach(Map<String, Set<String>> uses, String name, Set<String> reached) {
        for (var next : uses.getOrDefault(name, Set.of())) {
            if (reached.add(next)) {
                reach(uses, next, reached);
            }
        }
    }

    /** Returns the packages of the module that each of its packages uses. */
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
