package org.debugshop.deployment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The variables of the environment that a service reads, by its own configuration: {@code ${NAME:default}}. */
final class Variables {

    private static final Pattern READ = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)[:}]");
    private static final String COMMON = "service-defaults/src/main/resources/META-INF/microprofile-config.properties";

    private Variables() {
    }

    static TreeSet<String> readBy(String folder) {
        var names = new TreeSet<String>();
        for (var file : Stream.of(COMMON, folder + "/src/main/resources/application.properties").map(Chart.CHECKOUT::resolve).toList()) {
            try {
                READ.matcher(Files.readString(file)).results().forEach(match -> names.add(match.group(1)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return names;
    }
}
