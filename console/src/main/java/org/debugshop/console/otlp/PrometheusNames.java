package org.debugshop.console.otlp;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.ValueText;

/** Converts names of OpenTelemetry to names of Prometheus. */
final class PrometheusNames {

    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^a-zA-Z0-9:]+");
    private static final Pattern NOT_IN_A_LABEL = Pattern.compile("[^a-zA-Z0-9]+");
    private static final Pattern ANNOTATION = Pattern.compile("\\{[^}]*}");
    private static final Map<String, String> UNITS = Map.ofEntries(Map.entry("d", "days"), Map.entry("h", "hours"),
            Map.entry("min", "minutes"), Map.entry("s", "seconds"), Map.entry("ms", "milliseconds"), Map.entry("us", "microseconds"),
            Map.entry("ns", "nanoseconds"), Map.entry("By", "bytes"), Map.entry("KiBy", "kibibytes"), Map.entry("MiBy", "mebibytes"),
            Map.entry("GiBy", "gibibytes"), Map.entry("KBy", "kilobytes"), Map.entry("MBy", "megabytes"), Map.entry("GBy", "gigabytes"),
            Map.entry("m", "meters"), Map.entry("V", "volts"), Map.entry("A", "amperes"), Map.entry("J", "joules"), Map.entry("W", "watts"),
            Map.entry("g", "grams"), Map.entry("Cel", "celsius"), Map.entry("Hz", "hertz"), Map.entry("%", "percent"));
    private static final Map<String, String> PER = Map.of("s", "second", "m", "minute", "min", "minute", "h", "hour", "d", "day");

    private PrometheusNames() {}

    /**
     * @param unit the UCUM unit, or empty
     * @param type {@code counter} adds the suffix {@code _total}
     */
    static String metric(String name, String unit, String type) {
        String plain = sanitized(NOT_IN_A_NAME, name);
        boolean counter = type.equals("counter");
        String stem = counter && plain.endsWith("_total") ? plain.substring(0, plain.length() - "_total".length()) : plain;
        String ending = unit.equals("1") ? type.equals("gauge") ? "ratio" : "" : unit(ANNOTATION.matcher(unit).replaceAll("").strip());
        if (!ending.isEmpty() && !("_" + stem + "_").contains("_" + ending + "_")) {
            stem += "_" + ending;
        }
        return counter ? stem + "_total" : stem;
    }

    private static String unit(String unit) {
        int slash = unit.indexOf('/');
        if (slash < 0) {
            return UNITS.getOrDefault(unit, sanitized(NOT_IN_A_LABEL, unit));
        }
        String per = unit.substring(slash + 1);
        String what = unit(unit.substring(0, slash));
        String last = PER.getOrDefault(per, sanitized(NOT_IN_A_LABEL, per));
        return last.isEmpty() ? what : (what.isEmpty() ? "" : what + "_") + "per_" + last;
    }

    /**
     * Returns labels in alphabetical order. If several keys become the same name, their values are joined, as the specification
     * requires.
     */
    static Map<String, String> labels(Attributes attributes) {
        Map<String, String> labels = new TreeMap<>();
        attributes.forEach((key, value) -> labels.merge(sanitized(NOT_IN_A_LABEL, key), value == null ? "" : ValueText.of(value),
                (one, other) -> one + ";" + other));
        labels.remove("");
        return labels;
    }

    private static String sanitized(Pattern not, String name) {
        String plain = not.matcher(name).replaceAll("_");
        return !plain.isEmpty() && Character.isDigit(plain.charAt(0)) ? "_" + plain : plain;
    }
}
