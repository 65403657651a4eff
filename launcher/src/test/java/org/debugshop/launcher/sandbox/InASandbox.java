package org.debugshop.launcher.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gives each test a {@link Sandbox} and ports of its own, and leaves nothing of them. */
public abstract class InASandbox {

    @TempDir
    protected Path directory;

    protected Sandbox sandbox;
    protected int offset;
    /** The offset as the command line takes it. */
    protected String n;

    @BeforeEach
    protected void prepare() throws IOException {
        sandbox = new Sandbox(directory);
        offset = sandbox.freeOffset();
        n = Integer.toString(offset);
    }

    @AfterEach
    protected void cleanUp() throws IOException, InterruptedException {
        sandbox.close();
    }
}
