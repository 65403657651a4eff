package org.debugshop.launcher.topology;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The copy of the project that {@code ./shop} belongs to: a checkout with sources, or an unpacked archive of {@code ./shop package}.
 *
 * @param root absolute path of the project's root
 * @param from the folder in which the user called {@code ./shop}; relative paths of the command line start there
 */
public record Checkout(Path root, Path from) {

    private static final String ROOT = "shop.checkout";
    private static final String FROM = "shop.from";

    public Checkout(Path root) {
        this(root, root);
    }

    /** Returns the checkout whose paths the script {@code ./shop} has passed to this JVM. */
    public static Checkout current() {
        return new Checkout(Path.of(System.getProperty(ROOT, "")).toAbsolutePath().normalize(),
                Path.of(System.getProperty(FROM, "")).toAbsolutePath());
    }

    /** Returns the root for a command that needs the sources. Fails in an unpacked archive, which has none. */
    public Path withSources(String command) throws IOException {
        if (!Files.exists(root.resolve("pom.xml"))) {
            throw new IOException("This copy of Debug Shop was packaged without its sources, which ./shop " + command + " needs.");
        }
        return root;
    }

    /** Returns a part of the command line of every launcher of this checkout, by which its process is recognised. */
    public String marker() {
        return "-D" + ROOT + "=" + root;
    }
}
