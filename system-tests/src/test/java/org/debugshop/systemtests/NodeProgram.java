package org.debugshop.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.debugshop.testkit.Shop;

/** A program for Node among the test resources. */
public final class NodeProgram {

    private static final Path SOURCES = Shop.thisCheckout().resolve("system-tests/src/test/resources");
    private static final int PATIENCE_MINUTES = 5;

    private final Path folder;

    private NodeProgram(Path folder) {
        this.folder = folder;
    }

    /** Copies the program into a folder, and installs what it needs with npm. */
    public static NodeProgram install(String name, Path folder) throws IOException, InterruptedException {
        try (var files = Files.list(SOURCES.resolve(name))) {
            for (var file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        var program = new NodeProgram(folder);
        program.run(Map.of(), "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts");
        return program;
    }

    /** Starts a command in the program's folder. Its output goes to {@link #output}. */
    public Process start(Map<String, String> environment, String... command) throws IOException {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs a command in the program's folder until it has ended with the code 0. */
    public void run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        var process = start(environment, command);
        try {
            assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(() -> String.join(" ", command) + ":\n" + output()).isZero();
    }

    /** Returns what the last command has written. */
    public String output() {
        try {
            return Files.readString(folder.resolve("output.txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
