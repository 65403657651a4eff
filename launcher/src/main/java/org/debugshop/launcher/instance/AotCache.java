package org.debugshop.launcher.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The classes of a packaged service as the JVM has them once they are loaded and linked (an AOT cache, JEP 483 and 514), in a file
 * beside its jar: {@code quarkus-run-1f0c2a9b.aot}.
 *
 * <p>The JVM maps a cache only if it was made by the very same JVM with the same flags from the same jars; if not, it prints a line that is
 * no JSON. So the first two are in the file's name, and a cache that is older than the jar is not used.
 *
 * @param jar the jar that is run, absolute
 * @param flags the JVM's flags
 */
public record AotCache(Path jar, List<String> flags) {

    /** The file of the cache, if there is one. */
    public Path file() {
        return jar.resolveSibling(stem() + "-%08x.aot".formatted(List.of(Runtime.version().toString(),
                System.getProperty("java.vendor.version", ""), System.getProperty("os.arch"), flags).hashCode()));
    }

    /** Whether there is one, made after the jar. */
    public boolean isFresh() {
        var made = file().toFile().lastModified();
        return made != 0 && made >= jar.toFile().lastModified();
    }

    /** The file that a training run writes to, until {@link #publish}. */
    Path unfinished() {
        return jar.resolveSibling(stem() + ".aot.unfinished");
    }

    /** Puts what a training run has written in place and removes earlier caches. Returns whether it has written anything. */
    public boolean publish() throws IOException {
        if (!Files.exists(unfinished())) {
            return false;
        }
        remove();
        Files.move(unfinished(), file(), StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    /** Removes what a training run that was cut short has left: its output, or the notes (JEP 514) that the JVM makes it from. */
    public void discard() {
        unfinished().toFile().delete();
        unfinished().resolveSibling(unfinished().getFileName() + ".config").toFile().delete();
    }

    /** Removes every cache of the jar, whatever it was made by. */
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
