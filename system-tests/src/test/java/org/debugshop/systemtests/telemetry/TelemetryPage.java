package org.debugshop.systemtests.telemetry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.debugshop.testkit.Shop;

/**
 * The attributes and metrics that {@code docs/telemetry.md} lists, in rows like {@code | `shop.order.id` | string | checkout | ... |}.
 *
 * @param attributes the type of each attribute, by name
 * @param metrics the metrics, by name
 */
record TelemetryPage(Map<String, String> attributes, Map<String, Metric> metrics) {

    /**
     * @param type as in {@code # TYPE}
     * @param labels without the labels that every histogram or service has
     */
    record Metric(String name, String type, List<String> labels) {}

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    static TelemetryPage read() {
        var attributes = new TreeMap<String, String>();
        var metrics = new TreeMap<String, Metric>();
        try (var lines = Files.lines(Shop.thisCheckout().resolve("docs/telemetry.md"))) {
            lines.filter(line -> line.startsWith("| `")).map(TelemetryPage::cells).forEach(cells -> {
                var name = cells.getFirst().replace("`", "");
                if (name.startsWith("shop.")) {
                    attributes.put(name, cells.get(1));
                } else if (List.of("counter", "gauge", "histogram", "summary").contains(cells.get(1))) {
                    metrics.put(name, new Metric(name, cells.get(1),
                            CODE.matcher(cells.get(2)).results().map(label -> label.group(1)).sorted().toList()));
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TelemetryPage(attributes, metrics);
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.split("\\|")).map(String::strip).skip(1).toList();
    }
}
