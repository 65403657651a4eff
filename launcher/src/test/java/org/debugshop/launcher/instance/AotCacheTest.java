package org.debugshop.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCacheTest {

    private static final List<String> FLAGS = List.of("-Xmx64m");

    @TempDir
    Path directory;

    private AotCache cache;

    @BeforeEach
    void layOut() throws IOException {
        cache = new AotCache(directory.resolve("quarkus-run.jar"), FLAGS);
        write(cache.jar(), 10);
    }

    @Test
    void shouldBeFreshUntilTheJarIsRebuilt() throws IOException {
        assertThat(cache.isFresh()).isFalse();
        write(cache.file(), 20);
        assertThat(cache.isFresh()).isTrue();
        write(cache.jar(), 30);
        assertThat(cache.isFresh()).isFalse();
    }

    @Test
    void shouldNotBeFreshForOtherJvmFlags() throws IOException {
        write(cache.file(), 20);

        assertThat(new AotCache(cache.jar(), List.of("-Xmx128m")).isFresh()).isFalse();
    }

    @Test
    void shouldReplaceAllEarlierCaches() throws IOException {
        write(new AotCache(cache.jar(), List.of("-Xmx128m")).file(), 15);
        Files.writeString(cache.unfinished(), "new");

        assertThat(cache.publish()).isTrue();

        assertThat(cache.file()).hasContent("new");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("quarkus-run.jar", cache.file().getFileName().toString());
    }

    @Test
    void shouldKeepTheOldCacheIfATrainingRunWroteNone() throws IOException {
        write(cache.file(), 15);

        assertThat(cache.publish()).isFalse();

        assertThat(cache.isFresh()).isTrue();
    }

    private static void write(Path file, long second) throws IOException {
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.fromMillis(second * 1000));
    }
}
