package org.debugshop.deployment.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The values of the chart. They contain settings that the topology does not have, such as memory limits and secrets. */
final class ChartValues {

    private static final String FILE = "helm-chart/values.yaml";

    private final Map<?, ?> values;

    private ChartValues(Map<?, ?> values) {
        this.values = values;
    }

    static ChartValues read(Path root) throws IOException {
        return new ChartValues(new Yaml().load(Files.readString(root.resolve(FILE))));
    }

    /** Returns the values of one service. */
    ChartValues service(String name) {
        if (values.get("services") instanceof Map<?, ?> services && services.get(name) instanceof Map<?, ?> service) {
            return new ChartValues(service);
        }
        throw new IllegalStateException(FILE + " has no service " + name + ". Add it below 'services', with its port and its calls.");
    }

    /** Returns a single value, or an empty text if it is not set. */
    String text(String... path) {
        return get(path) instanceof Object value ? value.toString() : "";
    }

    /** Returns a map of single values in the order of the file, empty if it is not set. */
    Map<String, String> map(String... path) {
        var map = new LinkedHashMap<String, String>();
        if (get(path) instanceof Map<?, ?> found) {
            found.forEach((key, value) -> map.put(key.toString(), value.toString()));
        }
        return map;
    }

    private Object get(String... path) {
        Object value = values;
        for (var key : path) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return value;
    }
}
