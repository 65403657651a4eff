package org.debugshop.launcher.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.debugshop.launcher.sandbox.Sandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("nightly")
class ProblemTest {

    private final String user = System.getProperty("user.name");

    @TempDir
    Path directory;

    @AfterEach
    void beOneselfAgain() {
        System.setProperty("user.name", user);
    }

    @Test
    void shouldNameTheOwnerOfAFileWithoutPermission() throws IOException {
        var owner = Files.getOwner(directory).getName();
        var lock = directory.resolve("0/lock").toString();

        assertThat(Problem.of(new AccessDeniedException(lock))).isEqualTo("cannot use " + lock + ": permission denied");

        System.setProperty("user.name", "somebody-else");
        assertThat(Problem.of(new AccessDeniedException(lock))).isEqualTo(
                "cannot use " + lock + ": permission denied; " + directory + " belongs to " + owner + ", and this is somebody-else");
    }

    @Test
    void shouldDescribeWhyAFileCannotBeUsed() {
        assertThat(Problem.of(new NoSuchFileException("/a"))).isEqualTo("cannot use /a: it is not there");
        assertThat(Problem.of(new FileSystemException("/a", null, "Read-only file system")))
                .isEqualTo("cannot use /a: Read-only file system");
        assertThat(Problem.of(new UncheckedIOException("The password cannot be kept", new NoSuchFileException("/a"))))
                .isEqualTo("The password cannot be kept: cannot use /a: it is not there");
        assertThat(Problem.of(new UncheckedIOException(new NoSuchFileException("/a")))).isEqualTo("cannot use /a: it is not there");
        assertThat(Problem.of(new IOException("No space left on device"))).isEqualTo("No space left on device");
        assertThat(Problem.of(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void shouldEndACommandWithTheDescription() throws Exception {
        var sandbox = new Sandbox(directory);
        Files.createFile(sandbox.checkout().resolve(".shop")); // a file instead of the folder

        var up = sandbox.run("up", "--only", "currency");

        assertThat(up.code()).isOne();
        assertThat(up.out()).contains("shop: cannot use " + sandbox.checkout().resolve(".shop"));
    }
}
