package org.debugshop.launcher.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Removes folders with their content. */
public final class Directories {

    private Directories() {}

    /** Removes the folder, if it exists. */
    public static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Like {@link #remove}, but leaves files that another process writes at the same time. */
    public static void removeQuietly(Path directory) {
        try {
            remove(directory);
        } catch (IOException | UncheckedIOException stillWrittenTo) {
            // The next process that uses the folder removes the rest first.
        }
    }
}
