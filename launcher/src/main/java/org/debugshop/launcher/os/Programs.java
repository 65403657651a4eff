package org.debugshop.launcher.os;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Programs that are installed on this machine. They get their arguments as they are: no shell is involved. */
public final class Programs {

    private static final String PLAIN = "[A-Za-z0-9_@%+=:,./-]+";

    private Programs() {}

    /** Returns whether there is a program of this name on the PATH. */
    public static boolean isOnPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /**
     * Returns what a program prints on standard output, without the last line break.
     *
     * @throws IOException with what it printed on standard error, if it fails
     */
    public static String output(Path folder, List<String> command) throws IOException, InterruptedException {
        var errors = Files.createTempFile("shop", ".err");
        try {
            var process = new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(quoted(command) + " failed: " + Files.readString(errors).strip());
            }
            return output.stripTrailing();
        } finally {
            Files.delete(errors);
        }
    }

    /** Returns a command as a shell would take it. */
    public static String quoted(List<String> command) {
        return command.stream().map(word -> word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
