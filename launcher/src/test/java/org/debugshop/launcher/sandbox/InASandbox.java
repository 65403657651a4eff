package org.debugshop.launcher.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gives each test its own {@link Sandbox} and ports, and removes both after the test. */
public abstract class InASandbox {

    @TempDir
    protected Path directory;

    protected Sandbox sandbox;
    protected int offset;
    /** The offset as text, for command lines. */
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
