package org.debugshop.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks a text by the rules of the <a href="https://prometheus.io/docs/specs/om/open_metrics_spec/">OpenMetrics specification</a> that
 * strict parsers enforce, and by those that {@code promtool check metrics} warns about.
 */
public final class OpenMetrics {

    /** Gauges that OpenTelemetry's semantic conventions call so, although promtool would like other names. */
    private static final Set<String> OF_CONVENTIONS = Set.of("db_client_connection_count");
    private static final Map<String, List<String>> SUFFIXES = Map.of("counter", List.of("_total", "_created"), "gauge", List.of(""),
            "summary", List.of("", "_count", "_sum", "_created"), "histogram", List.of("_bucket", "_count", "_sum", "_created"),
            "info", List.of("_info"), "unknown", List.of(""));
    private static final Pattern METADATA = Pattern.compile("# (TYPE|HELP|UNIT) ([a-zA-Z_:][\\w:]*) (.*)");
    private static final String LABELS = "\\{((?:[a-zA-Z_]\\w*=\"(?:[^\"\\\\]|\\\\[\\\\\"n])*\",?)*)}";
    private static final String NUMBER = "NaN|[+-]?Inf|[+-]?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?";
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:" + LABELS + ")? (" + NUMBER + ")"
            + "(?: # " + LABELS + " (?:" + NUMBER + ")(?: \\d+(?:\\.\\d+)?)?)?");
    private static final Pattern BOUND = Pattern.compile("(?:^|,)le=\"([^\"]*)\"");
    private static final Pattern NAME_OF_LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final int LONGEST_EXEMPLAR = 128;
    private static final Set<String> ABBREVIATIONS = Set.of("ns", "us", "ms", "s", "sec", "b", "kb", "mb", "gb", "h", "d");

    private final List<String> problems = new ArrayList<>();
    private final Set<String> families = new HashSet<>();
    /** The names of all samples of earlier families, and of those that these may have. */
    private final Set<String> taken = new HashSet<>();
    private final Set<String> series = new HashSet<>();
    private final Map<String, Double> lastBucket = new HashMap<>();
    private final Map<String, Double> counts = new HashMap<>();
    private String family = "";
    private String type = "unknown";
    private boolean described = true;

    private OpenMetrics() {}

    /** Returns what is wrong with this answer of a service, a sentence each; empty if nothing is. */
    public static List<String> problems(String text) {
        var check = new OpenMetrics();
        if (!text.endsWith("\n# EOF\n")) {
            check.problems.add("The text does not end with # EOF");
        }
        text.lines().filter(line -> !line.equals("# EOF")).forEach(check::line);
        check.end();
        check.lastBucket.forEach((of, last) -> {
            if (!last.equals(check.counts.get(of))) {
                check.problems.add("The bucket +Inf is not the count: " + of);
            }
        });
        return check.problems;
    }

    private void line(String line) {
        var metadata = METADATA.matcher(line);
        var sample = SAMPLE.matcher(line);
        if (metadata.matches()) {
            metadata(metadata.group(1), metadata.group(2), metadata.group(3));
        } else if (sample.matches()) {
            sample(line, sample.group(1), sample.group(2) == null ? "" : sample.group(2), sample.group(3), sample.group(4));
        } else {
            problems.add("Not a line: " + line);
        }
    }

    private void metadata(String kind, String name, String value) {
        if (!name.equals(family)) {
            end();
            family = name;
            type = "unknown";
            described = false;
            if (!families.add(name)) {
                problems.add("A family appears twice: " + name);
            }
            for (var part : name.split("_")) {
                if (ABBREVIATIONS.contains(part)) {
                    problems.add("A unit is abbreviated: " + name);
                }
            }
        }
        switch (kind) {
            case "TYPE" -> {
                type = value;
                for (var suffix : SUFFIXES.getOrDefault(value, List.of(""))) {
                    if (!taken.add(name + suffix)) {
                        problems.add("Two families may have samples of this name: " + name + suffix);
                    }
                }
                if (!SUFFIXES.containsKey(value)) {
                    problems.add("An unknown type: " + name + " " + value);
                }
                if (value.equals("gauge") && name.matches(".*_(count|sum|bucket|total)") && !OF_CONVENTIONS.contains(name)) {
                    problems.add("The suffix is not that of a gauge: " + name);
                }
            }
            case "HELP" -> described = !value.isBlank();
            default -> {
                if (!name.endsWith("_" + value)) {
                    problems.add("The name does not end with its unit: " + name);
                }
            }
        }
    }

    private void end() {
        if (!described) {
            problems.add("There is no help text: " + family);
        }
    }

    private void sample(String line, String name, String labels, String number, String exemplar) {
        var suffix = name.startsWith(family) ? name.substring(family.length()) : "?";
        if (!SUFFIXES.getOrDefault(type, List.of()).contains(suffix)) {
            problems.add("Not a sample of " + type + " " + family + ": " + line);
            return;
        }
        if (!series.add(name + "{" + labels + "}")) {
            problems.add("A series appears twice: " + line);
        }
        var names = NAME_OF_LABEL.matcher(labels).results().map(label -> label.group(1)).toList();
        if (names.size() != Set.copyOf(names).size()) {
            problems.add("A label appears twice: " + line);
        }
        if (exemplar != null && !suffix.equals("_bucket") && !suffix.equals("_total")) {
            problems.add("Only buckets and totals have exemplars: " + line);
        }
        if (exemplar != null && exemplar.replaceAll("[=\",]", "").length() > LONGEST_EXEMPLAR) {
            problems.add("The exemplar is too long: " + line);
        }
        var value = switch (number) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(number);
        };
        if (!type.equals("gauge") && !type.equals("unknown") && !suffix.isEmpty() && !(value >= 0)) {
            problems.add("Not a count: " + line);
        }
        if (type.equals("info") && value != 1) {
            problems.add("An info is always 1: " + line);
        }
        if (type.equals("histogram")) {
            bucket(line, suffix, labels, value);
        }
    }

    private void bucket(String line, String suffix, String labels, double value) {
        var of = family + "{" + BOUND.matcher(labels).replaceAll("") + "}";
        if (suffix.equals("_bucket")) {
            if (!BOUND.matcher(labels).find()) {
                problems.add("A bucket has no bound: " + line);
            }
            if (value < lastBucket.getOrDefault(of, 0.0)) {
                problems.add("A bucket is less than the one before: " + line);
            }
            lastBucket.put(of, value);
        } else if (suffix.equals("_count")) {
            counts.put(of, value);
            if (!lastBucket.containsKey(of)) {
                problems.add("A histogram has no buckets: " + line);
            }
        }
    }
}
