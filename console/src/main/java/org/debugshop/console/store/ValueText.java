package org.debugshop.console.store;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * Formats the value of an attribute as text, in the only form that is shown, searched for and linked to:
 *
 * <pre>
 * "GET"                 GET                     12345678.9   12345678.9
 * 404                   404                     3.0          3.0
 * 9007199254740993      9007199254740993        1e300        1.0E300
 * true                  true                    NaN          NaN
 * list, map             JSON without blanks: ["a",1,null], {"a":0.0001}
 * </pre>
 */
public final class ValueText {

    /** From this number on, and below the other one, numbers have an exponent. */
    private static final double LARGEST_PLAIN = 1e16;
    private static final double SMALLEST_PLAIN = 1e-6;

    private ValueText() {}

    /** @param value the value of an attribute, see {@link Attributes}; null is written as {@code null} */
    public static String of(Object value) {
        return switch (value) {
            case String text -> text;
            case Double number -> text(number);
            case List<?> _,Map<?, ?> _ -> {
                var json = new StringBuilder();
                write(value, json);
                yield json.toString();
            }
            case null, default -> String.valueOf(value);
        };
    }

    private static String text(double number) {
        double size = Math.abs(number);
        if (size >= SMALLEST_PLAIN && size < LARGEST_PLAIN) {
            BigDecimal plain = BigDecimal.valueOf(number).stripTrailingZeros();
            return (plain.scale() < 1 ? plain.setScale(1) : plain).toPlainString();
        }
        return Double.toString(number);
    }

    private static void write(Object value, StringBuilder json) {
        switch (value) {
            case String text -> quote(text, json);
            case Double number when !Double.isFinite(number) -> quote(number.toString(), json);
            case Double number -> json.append(text(number));
            case List<?> list -> {
                String separator = "[";
                for (Object element : list) {
                    json.append(separator);
                    write(element, json);
                    separator = ",";
                }
                json.append(list.isEmpty() ? "[]" : "]");
            }
            case Map<?, ?> map -> {
                String separator = "{";
                for (var entry : map.entrySet()) {
                    json.append(separator);
                    quote((String) entry.getKey(), json);
                    json.append(':');
                    write(entry.getValue(), json);
                    separator = ",";
                }
                json.append(map.isEmpty() ? "{}" : "}");
            }
            case null, default -> json.append(value);
        }
    }

    private static void quote(String text, StringBuilder json) {
        json.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        json.append('"');
    }
}
