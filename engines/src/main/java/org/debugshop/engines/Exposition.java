package org.debugshop.engines;

import java.util.LinkedHashMap;
import java.util.Map;

/** Metrics in Prometheus's text format. The samples of a metric are together, in the order in which they were added. */
final class Exposition {

    private final Map<String, StringBuilder> families = new LinkedHashMap<>();

    Exposition gauge(String name, String help, double value, String... labels) {
        return add(name, "gauge", help, value, labels);
    }

    Exposition counter(String name, String help, double value, String... labels) {
        return add(name, "counter", help, value, labels);
    }

    /** @param labels names and values, in turn; a value may be null, which is an empty one */
    private Exposition add(String name, String type, String help, double value, String... labels) {
        var family = families.computeIfAbsent(name,
                _ -> new StringBuilder("# HELP %s %s%n# TYPE %s %s%n".formatted(name, help, name, type)));
        family.append(name);
        for (var i = 0; i < labels.length; i += 2) {
            family.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"").append(escaped(labels[i + 1])).append('"');
        }
        family.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
        return this;
    }

    private static String escaped(String value) {
        return value == null ? "" : value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        return String.join("", families.values());
    }
}
