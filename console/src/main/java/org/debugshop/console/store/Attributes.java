package org.debugshop.console.store;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The keys and values of a span, event, log record or resource, in one array because a {@link Map} would take several times the
 * memory:
 *
 * <pre>
 * "http.route" | "/product/{id}" | "http.response.status_code" | 404L | "url.path" | "/product/99"
 * </pre>
 *
 * Keys and common values are shared between spans (see {@link InternPool}). A value is a String, Long, Double or Boolean, or a List or
 * Map of those, like OTLP's {@code AnyValue}; null if it is empty.
 */
public final class Attributes {

    public static final Attributes EMPTY = new Attributes(new Object[0]);

    private final Object[] pairs;

    private Attributes(Object[] pairs) {
        this.pairs = pairs;
    }

    /** @param pairs key, value, key, value, ...; the last of equal keys wins */
    public static Attributes of(List<Object> pairs) {
        return pairs.isEmpty() ? EMPTY : new Attributes(pairs.toArray());
    }

    public static Attributes of(Object... pairs) {
        return of(Arrays.asList(pairs));
    }

    /** Returns the value, or null if there is none. */
    public Object get(String key) {
        // Strings cache their hash, so most other keys are skipped without a call.
        int hash = key.hashCode();
        for (int i = pairs.length - 2; i >= 0; i -= 2) {
            if (pairs[i] instanceof String other && hash == other.hashCode() && key.equals(other)) {
                return pairs[i + 1];
            }
        }
        return null;
    }

    /** Returns the value as {@link ValueText}, or null if there is none. An attribute is also found by its {@link AttributeNames}. */
    public String text(String key) {
        Object value = get(key);
        if (value == null) {
            for (String name : AttributeNames.others(key)) {
                value = value == null ? get(name) : value;
            }
        }
        return value == null ? null : ValueText.of(value);
    }

    /**
     * Returns whether there is an attribute with this key and value, or with a list that has this value. It is also found by its
     * {@link AttributeNames}.
     *
     * @param pair {@code key=value}, the value as {@link ValueText}; both may contain an =
     */
    boolean has(String pair) {
        if (hasExactly(pair)) {
            return true;
        }
        int equals = pair.indexOf('=');
        for (String name : equals < 0 ? List.<String>of() : AttributeNames.others(pair.substring(0, equals))) {
            Object value = get(name);
            if (value != null && pair.substring(equals + 1).equals(ValueText.of(value))) {
                return true;
            }
        }
        return false;
    }

    private boolean hasExactly(String pair) {
        for (int i = 0; i < pairs.length; i += 2) {
            String key = (String) pairs[i];
            int length = key.length();
            if (pair.length() > length && pair.charAt(length) == '=' && pair.startsWith(key) && pairs[i + 1] != null
                    && (endsWith(pair, length + 1, pairs[i + 1])
                            || pairs[i + 1] instanceof List<?> list && list.stream().anyMatch(one -> endsWith(pair, length + 1, one)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsWith(String pair, int from, Object value) {
        String text = ValueText.of(value);
        return pair.length() == from + text.length() && pair.endsWith(text);
    }

    /** Returns the values that are not text, as {@link ValueText}, by their keys. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        forEach((key, value) -> {
            if (value != null && !(value instanceof String)) {
                texts.put(key, ValueText.of(value));
            }
        });
        return texts;
    }

    public boolean isEmpty() {
        return pairs.length == 0;
    }

    public void forEach(BiConsumer<String, Object> action) {
        for (int i = 0; i < pairs.length; i += 2) {
            action.accept((String) pairs[i], pairs[i + 1]);
        }
    }

    public Map<String, Object> toMap() {
        Map<String, Object> map = LinkedHashMap.newLinkedHashMap(pairs.length / 2);
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attributes that && Arrays.equals(pairs, that.pairs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(pairs);
    }

    @Override
    public String toString() {
        return toMap().toString();
    }
}
