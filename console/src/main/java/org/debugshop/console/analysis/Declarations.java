package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.List;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Span;

/**
 * What services say about the failures that start in them: the event {@code shop.failure} and the attributes {@code shop.….failure}
 * (docs/telemetry.md). Services of other systems say nothing of the kind, so a diagnosis is measured without them.
 */
final class Declarations {

    static final String EVENT = "shop.failure";

    private static final String PREFIX = "shop.";
    private static final String SUFFIX = ".failure";

    private Declarations() {}

    static boolean isReason(String attribute) {
        return attribute.startsWith(PREFIX) && attribute.endsWith(SUFFIX);
    }

    /** Returns the spans as services would have sent them that do not know where failures start. */
    static List<Span> hidden(List<Span> spans) {
        return spans.stream().map(Declarations::hidden).toList();
    }

    private static Span hidden(Span span) {
        var events = span.events().stream().filter(event -> !event.name().equals(EVENT)).toList();
        var attributes = new ArrayList<Object>();
        span.attributes().forEach((key, value) -> {
            if (!isReason(key)) {
                attributes.add(key);
                attributes.add(value);
            }
        });
        return new Span(span.traceId(), span.spanId(), span.parentId(), span.resource(), span.scope(), span.name(), span.kind(),
                span.status(), span.statusMessage(), span.startNanos(), span.durationNanos(), Attributes.of(attributes), events,
                span.links(), span.alteration(), span.bytes());
    }
}
