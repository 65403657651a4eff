package org.debugshop.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevModeTest {

    /** The second is what ./shop sets. A JVM does not start if the heap that it begins with is larger than the largest that it may have. */
    @ParameterizedTest
    @ValueSource(strings = {"", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms256m"})
    void shouldGiveMavenASmallHeapWithWhichAJvmStarts(String options) throws Exception {
        var line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        line.addAll(List.of(DevMode.mavenOptions(options).split(" ")));
        line.add("-version");

        var java = new ProcessBuilder(line).redirectErrorStream(true).start();

        assertThat(java.inputReader().readAllAsString()).contains("version");
        assertThat(java.waitFor()).isZero();
        assertThat(line).contains("-Xmx192m");
    }

    @Test
    void shouldKeepTheHeapThatTheUserHasChosen() {
        assertThat(DevMode.mavenOptions("-Xmx1g -XX:+UseZGC")).isEqualTo("-Xmx1g -XX:+UseZGC");
    }
}
