package org.debugshop.launcher.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The AOT cache (JEP 483 and 514) of a packaged service: its loaded and linked classes, in a file beside the jar, for example
 * {@code quarkus-run-1f0c2a9b.aot}.
 *
 * <p>The JVM uses a cache only if it was made by the same JVM with the same flags from the same jars. Otherwise it prints a line that is
 * not JSON. So the name of the file contains a hash of JVM and flags, and a cache that is older than the jar is not used.
 *
 * @param jar the absolute path of the jar
 * @param flags the JVM's flags
 */
public record AotCache(Path jar, List<String> flags) {

    /** Returns the file of the cache, which may not exist. */
    public Path file() {
        return jar.resolveSibling(stem() + "-%08x.aot".formatted(List.of(Runtime.version().toString(),
                System.getProperty("java.vendor.version", ""), System.getProperty("os.arch"), flags).hashCode()));
    }

    /** Returns whether the cache exists and is newer than the jar. */
    public boolean isFresh() {
        var made = file().toFile().lastModified();
        return made != 0 && made >= jar.toFile().lastModified();
    }

    /** Returns the file that a training run writes, before {@link #publish}. */
    Path unfinished() {
        return jar.resolveSibling(stem() + ".aot.unfinished");
    }

    /** Moves the output of a training run into place and removes earlier caches. Returns whether there was any output. */
    public boolean publish() throws IOException {
        if (!Files.exists(unfinished())) {
            return false;
        }
        remove();
        Files.move(unfinished(), file(), StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    /** Removes the files of an interrupted training run: its output, or the configuration (JEP 514) from which the JVM makes it. */
    public void discard() {
        unfinished().toFile().delete();
        unfinished().resolveSibling(unfinished().getFileName() + ".config").toFile().delete();
    }

    /** Removes every cache of the jar. */
    private void remove() throws IOException {
        try (var caches = Files.newDirectoryStream(jar.getParent(), stem() + "-*.aot")) {
            for (var cache : caches) {
                Files.deleteIfExists(cache);
            }
        }
    }

    private String stem() {
        return jar.getFileName().toString().replaceFirst("\\.jar$", "");
    }
}
