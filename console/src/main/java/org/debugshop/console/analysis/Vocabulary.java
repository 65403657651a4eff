package org.debugshop.console.analysis;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceStore;
import org.debugshop.console.store.ValueText;

/**
 * The terms of the stored spans, for the completion of search fields.
 *
 * @param operations names of spans
 * @param attributes keys with some of their values; ids, which differ for every span, have few
 */
public record Vocabulary(List<String> services, List<String> operations, Map<String, List<String>> attributes) {

    static final int MAX_OPERATIONS = 500;
    static final int MAX_KEYS = 200;
    static final int MAX_VALUES = 12;
    private static final int MAX_LENGTH = 200;

    /** @param service the service whose operations and attributes are returned; empty for all services */
    public static Vocabulary of(TraceStore store, Optional<String> service) {
        SortedSet<String> services = new TreeSet<>();
        SortedSet<String> operations = new TreeSet<>();
        SortedMap<String, SortedSet<String>> attributes = new TreeMap<>();
        store.forEach(trace -> {
            for (int i = 0; i < trace.size(); i++) {
                Span span = trace.span(i);
                services.add(span.service());
                if (service.isEmpty() || service.get().equals(span.service())) {
                    if (operations.size() < MAX_OPERATIONS && span.name().length() <= MAX_LENGTH) {
                        operations.add(span.name());
                    }
                    span.attributes().forEach((key, value) -> note(attributes, key, value));
                }
            }
        });
        Map<String, List<String>> values = new TreeMap<>();
        attributes.forEach((key, some) -> values.put(key, List.copyOf(some)));
        return new Vocabulary(List.copyOf(services), List.copyOf(operations), values);
    }

    private static void note(SortedMap<String, SortedSet<String>> attributes, String key, Object value) {
        SortedSet<String> known = attributes.get(key);
        if (known == null) {
            if (attributes.size() == MAX_KEYS || key.length() > MAX_LENGTH) {
                return;
            }
            known = new TreeSet<>();
            attributes.put(key, known);
        }
        if (value != null && known.size() < MAX_VALUES) {
            String text = ValueText.of(value);
            if (text.length() <= MAX_LENGTH) {
                known.add(text);
            }
        }
    }
}
