package org.debugshop.launcher;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gives each test a {@link Sandbox} and ports of its own, and leaves nothing of them. */
abstract class InASandbox {

    @TempDir
    Path directory;

    Sandbox sandbox;
    int offset;
    /** The offset as the command line takes it. */
    String n;

    @BeforeEach
    void prepare() throws IOException {
        sandbox = new Sandbox(directory);
        offset = sandbox.freeOffset();
        n = Integer.toString(offset);
    }

    @AfterEach
    void cleanUp() throws IOException, InterruptedException {
        sandbox.close();
    }
}
