package org.debugshop.deployment.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The table of all failures in the documentation, made from {@code failures/}. It does not reveal any cause. */
final class FailureTable {

    private final Path folder;

    FailureTable(Path root) {
        this.folder = root.resolve("failures");
    }

    /** Returns a table for each topic, in the order of {@code index.json}. */
    List<String> lines() throws IOException {
        var topics = new LinkedHashMap<String, List<Map<?, ?>>>();
        for (var id : FailureTable.<List<String>>read(folder.resolve("index.json"))) {
            var failure = FailureTable.<Map<?, ?>>read(folder.resolve(id + ".json"));
            topics.computeIfAbsent(failure.get("topic").toString(), _ -> new ArrayList<>()).add(failure);
        }
        var lines = new ArrayList<String>();
        topics.forEach((topic, failures) -> {
            lines.addAll(List.of("", "**" + topic.substring(0, 1).toUpperCase(Locale.ROOT) + topic.substring(1) + "**", "",
                    "| failure | what users see | what it simulates | strength |", "| --- | --- | --- | --- |"));
            failures.forEach(failure -> lines.add("| `%s` | %s | %s | %s |".formatted(failure.get("id"), failure.get("title"),
                    failure.get("simulates"), strength(failure.get("strength")))));
        });
        lines.add("");
        return lines;
    }

    private static String strength(Object strength) {
        return strength instanceof Map<?, ?> given
                ? "%s (%s), %s to %s; default %s".formatted(given.get("means"), given.get("unit"), given.get("min"), given.get("max"),
                        given.get("default"))
                : "on or off";
    }

    /** JSON is YAML. */
    private static <T> T read(Path file) throws IOException {
        return new Yaml().load(Files.readString(file));
    }
}
