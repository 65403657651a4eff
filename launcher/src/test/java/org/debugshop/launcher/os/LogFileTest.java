package org.debugshop.launcher.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

    @TempDir
    Path directory;

    @Test
    void shouldLimitTheSizeOfAFileThatIsBeingWritten() throws Exception {
        var log = new LogFile(directory.resolve("x.log"));
        log.startNew();
        var writer = new ProcessBuilder("/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo \"line $i of a long story\"; done")
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile())).start();
        try {
            await().until(() -> Files.size(log.path()) > 20_000);
            log.rotateOver(10_000);
            assertThat(Files.size(log.previous())).isEqualTo(10_000);
            await().until(() -> Files.size(log.path()) > 20_000);
            log.rotateOver(10_000);
            assertThat(Files.readString(log.path())).as("the process appends to the shortened file, without a gap of zeros")
                    .doesNotContain("\0");
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldKeepTheLogOfTheLastRun() throws Exception {
        var log = new LogFile(directory.resolve("logs/x.log"));
        log.startNew();
        Files.writeString(log.path(), "first run\n");

        log.startNew();

        assertThat(log.lastLines(10)).isEmpty();
        assertThat(Files.readString(log.previous())).isEqualTo("first run\n");
    }

    @Test
    void shouldReadTheLastLinesOfALargeFile() throws Exception {
        var log = new LogFile(directory.resolve("x.log"));
        Files.write(log.path(), IntStream.range(0, 200_000).mapToObj(i -> "line " + i).toList());

        assertThat(log.lastLines(2)).containsExactly("line 199998", "line 199999");
        assertThat(new LogFile(directory.resolve("none.log")).lastLines(2)).isEmpty();
    }

    @Test
    void shouldNotReadBeyondTheGivenEnd() throws Exception {
        var log = new LogFile(directory.resolve("x.log"));
        Files.writeString(log.path(), "one\ntwo\n");
        var end = Files.size(log.path());
        Files.writeString(log.path(), "three\n", StandardOpenOption.APPEND);

        assertThat(log.lastLines(10, end)).containsExactly("one", "two");
        Files.writeString(log.path(), "");
        assertThat(log.lastLines(10, end)).as("lines of a file that was emptied meanwhile").isEmpty();
    }
}
