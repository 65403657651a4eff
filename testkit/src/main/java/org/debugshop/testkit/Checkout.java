package org.debugshop.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Copies of the project's folder, for tests that edit its sources. */
public final class Checkout {

    private Checkout() {}

    /**
     * Copies modules and other files with what is packaged. Of the other modules only the POM is copied, without which Maven would not
     * build.
     *
     * @param to the folder to make
     * @param needed names in the project's folder
     * @return the real path of the copy
     */
    public static Path copy(Path to, List<String> needed) throws IOException, InterruptedException {
        var checkout = Shop.thisCheckout();
        var copy = Files.createDirectory(to).toRealPath();
        var command = new ArrayList<>(List.of("cp", "-Rp"));
        command.addAll(needed);
        command.add(copy.toString());
        if (new ProcessBuilder(command).directory(checkout.toFile()).inheritIO().start().waitFor() != 0) {
            throw new IOException("Cannot copy " + needed);
        }
        try (var poms = Files.find(checkout, 3, (file, _) -> file.endsWith("pom.xml"))) {
            for (var pom : poms.map(checkout::relativize).filter(pom -> !Files.exists(copy.resolve(pom))).toList()) {
                Files.createDirectories(copy.resolve(pom).getParent());
                Files.copy(checkout.resolve(pom), copy.resolve(pom));
            }
        }
        return copy;
    }

    /** Replaces a text in a source file. @throws AssertionError if the file does not contain it */
    public static void edit(Path source, String before, String after) throws IOException {
        var text = Files.readString(source);
        if (!text.contains(before)) {
            throw new AssertionError(source + " does not contain " + before);
        }
        Files.writeString(source, text.replace(before, after));
    }
}
