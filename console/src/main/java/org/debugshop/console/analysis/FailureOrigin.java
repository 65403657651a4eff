package org.debugshop.console.analysis;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Span;

/**
 * Where the failure of a trace starts. That is the deepest failed span that its service marked with an event {@code shop.failure}
 * (docs/telemetry.md), or if there is none, the deepest failed span. At equal depth, it is the earlier one.
 *
 * @param reason the most specific reason that the span has; empty if it has none
 * @param declared whether the service itself marked the span; otherwise this is a conclusion
 * @param answer the HTTP status that it answered or was answered with; empty if it wasn't HTTP
 * @param seen the HTTP status of the outermost span above it that has one: what the original caller saw; empty if there is none
 */
public record FailureOrigin(Span span, Optional<String> reason, boolean declared, Optional<String> answer, Optional<Seen> seen) {

    private static final String HTTP_STATUS = "http.response.status_code";
    /** The maximum number of characters of one part of the sentence. */
    private static final int MAX_WORDS = 500;

    /** @param by the service, if that sends spans; empty if it was the caller of the first service that does */
    public record Seen(Optional<String> by, String status) {}

    /** Finds the origin; empty if no span failed. */
    public static Optional<FailureOrigin> of(List<Span> trace) {
        if (trace.stream().noneMatch(Span::isError)) {
            return Optional.empty();
        }
        var tree = new SpanTree(trace);
        Comparator<Integer> deepest = Comparator.<Integer>comparingInt(tree::depth)
                .thenComparing(i -> trace.get(i).startNanos(), Comparator.reverseOrder());
        var failed = IntStream.range(0, trace.size()).filter(i -> trace.get(i).isError()).boxed().toList();
        var origin = failed.stream().filter(i -> declaration(trace.get(i)).isPresent()).max(deepest)
                .or(() -> failed.stream().max(deepest)).orElseThrow();
        Span span = trace.get(origin);
        return Optional.of(new FailureOrigin(span, reason(span), declaration(span).isPresent(), status(span), seen(tree, origin)));
    }

    /** Returns {@code error.type} of the event or of the span; empty if neither has one. */
    public Optional<String> errorType() {
        return declaration(span).map(event -> event.attributes().text("error.type"))
                .or(() -> Optional.ofNullable(span.attributes().text("error.type")));
    }

    /**
     * Returns the sentence for users: "instabook-cache answered 401: API token authentication is disabled; seen by
     * load-generator-instabook as 500".
     */
    public String sentence() {
        String what = answer.map(status -> (span.kind() == Span.Kind.CLIENT ? " got " : " answered ") + status).orElse(" failed");
        return named(span.service()) + what + reason.map(words -> ": " + bounded(words)).orElse("")
                + seen.map(by -> "; seen by " + by.by().map(FailureOrigin::named).orElse("the caller") + " as " + by.status()).orElse("");
    }

    private static Optional<Seen> seen(SpanTree tree, int origin) {
        Span outermost = null;
        for (int i = tree.parent(origin); i >= 0; i = tree.parent(i)) {
            if (status(tree.spans.get(i)).isPresent()) {
                outermost = tree.spans.get(i);
            }
        }
        if (outermost == null) {
            return Optional.empty();
        }
        return Optional.of(new Seen(outermost.kind() == Span.Kind.CLIENT ? Optional.of(outermost.service()) : Optional.empty(),
                status(outermost).orElseThrow()));
    }

    /**
     * Finds the reason: Debug Shop's own attributes are the most specific, then follow those of the semantic conventions. An HTTP
     * status is not a reason.
     */
    private static Optional<String> reason(Span span) {
        var declaration = declaration(span).map(Span.Event::attributes);
        var exceptions = span.events().stream().filter(event -> event.name().equals("exception")).map(Span.Event::attributes);
        String status = status(span).orElse("");
        return Stream.of(declaration.flatMap(FailureOrigin::own).stream(),
                own(span.attributes()).stream(),
                Stream.of(span.statusMessage()),
                exceptions.flatMap(exception -> Stream.of("exception.message", "exception.type").map(exception::text)),
                declaration.map(event -> event.text("error.type")).stream(),
                Stream.of("error.type").map(span.attributes()::text))
                .flatMap(candidates -> candidates).filter(words -> words != null && !words.isBlank() && !words.equals(status)).findFirst();
    }

    /** Returns the value of an attribute {@code shop.….failure}, such as {@code shop.auth.failure}. */
    private static Optional<String> own(Attributes attributes) {
        return attributes.toMap().entrySet().stream()
                .filter(attribute -> Declarations.isReason(attribute.getKey()))
                .map(Map.Entry::getValue).map(String::valueOf).findFirst();
    }

    private static Optional<Span.Event> declaration(Span span) {
        return span.events().stream().filter(event -> event.name().equals(Declarations.EVENT)).findFirst();
    }

    /** Returns the HTTP status of a span; empty if it isn't HTTP. */
    public static Optional<String> status(Span span) {
        return Optional.ofNullable(span.attributes().text(HTTP_STATUS));
    }

    /** Returns a service's name, or a text for a service without one. */
    private static String named(String service) {
        return service.isBlank() ? "(no name)" : bounded(service);
    }

    private static String bounded(String words) {
        return words.length() <= MAX_WORDS ? words : words.substring(0, MAX_WORDS) + "…";
    }
}
