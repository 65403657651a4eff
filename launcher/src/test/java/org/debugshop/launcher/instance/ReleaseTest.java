package org.debugshop.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseTest {

    @TempDir
    private Path checkout;

    @Test
    void shouldAddItsVersionToTheAttributesThatAreThere() {
        var variables = new TreeMap<>(Map.of("A", "1", "OTEL_RESOURCE_ATTRIBUTES", "team=a"));

        new Release(checkout, Map.of("A", "2"), Optional.of("1.0-x")).addTo(variables);

        assertThat(variables).containsOnly(Map.entry("A", "2"), Map.entry("OTEL_RESOURCE_ATTRIBUTES", "team=a,service.version=1.0-x"));
    }

    @Test
    void shouldReplaceBlankAttributesAndAddNoneWithoutAVersion() {
        var variables = new TreeMap<>(Map.of("OTEL_RESOURCE_ATTRIBUTES", " "));

        new Release(checkout, Map.of(), Optional.of("1.0-x")).addTo(variables);

        assertThat(variables).containsOnly(Map.entry("OTEL_RESOURCE_ATTRIBUTES", "service.version=1.0-x"));
        var others = new TreeMap<String, String>();
        new Release(checkout, Map.of(), Optional.of("1.0-x")).withoutVersion().addTo(others);
        assertThat(others).isEmpty();
    }

    @Test
    void shouldFindTheVersionOfAPackage() throws Exception {
        var service = Topology.DEBUG_SHOP.find("instabook").orElseThrow();
        var instance = new Instance(checkout, 0, Topology.DEBUG_SHOP);
        assertThat(Release.packaged(instance, service)).isEmpty();

        write(instance.jar(service), Optional.empty());
        assertThat(Release.packaged(instance, service)).isEmpty();

        write(instance.jar(service), Optional.of("2.1.0-rc1"));
        assertThat(Release.packaged(instance, service)).contains("2.1.0-rc1");
    }

    private static void write(Path jar, Optional<String> version) throws IOException {
        Files.createDirectories(jar.getParent());
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        version.ifPresent(text -> manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, text));
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    }
}
