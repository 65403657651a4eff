package org.debugshop.console.analysis;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.client;
import static org.debugshop.console.TestSpans.server;

import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.debugshop.console.TestSpans;
import org.debugshop.console.analysis.Common.Shared;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.Span;
import org.junit.jupiter.api.Test;

class CommonTest {

    private static List<List<Span>> traces(int count, IntFunction<List<Span>> trace) {
        return IntStream.range(0, count).mapToObj(trace).toList();
    }

    private static TestSpans order(int i) {
        return server("checkout", "POST /orders").attribute("order.id", UUID.randomUUID().toString())
                .attribute("http.route", "/orders").attribute("currency", i % 2 == 0 ? "EUR" : "USD");
    }

    private static List<Span> failed(int i) {
        return List.of(order(i).error().attribute("product.id", "3").attribute("http.response.status_code", "500")
                .attribute("error.type", "500").attribute("shop.upstream.failure", "stock is unreachable").stored());
    }

    private static List<Span> good(int i) {
        return List.of(order(i).attribute("product.id", i < 4 ? "3" : String.valueOf(100 + i % 10))
                .attribute("http.response.status_code", "200").stored());
    }

    @Test
    void shouldFindTheOneValueThatSeparatesThem() {
        assertThat(Common.of(traces(31, CommonTest::failed), traces(300, CommonTest::good)))
                .containsExactly(new Shared("product.id", "3", 31, 31, 4, 300));
    }

    @Test
    void shouldRankByHowWellAValueSeparates() {
        var selected = traces(40, i -> List.of(order(i).attribute("always", "x").attribute("mostly", i < 30 ? "y" : "z").stored()));
        var others = traces(40, i -> List.of(order(i).attribute("mostly", i < 30 ? "z" : "y").stored()));

        assertThat(Common.of(selected, others)).containsExactly(new Shared("always", "x", 40, 40, 0, 40),
                new Shared("mostly", "y", 30, 40, 10, 40));
    }

    @Test
    void shouldNotTakeAChanceForACause() {
        assertThat(
                Common.of(traces(1, i -> List.of(order(i).attribute("user", "u").stored())), traces(300, i -> List.of(order(i).stored()))))
                .as("one trace").isEmpty();
        assertThat(Common.of(traces(300, i -> List.of(order(i).attribute("user", "u" + i).stored())),
                traces(300, i -> List.of(order(i).stored())))).as("a value that each trace has for itself").isEmpty();
        assertThat(Common.of(traces(20, i -> List.of(order(i).attribute("half", i < 12 ? "a" : "b").stored())),
                traces(20, i -> List.of(order(i).attribute("half", i < 8 ? "a" : "b").stored())))).isEmpty();
        assertThat(Common.of(traces(20, CommonTest::failed), List.of())).as("nothing to compare with").isEmpty();
        assertThat(Common.of(List.of(), traces(20, CommonTest::good))).isEmpty();
    }

    @Test
    void shouldFindSpansThatAreThereOrMissing() {
        var selected = traces(20, i -> List.of(order(i).stored(), client("checkout", "retry").id(2).stored()));
        var others = traces(20, i -> List.of(order(i).stored(), server("ads", "GET /ads").id(2).stored()));

        assertThat(Common.of(selected, others)).contains(new Shared(Common.SPAN, "checkout retry", 20, 20, 0, 20),
                new Shared(Common.NO_SPAN, "ads GET /ads", 20, 20, 0, 20))
                .noneMatch(shared -> shared.value().equals("checkout POST /orders"));
    }

    @Test
    void shouldCompareTheSendersOfSpans() {
        var selected = traces(20, i -> List.of(sentBy("1.1.0", order(i).stored())));
        var others = traces(50, i -> List.of(sentBy("1.0.0", order(i).stored())));

        assertThat(Common.of(selected, others)).containsExactly(new Shared("service.version", "1.1.0", 20, 20, 0, 50));
    }

    private static Span sentBy(String version, Span span) {
        return span.from(Resource.of(Attributes.of("service.name", "checkout", "service.version", version)), "");
    }

    @Test
    void shouldCompareTheElementsOfLists() {
        var selected = traces(20, i -> List.of(ordering(i, List.of(3L, (long) 10 + i))));
        var others = traces(20, i -> List.of(ordering(i, List.of(4L, (long) 10 + i))));

        assertThat(Common.of(selected, others)).containsExactly(new Shared("product.ids", "3", 20, 20, 0, 20));
    }

    private static Span ordering(int i, List<Long> products) {
        Span span = order(i).stored();
        return new Span(span.traceId(), span.spanId(), 0, span.resource(), "", span.name(), span.kind(), span.status(), "",
                span.startNanos(), span.durationNanos(), Attributes.of("product.ids", products), List.of(), List.of(), span.alteration(),
                span.bytes());
    }

    @Test
    void shouldShowTheShortestOfValuesThatOccurInTheSameTraces() {
        var selected = traces(20, i -> List.of(order(i).attribute("url.full", "http://localhost/product/3").attribute("url.path",
                "/product/3").attribute("product.id", "3").attribute("url.whole", "http://localhost:80/product/3").stored()));
        var others = traces(20, i -> List.of(order(i).stored()));

        assertThat(Common.of(selected, others)).extracting(Shared::attribute).containsExactly("product.id", "url.path", "url.full");
    }

    @Test
    void shouldLeaveOutHowTheyFailedButNotAStatusThatIsNoFailure() {
        var selected = traces(20, i -> List.of(order(i).attribute("http.response.status_code", "304").stored()));

        assertThat(Common.of(selected, traces(20, CommonTest::good)))
                .containsExactly(new Shared("http.response.status_code", "304", 20, 20, 0, 20));
    }

    @Test
    void shouldBoundWhatItReturns() {
        // Each value is missing in one of the traces.
        var selected = traces(20, i -> IntStream.range(0, 200).filter(id -> id % 20 != i)
                .mapToObj(id -> order(i).id(id + 1).attribute("a" + id / 5, "v" + id).stored()).toList());
        var shared = Common.of(selected, traces(20, CommonTest::good));

        assertThat(shared).hasSize(Common.MAX_ROWS);
        assertThat(shared.stream().collect(groupingBy(Shared::attribute, counting())).values()).allMatch(rows -> rows <= 3);
    }
}
