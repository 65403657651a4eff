package org.debugshop.deployment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Finds the environment variables that a service reads: {@code ${NAME:default}} in its configuration and {@code "NAME"} in its code. */
final class Variables {

    private static final Pattern CONFIGURED = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)[:}]");
    private static final Pattern NAMED = Pattern.compile("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|MEMBERS|RATE|USERS)\"");
    private static final String COMMON = "service-defaults/src/main/resources/META-INF/microprofile-config.properties";

    private Variables() {}

    static TreeSet<String> readBy(String folder) {
        var names = new TreeSet<String>();
        find(CONFIGURED, Chart.CHECKOUT.resolve(COMMON), names);
        find(CONFIGURED, Chart.CHECKOUT.resolve(folder + "/src/main/resources/application.properties"), names);
        try (var files = Files.walk(Chart.CHECKOUT.resolve(folder + "/src/main/java"))) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> find(NAMED, file, names));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private static void find(Pattern pattern, Path file, TreeSet<String> names) {
        try {
            pattern.matcher(Files.readString(file)).results().forEach(match -> names.add(match.group(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
