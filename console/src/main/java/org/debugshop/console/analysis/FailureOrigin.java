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
 * Where the failure of a trace starts: the deepest failed span whose service says so, by an event {@code shop.failure}
 * (docs/telemetry.md); if none does, the deepest that failed. Of two at the same depth, the earlier.
 *
 * @param reason in the words of who says most; empty if nobody says
 * @param declared whether the service itself says that it starts here; otherwise it is a conclusion
 * @param answer with which status of HTTP it answered, or was answered; empty if it was not HTTP
 * @param seen the same of the topmost span above it that has one, which is what whoever began it got to see; empty if there is none
 */
public record FailureOrigin(Span span, Optional<String> reason, boolean declared, Optional<String> answer, Optional<Seen> seen) {

    private static final String EVENT = "shop.failure";
    private static final String HTTP_STATUS = "http.response.status_code";
    /** Of a part of a sentence. */
    private static final int MAX_WORDS = 500;

    /** @param by the service, if it is one that tells; else it was the caller of the first that does */
    public record Seen(Optional<String> by, String status) {}

    /** Empty if no span failed. */
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

    /** {@code error.type} of the declaration, or of the span; empty if neither has one. */
    public Optional<String> errorType() {
        return declaration(span).map(event -> event.attributes().text("error.type"))
                .or(() -> Optional.ofNullable(span.attributes().text("error.type")));
    }

    /** For people: "instabook-cache answered 401: API token authentication is disabled; seen by load-generator-instabook as 500". */
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

    /** The attribute of our own says most, then what the conventions have. A number of HTTP is no reason. */
    private static Optional<String> reason(Span span) {
        var declaration = declaration(span).map(Span.Event::attributes);
        var exceptions = span.events().stream().filter(event -> event.name().equals("exception")).map(Span.Event::attributes);
        String status = status(span).orElse("");
        return Stream.of(declaration.flatMap(FailureOrigin::own).stream(),
                own(span.attributes()).stream(),
                Stream.of(span.statusMessage()),
                exceptions.flatMap(each -> Stream.of("exception.message", "exception.type").map(each::text)),
                declaration.map(each -> each.text("error.type")).stream(),
                Stream.of("error.type").map(span.attributes()::text))
                .flatMap(each -> each).filter(words -> words != null && !words.isBlank() && !words.equals(status)).findFirst();
    }

    /** The value of {@code shop.auth.failure}, {@code shop.upstream.failure} and whatever else is named so. */
    private static Optional<String> own(Attributes attributes) {
        return attributes.toMap().entrySet().stream()
                .filter(each -> each.getKey().startsWith("shop.") && each.getKey().endsWith(".failure"))
                .map(Map.Entry::getValue).map(String::valueOf).findFirst();
    }

    private static Optional<Span.Event> declaration(Span span) {
        return span.events().stream().filter(event -> event.name().equals(EVENT)).findFirst();
    }

    private static Optional<String> status(Span span) {
        return Optional.ofNullable(span.attributes().text(HTTP_STATUS));
    }

    /** Of a service without a name, too. */
    private static String named(String service) {
        return service.isBlank() ? "(no name)" : bounded(service);
    }

    private static String bounded(String words) {
        return words.length() <= MAX_WORDS ? words : words.substring(0, MAX_WORDS) + "…";
    }
}
