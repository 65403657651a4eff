package org.debugshop.console.scrape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.store.Exposition;
import org.debugshop.console.store.Exposition.Family;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.Sample.Exemplar;

/**
 * Parses the answer of {@code /metrics}: <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus text
 * 0.0.4</a> and <a href="https://prometheus.io/docs/specs/om/open_metrics_spec/">OpenMetrics 1.0</a>, whose samples have the same
 * grammar:
 *
 * <pre>
 * # TYPE http_server_requests_seconds histogram                                      what the family is; other comments are passed over
 * http_server_requests_seconds_bucket{uri="/products",le="0.1"} 12.0 # {trace_id="4bf92f35..."} 0.067 1520879607.789
 * name                               labels                     value  exemplar's labels         value seconds
 * </pre>
 *
 * As in Prometheus, one invalid line invalidates the whole scrape. Timestamps of samples are ignored; the time of the scrape is
 * used.
 */
public final class PrometheusText {

    /** Line {@code line} doesn't match the format. */
    public static final class MalformedException extends Exception {
        MalformedException(int line, String problem) {
            super("line " + line + ": " + problem);
        }
    }

    private final String text;
    private final Map<String, Family> families = new HashMap<>();
    private int line;
    private int at;
    private int end;

    private PrometheusText(String text) {
        this.text = text;
    }

    /** Parses an answer. It is public for tests in other packages. */
    public static Exposition parse(String text) throws MalformedException {
        return new PrometheusText(text).exposition();
    }

    private Exposition exposition() throws MalformedException {
        List<Sample> samples = new ArrayList<>();
        for (int next = 0; next < text.length(); next = end + 1) {
            line++;
            at = next;
            int newline = text.indexOf('\n', next);
            end = newline < 0 ? text.length() : newline;
            skipBlanks();
            if (at < end && text.charAt(at) == '#') {
                comment(text.substring(at, end));
            } else if (at < end) {
                samples.add(sample());
            }
        }
        return new Exposition(samples, families);
    }

    /** Parses {@code # TYPE name type}, or {@code HELP} or {@code UNIT} in the same form; ignores other comments. */
    private void comment(String comment) {
        String[] words = comment.split(" ", 4);
        if (words.length == 4 && words[0].equals("#")) {
            Family known = families.getOrDefault(words[2], Family.UNKNOWN);
            switch (words[1]) {
                case "TYPE" -> families.put(words[2], new Family(words[3].strip(), known.help(), known.unit()));
                case "HELP" -> families.put(words[2], new Family(known.type(), words[3], known.unit()));
                case "UNIT" -> families.put(words[2], new Family(known.type(), known.help(), words[3].strip()));
                default -> {}
            }
        }
    }

    private Sample sample() throws MalformedException {
        int start = at;
        String name = name(true);
        List<String> labels = at < end && text.charAt(at) == '{' ? labels() : List.of();
        String series = text.substring(start, at);
        double value = number("a value");
        Optional<Exemplar> exemplar = Optional.empty();
        skipBlanks();
        if (at < end && text.charAt(at) != '#') {
            number("a timestamp");
            skipBlanks();
        }
        if (at < end && text.charAt(at) == '#') {
            exemplar = exemplar();
        }
        skipBlanks();
        if (at < end) {
            throw malformed("something follows the sample");
        }
        return new Sample(series, name, labels, value, exemplar);
    }

    private Optional<Exemplar> exemplar() throws MalformedException {
        at++;
        skipBlanks();
        List<String> labels = labels();
        double value = number("an exemplar's value");
        skipBlanks();
        double seconds = at < end ? number("an exemplar's timestamp") : Double.NaN;
        String traceId = valueOf("trace_id", labels);
        return traceId.isEmpty() ? Optional.empty() : Optional.of(new Exemplar(traceId, valueOf("span_id", labels), value, seconds));
    }

    /** Returns an empty string if there is no such label. */
    private static String valueOf(String name, List<String> labels) {
        for (int i = 0; i < labels.size(); i += 2) {
            if (labels.get(i).equals(name)) {
                return labels.get(i + 1);
            }
        }
        return "";
    }

    /** Parses {@code {name="value",...}}, with an optional comma at the end. */
    private List<String> labels() throws MalformedException {
        expect('{');
        List<String> labels = new ArrayList<>();
        skipBlanks();
        while (at < end && text.charAt(at) != '}') {
            labels.add(name(false));
            skipBlanks();
            expect('=');
            skipBlanks();
            labels.add(quoted());
            skipBlanks();
            if (at < end && text.charAt(at) != '}') {
                expect(',');
                skipBlanks();
            }
        }
        expect('}');
        return labels;
    }

    private String name(boolean ofMetric) throws MalformedException {
        int start = at;
        while (at < end && isNameCharacter(text.charAt(at), at > start, ofMetric)) {
            at++;
        }
        if (at == start) {
            throw malformed("a name is expected");
        }
        return text.substring(start, at);
    }

    private static boolean isNameCharacter(char c, boolean digitsToo, boolean ofMetric) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || ofMetric && c == ':' || digitsToo && c >= '0' && c <= '9';
    }

    private String quoted() throws MalformedException {
        expect('"');
        int start = at;
        while (at < end && text.charAt(at) != '"' && text.charAt(at) != '\\') {
            at++;
        }
        if (at < end && text.charAt(at) == '"') {
            return text.substring(start, at++);
        }
        var unescaped = new StringBuilder(text.substring(start, at));
        while (at < end && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c == '\\' && at < end) {
                c = switch (text.charAt(at++)) {
                    case 'n' -> '\n';
                    case '"' -> '"';
                    case '\\' -> '\\';
                    default -> throw malformed("an unknown escape in a label");
                };
            }
            unescaped.append(c);
        }
        expect('"');
        return unescaped.toString();
    }

    private double number(String what) throws MalformedException {
        skipBlanks();
        int start = at;
        while (at < end && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
            at++;
        }
        String number = text.substring(start, at);
        switch (number) {
            case "NaN", "nan" -> {
                return Double.NaN;
            }
            case "+Inf", "Inf", "+inf", "inf" -> {
                return Double.POSITIVE_INFINITY;
            }
            case "-Inf", "-inf" -> {
                return Double.NEGATIVE_INFINITY;
            }
            default -> {
                // Java would also accept 1f, 0x1p3 and Infinity.
                if (!number.isEmpty() && number.chars().allMatch(c -> c >= '0' && c <= '9' || "+-.eE".indexOf(c) >= 0)) {
                    try {
                        return Double.parseDouble(number);
                    } catch (NumberFormatException e) {
                        throw malformed(what + " is expected");
                    }
                }
                throw malformed(what + " is expected");
            }
        }
    }

    private void expect(char c) throws MalformedException {
        if (at >= end || text.charAt(at) != c) {
            throw malformed("'" + c + "' is expected");
        }
        at++;
    }

    private void skipBlanks() {
        while (at < end && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private MalformedException malformed(String problem) {
        return new MalformedException(line, problem);
    }
}
