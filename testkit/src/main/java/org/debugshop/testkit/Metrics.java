package org.debugshop.testkit;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The current samples of a service's {@code /metrics}. */
public record Metrics(List<Sample> samples, Map<String, String> types) {

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*?)})? ([^ ]+)(?: \\d+)?(?: # .*)?");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    public record Sample(String name, Map<String, String> labels, double value) {

        /** @param labels {@code key=value} each */
        public boolean has(String... labels) {
            return List.of(labels).stream().map(label -> label.split("=", 2)).allMatch(label -> label[1].equals(this.labels.get(label[0])));
        }
    }

    public static Metrics of(String serviceUrl) {
        return parse(Http.text(serviceUrl + "/metrics"));
    }

    public static Metrics parse(String text) {
        var types = new TreeMap<String, String>();
        text.lines().filter(line -> line.startsWith("# TYPE ")).map(line -> line.split(" ")).forEach(type -> types.put(type[2], type[3]));
        return new Metrics(text.lines().filter(line -> !line.startsWith("#")).map(Metrics::sample).toList(), types);
    }

    /** Returns the sum of all samples with this name and these labels; 0 if there are none. */
    public double sum(String name, String... labels) {
        return sum(name, sample -> sample.has(labels));
    }

    public double sum(String name, Predicate<Sample> filter) {
        return samples.stream().filter(sample -> sample.name.equals(name)).filter(filter).mapToDouble(Sample::value).sum();
    }

    private static Sample sample(String line) {
        var sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new AssertionError("Not a sample: " + line);
        }
        var labels = new TreeMap<String, String>();
        var label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }
        return new Sample(sample.group(1), labels, switch (sample.group(3)) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(sample.group(3));
        });
    }
}
