package org.debugshop.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program of this module that runs as its own process, in its own folder, with its output in {@code output.txt} there. */
record Program(Process process, Path output) {

    static Program start(Class<?> main, Path folder, List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-Xmx96m", "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        var output = folder.resolve("output.txt");
        return new Program(
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start(),
                output);
    }

    String printed() throws IOException {
        return Files.readString(output);
    }
}
