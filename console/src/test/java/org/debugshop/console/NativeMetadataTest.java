package org.debugshop.console;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.debugshop.console.analysis.GraphLayout;
import org.debugshop.console.analysis.ServiceGraph.Pair;
import org.eclipse.elk.core.data.ILayoutMetaDataProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compares what libraries do by reflection with {@code reachability-metadata.json}, without which a native executable can't do it. */
class NativeMetadataTest {

    private static final Pattern ARRAY = Pattern.compile("\\[L(org\\.eclipse\\.(?:elk|emf)\\..+);");

    private JsonNode metadata;

    @BeforeEach
    void read() throws IOException {
        try (var file = getClass().getResourceAsStream("/META-INF/native-image/org.debugshop/console/reachability-metadata.json")) {
            metadata = new ObjectMapper().readTree(file);
        }
    }

    private Set<String> types() {
        return metadata.path("reflection").valueStream().map(entry -> entry.path("type").asText()).collect(toSet());
    }

    /** ELK finds its options by {@link java.util.ServiceLoader}. */
    @Test
    void shouldHaveTheProvidersOfOptions() throws IOException {
        var file = "META-INF/services/" + ILayoutMetaDataProvider.class.getName();
        var providers = new TreeSet<String>();
        for (var list : (Iterable<URL>) getClass().getClassLoader().getResources(file)::asIterator) {
            try (var text = list.openStream()) {
                new String(text.readAllBytes()).lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(providers::add);
            }
        }

        assertThat(providers).isNotEmpty().isSubsetOf(types());
        assertThat(metadata.path("resources")).extracting(resource -> resource.path("glob").asText()).contains(file);
    }

    /** EMF makes the arrays of its lists by reflection. They are among the arrays that are on the heap after some layouts. */
    @Test
    void shouldHaveTheArraysOfALayout() throws Exception {
        var layout = new GraphLayout();
        var services = new TreeSet<>(List.of("a", "b", "c", "d"));
        var calls = List.of(new Pair("a", "b"), new Pair("a", "c"), new Pair("b", "d"), new Pair("c", "d"), new Pair("d", "a"));
        for (var down : List.of(true, false)) {
            layout.of(new TreeSet<>(), List.of(), down);
            layout.of(services, calls, down);
        }

        assertThat(arrays()).isNotEmpty().isSubsetOf(types());
    }

    private static Set<String> arrays() throws Exception {
        var histogram = (String) ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
                new Object[]{new String[]{"-all"}}, new String[]{String[].class.getName()});
        var types = new TreeSet<String>();
        for (var line : histogram.lines().toList()) {
            var array = ARRAY.matcher(line);
            if (array.find() && !Class.forName(array.group(1)).isEnum()) {
                types.add(array.group(1) + "[]");
            }
        }
        return types;
    }

    /** The library's C code finds these fields by their names. */
    @Test
    void shouldHaveTheFieldsThatZstdSets() throws Exception {
        var entry = metadata.path("reflection").valueStream()
                .filter(type -> type.path("type").asText().equals(ZstdInputStreamNoFinalizer.class.getName())).findFirst().orElseThrow();

        assertThat(entry.path("jniAccessible").asBoolean()).isTrue();
        assertThat(entry.path("fields")).extracting(field -> field.path("name").asText())
                .containsExactlyInAnyOrderElementsOf(Stream.of("dstPos", "srcPos").toList())
                .allSatisfy(field -> assertThat(ZstdInputStreamNoFinalizer.class.getDeclaredField(field).getType()).isEqualTo(long.class));
    }
}
