package org.debugshop.systemtests.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.testkit.Service.CONSOLE;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Otlp;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pages of a console that receives only telemetry that the tests make up. */
@ExtendWith(TheBrowser.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("nightly")
class ConsoleAloneIT {

    private static final String SCRIPT = "<script>window.hit = 'script'</script>";
    private static final String PICTURE = "<img src=x onerror=\"window.hit = 'picture'\">";
    private static final String LINK = "javascript:window.hit='link'";
    private static final String TURNED = "safe\u202egnp.exe";
    private static final String UNSEEN = "a\u0000b\u0007c\u200bd\u001b[31me";
    private static final String HUGE = "huge ".repeat(20_000);
    private static final String LIT = "${window.hit='template'}{{window.hit}}";

    private OwnShop own;
    private String console;
    private Otlp otlp;

    @BeforeAll
    void start() {
        own = OwnShop.start("--only", "console");
        console = own.shop().url(CONSOLE);
        otlp = Otlp.of(own.shop());
    }

    @AfterAll
    void stop() {
        own.close();
    }

    @Test
    void shouldShowEventsThatWerePutAsideUntilTheyAreReplayed(Tab tab) {
        otlp.spans("inventory", Otlp.newTraceId(), Otlp.Span.of(1, 0, "process orders"));
        otlp.gauge("inventory", "shop_dead_letters_waiting", 3, Map.of("topic", "orders"));
        tab.open(console + "/");
        var line = tab.page().getByText("3 events of the topic orders were put aside.");
        assertThat(line).isVisible();
        assertThat(line).containsText("./shop events replay sends them back to the topic.");

        otlp.gauge("inventory", "shop_dead_letters_waiting", 0, Map.of("topic", "orders"));
        assertThat(line).isHidden();
    }

    @Test
    void shouldCompareTheCopiesOfARouteAndShowWhichOneHandledASpan(Tab tab) {
        var usual = Otlp.newTraceId();
        var routed = Otlp.newTraceId();
        otlp.spans("shop-front", usual, Otlp.Span.of(1, 0, "GET /"));
        otlp.spans(Map.of("service.name", "shelf", "service.version", "1.0.0"), usual, Otlp.Span.of(2, 1, "GET /shelf"),
                Otlp.Span.of(3, 1, "GET /shelf"));
        otlp.spans("shop-front", routed, Otlp.Span.of(1, 0, "GET /"));
        otlp.spans(Map.of("service.name", "shelf", "service.version", "1.0.0-ann"), routed,
                Otlp.Span.of(2, 1, "GET /shelf").failed(Map.of(), "shop.failure"));
        tab.open(console + "/routes");
        assertThat(tab.page().getByText("There is no route.")).isVisible();

        assertThat(Http.put(console + "/api/routes/anns",
                """
                        {"service":"currency","url":"http://localhost:1","key":"ann","owner":"ann@desk","version":"1.0.0-ann","lease_seconds":30}"""))
                .returns(200, Http.Answer::status);
        // The page gets this answer as long as the test needs it, and the figures of a service that has some.
        answer(tab, "**/api/routes", Http.text(console + "/api/routes"));
        tab.open(console + "/routes");
        assertThat(tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(Pattern.compile("intercept, key ann"))))
                .containsText("by ann@desk");
        assertThat(tab.page().getByText("No request yet.")).isVisible();
        answer(tab, "**/api/services/currency/copies*", Http.text(console + "/api/services/shelf/copies"));
        tab.open(console + "/routes");
        var copies = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("The copies of currency side by side"));
        assertThat(copies.getByRole(AriaRole.ROW)).hasCount(3);
        assertThat(copies.getByRole(AriaRole.ROW).nth(1)).containsText(Pattern.compile("1\\.0\\.0\\s+2\\s[\\s\\S]*0 %"));
        assertThat(copies.getByRole(AriaRole.ROW).nth(2))
                .containsText(Pattern.compile("1\\.0\\.0-ann\\s+the route's copy\\s+1\\s[\\s\\S]*100 %"));
        tab.assertAccessibleEverywhere();

        tab.open(console + "/traces/" + routed + "?span=0000000000000002");
        assertThat(tab.page().getByRole(AriaRole.TREEGRID).getByText("1.0.0-ann")).isVisible();
        // Nothing beside a service with one copy.
        assertThat(tab.page().getByRole(AriaRole.TREEGRID).locator(".badge")).hasCount(1);
        assertThat(tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Details of the selected span")))
                .containsText(Pattern.compile("Copy\\s+1\\.0\\.0-ann"));
        tab.assertAccessibleEverywhere();
        tab.open(console + "/traces/" + usual);
        assertThat(tab.page().getByRole(AriaRole.TREEGRID).getByText("1.0.0").first()).isVisible();
    }

    private static void answer(Tab tab, String address, String json) {
        tab.page().route(address, route -> route.fulfill(new Route.FulfillOptions().setContentType("application/json").setBody(json)));
    }

    @Test
    void shouldShowHostileTelemetryAsTextOnly(Tab tab) {
        var trace = Otlp.newTraceId();
        var hostile = Map.<String, Object>of(SCRIPT, PICTURE, "shop.auth.failure", SCRIPT, "error.type", TURNED, "url.full", LINK, "huge",
                HUGE, "unseen", UNSEEN, "lit", LIT,
                "nested", Map.of(PICTURE, List.of(SCRIPT, Map.of("deep", PICTURE))));
        otlp.spans("front" + PICTURE, trace, Otlp.Span.of(1, 0, SCRIPT + UNSEEN), Otlp.Span.of(2, 1, HUGE), Otlp.Span.of(3, 1, TURNED));
        otlp.spans("back" + TURNED, trace, Otlp.Span.of(4, 1, PICTURE).failed(hostile, "shop.failure"), Otlp.Span.of(5, 4, LINK + LIT));
        otlp.log("back" + TURNED, "ERROR", SCRIPT + PICTURE + UNSEEN + TURNED, trace, hostile);
        otlp.log(PICTURE, PICTURE, HUGE, "", Map.of());

        tab.open(console + "/");
        assertThat(tab.page().locator(".verdict .headline")).containsText("backsafe\\u202egnp.exe");
        assertThat(tab.page().locator("svg.graph a").first()).isVisible();
        harmless(tab);
        tab.open(console + "/traces");
        assertThat(tab.page().locator("duration-scatter canvas")).isVisible();
        assertThat(tab.page().getByRole(AriaRole.GRID)).containsText(SCRIPT);
        harmless(tab);
        tab.page().getByRole(AriaRole.GRID).getByRole(AriaRole.ROW).first().click();

        var tree = tab.page().getByRole(AriaRole.TREEGRID);
        assertThat(tree).containsText(PICTURE);
        assertThat(tree).containsText("safe\\u202egnp.exe");
        assertThat(tree).containsText("a\\u0000b\\u0007c\\u200bd\\u001b[31me");
        tree.getByText(PICTURE).last().click();
        var details = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(Pattern.compile("^Details of the")));
        assertThat(details).containsText(LIT);
        assertThat(details).containsText(SCRIPT);
        assertThat(details).containsText("safe\\u202egnp.exe");
        assertThat(details.locator("a[href^='javascript:' i]")).hasCount(0);
        assertThat(details).containsText("huge huge");
        assertThat(details).not().containsText(HUGE);
        harmless(tab);
        tab.assertAccessibleEverywhere();

        tab.open(console + "/compare?a=" + trace + "&b=" + trace);
        assertThat(tab.page().getByRole(AriaRole.TREEGRID)).hasCount(2);
        harmless(tab);

        tab.open(console + "/logs");
        tab.page().getByRole(AriaRole.GRID).getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(SCRIPT + PICTURE))
                .click();
        assertThat(details).containsText(SCRIPT + PICTURE + "a\\u0000b");
        details.locator("summary").first().click();
        assertThat(details.locator("details[open]").first()).containsText(PICTURE);
        harmless(tab);
        tab.assertAccessibleEverywhere();

        for (var path : List.of("/charts?metric=" + encoded(PICTURE), "/charts?metric=up&label=" + encoded("service=" + SCRIPT),
                "/failures?failure=" + encoded(SCRIPT),
                "/traces?service=" + encoded(PICTURE) + "&operation=" + encoded(SCRIPT), "/traces/" + encoded(PICTURE),
                "/logs?text=" + encoded(SCRIPT) + "&record=" + encoded(PICTURE))) {
            tab.expectInConsole("the server responded with a status of 4").open(console + path);
            assertThat(tab.page().getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1))
                    .or(tab.page().getByRole(AriaRole.ALERT)).first()).isVisible();
            harmless(tab);
        }
    }

    /** Asserts that no script of the telemetry ran, and that no part of it became an element. */
    private static void harmless(Tab tab) {
        tab.settle();
        assertThat(tab.page().evaluate("window.hit")).as("set by a script in the telemetry").isNull();
        assertThat(tab.page().evaluate("document.querySelectorAll('main script, main img, main iframe, main object').length")).isEqualTo(0);
        assertThat(tab.page().evaluate(
                "[...document.querySelectorAll('main *')].some(element => [...element.attributes].some(({ name }) => /^on/i.test(name)))"))
                .isEqualTo(false);
    }

    @Test
    void shouldUpdateAnOpenPageAfterTheConsoleWasRestarted(Tab tab) {
        tab.expectInConsole("ERR_CONNECTION_REFUSED").expectInConsole("ERR_INCOMPLETE_CHUNKED_ENCODING")
                .expectInConsole("ERR_CONNECTION_RESET").expectInConsole("ERR_EMPTY_RESPONSE")
                .expectInConsole("ERR_INVALID_CHUNKED_ENCODING").expectInConsole("503");
        otlp.log("before", "INFO", "what was before", "", Map.of());
        tab.open(console + "/logs");
        assertThat(tab.page().getByText("what was before")).isVisible();
        var live = tab.page().getByRole(AriaRole.BANNER).getByRole(AriaRole.STATUS);
        assertThat(live).hasText("Live");

        own.shop().run("stop", CONSOLE.toString());
        assertThat(live).hasText("Reconnecting");
        own.shop().run("start", CONSOLE.toString());
        assertThat(live).hasText("Live");
        assertThat(tab.page().getByText("what was before")).hasCount(0);
        otlp.log("after", "INFO", "what came after", "", Map.of());
        assertThat(tab.page().getByText("what came after")).isVisible();
    }

    @Test
    void shouldNotUpdateAPausedPage(Tab tab) {
        tab.open(console + "/logs?service=paused");
        assertThat(tab.page().getByText("No record matches")).isVisible();
        tab.button("Pause").click();
        otlp.log("paused", "WARN", "while nobody looked", "", Map.of());
        // A second page, which is not paused, shows that the record has arrived.
        assertThat(tab.another().open(console + "/logs?service=paused").page().getByText("while nobody looked")).isVisible();
        assertThat(tab.page().getByText("while nobody looked")).hasCount(0);
        tab.button("Resume").click();
        assertThat(tab.page().getByText("while nobody looked")).isVisible();
    }

    @Test
    void shouldShowATraceOfFiveThousandSpansWithFewElements(Tab tab) {
        var trace = Otlp.newTraceId();
        var spans = new ArrayList<>(List.of(Otlp.Span.of(1, 0, "root")));
        IntStream.rangeClosed(2, 5000).forEach(id -> spans.add(Otlp.Span.of(id, id % 50 == 2 ? 1 : id - 1, "step " + id)));
        for (var from = 0; from < spans.size(); from += 250) {
            otlp.spans("large", trace, spans.subList(from, Math.min(spans.size(), from + 250)).toArray(Otlp.Span[]::new));
        }

        tab.open(console + "/traces/" + trace);
        var tree = tab.page().getByRole(AriaRole.TREEGRID);
        assertThat(tree).hasAttribute("aria-rowcount", "5000");
        assertThat(tree.getByRole(AriaRole.ROW).first()).containsText("root");
        assertThat(tree.getByRole(AriaRole.ROW).count()).isLessThan(100);
        tree.focus();
        tab.press("End");
        assertThat(tree.getByRole(AriaRole.ROW).last()).hasAttribute("aria-rowindex", "5000");
        assertThat(tree.getByRole(AriaRole.ROW).count()).isLessThan(100);
        tab.page().getByLabel("Find").fill("step 4711");
        assertThat(tab.page()).hasURL(console + "/traces/" + trace + "?find=step+4711");
    }

    @Test
    void shouldFoldHundredsOfSpans(Tab tab) {
        var trace = Otlp.newTraceId();
        var spans = new ArrayList<>(List.of(Otlp.Span.of(1, 0, "root")));
        IntStream.rangeClosed(2, 301).forEach(id -> spans.addAll(List.of(Otlp.Span.of(id, 1, "parent " + id),
                Otlp.Span.of(id + 1000, id, "child " + id))));
        otlp.spans("foldable", trace, spans.toArray(Otlp.Span[]::new));

        tab.open(console + "/traces/" + trace);
        var tree = tab.page().getByRole(AriaRole.TREEGRID);
        assertThat(tree).hasAttribute("aria-rowcount", "601");
        tab.button("Fold all").click();
        assertThat(tree).hasAttribute("aria-rowcount", "301");
        tab.button("Show what is below").first().click();
        assertThat(tree).hasAttribute("aria-rowcount", "302");
        var other = tab.another().open(tab.page().url());
        assertThat(other.page().getByRole(AriaRole.TREEGRID)).hasAttribute("aria-rowcount", "302");
        tab.button("Open all").click();
        assertThat(tree).hasAttribute("aria-rowcount", "601");

        // More spans than fit into the address of the page.
        tree.focus();
        tab.press("Home");
        for (var folded = 0; folded < 140; folded++) {
            tab.press("ArrowDown", "ArrowLeft");
        }
        assertThat(tree).hasAttribute("aria-rowcount", "461");
    }

    @Test
    void shouldFindATraceByEachOfItsValues(Tab tab) {
        var trace = Otlp.newTraceId();
        var mark = trace.substring(0, 8);
        otlp.spans("valued", trace, Otlp.Span.of(1, 0, "valued").with(Map.of("three", 3.0, "large", 12345678.9, "small", 0.0001, "int53",
                9007199254740993L, "list", List.of(mark, 9007199254740993L, 0.5), "map", Map.of("a", 1), "a=b", mark, "val", "x=" + mark)));
        tab.open(console + "/traces/" + trace + "?span=0000000000000001");
        var links = tab.page().getByTitle("Traces with this value");
        assertThat(links.filter(new Locator.FilterOptions().setHasText("[\"" + mark + "\",9007199254740993,0.5]"))).isVisible();
        for (var text : List.of("3.0", "12345678.9", "0.0001", "9007199254740993", "{\"a\":1}", "x=" + mark)) {
            assertThat(links.getByText(text, new Locator.GetByTextOptions().setExact(true))).isVisible();
        }
        for (var i = 0; i < 8; i++) {
            links.nth(i).click();
            assertThat(tab.page().getByText(Pattern.compile("1 trace found"))).isVisible();
            tab.page().goBack();
            assertThat(links.first()).isVisible();
        }
    }

    @Test
    void shouldShowWhatTracesHaveInCommon(Tab tab) {
        for (var i = 0; i < 40; i++) {
            var slow = i % 4 == 0;
            otlp.spans("in-common", Otlp.newTraceId(), new Otlp.Span(1, 0, "buy", 1, slow ? 800_000 : 2000 + i, slow,
                    Map.of("shop.product.id", slow ? "3" : "1" + i % 3, "shop.order.id", "o-" + i), List.of()));
        }
        var table = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("What these traces have in common"));

        tab.open(console + "/traces?service=in-common&error=true");
        tab.button("What do these have in common?").click();
        assertThat(table.getByRole(AriaRole.ROW)).hasCount(2);
        assertThat(table.getByRole(AriaRole.ROW).last())
                .hasText(Pattern.compile("shop.product.id\\s*3\\s*10 of 10\\s*100 %\\s*0 of 30\\s*0 %"));
        assertThat(tab.page()).hasURL(console + "/traces?service=in-common&error=true&common=true");
        tab.assertAccessibleEverywhere();
        table.getByRole(AriaRole.LINK).click();
        assertThat(tab.page().getByText("10 traces found, 10 failed")).isVisible();
        assertThat(table).hasCount(0);

        tab.open(console + "/traces?service=in-common");
        var dots = tab.page().locator("duration-scatter canvas").boundingBox();
        tab.page().mouse().move(dots.x + 66, dots.y + 32);
        tab.page().mouse().down();
        tab.page().mouse().move(dots.x + dots.width / 2, dots.y + 60);
        tab.page().mouse().move(dots.x + dots.width - 18, dots.y + dots.height / 2);
        tab.page().mouse().up();
        // The first and the last dot may be at the edge.
        assertThat(table.getByRole(AriaRole.ROW).last()).containsText(Pattern.compile("3\\s*(8|9|10) of \\1 100 %\\s*0 of"));
        assertThat(tab.page().getByLabel("At least (ms)")).not().hasValue("");
        assertThat(tab.page().getByLabel("At most (ms)")).not().hasValue("");
        tab.button("Hide what these have in common").click();
        assertThat(table).hasCount(0);
    }

    @Test
    void shouldPageThroughLogRecordsWithTheSameTime(Tab tab) {
        var second = Long.toString(Otlp.nanos(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
        otlp.rawLogs("burst", IntStream.rangeClosed(1, 1100).<Map<String, Object>>mapToObj(i -> Map.of("timeUnixNano", second, "body",
                Map.of("stringValue", "record " + i))).toList());
        tab.open(console + "/logs?service=burst");
        var grid = tab.page().getByRole(AriaRole.GRID);
        assertThat(grid.getByRole(AriaRole.ROW).first()).containsText("record 1100");
        tab.link("Earlier ones").click();
        assertThat(grid.getByRole(AriaRole.ROW).first()).containsText("record 600");
        tab.link("Earlier ones").click();
        assertThat(grid.getByRole(AriaRole.ROW).first()).containsText("record 100");
        assertThat(grid).hasAttribute("aria-rowcount", "100");
        assertThat(tab.link("Earlier ones")).hasCount(0);
        tab.link("The newest again").click();
        assertThat(grid.getByRole(AriaRole.ROW).first()).containsText("record 1100");
    }

    @Test
    void shouldFormatDurationsAndQuantities(Tab tab) {
        tab.open(console + "/");

        var formatted = tab.page().evaluate(
                """
                        async () => {
                          const { ago, duration, percent, plain, quantity, rate } = await import('/app/core/format.js');
                          return [duration(null), duration(0), duration(0.0125), duration(1.234), duration(12.34), duration(1234), duration(125_000),
                            ago(59_400), ago(3_600_000), rate(0.004), rate(0.31), rate(1234), percent(0.0004), percent(0.05), percent(1),
                            quantity(0.25, 'seconds'), quantity(1536, 'bytes/s'), quantity(NaN, 'bytes'), plain('a\\u202eb')];
                        }""");

        assertThat(formatted)
                .isEqualTo(List.of("–", "0 ms", "13 µs", "1.23 ms", "12.3 ms", "1.23 s", "2 min 5 s", "59 s", "1 h 0 min", "<0.01/s",
                        "0.31/s", "1,234/s", "<0.1 %", "5.0 %", "100 %", "250 ms", "1.5 KiB/s", "–", "a\\u202eb"));
    }

    @Test
    void shouldMakeATreeOfSpansWithMissingOrCircularParents(Tab tab) {
        tab.open(console + "/");

        var tree = tab.page().evaluate("""
                async () => {
                  const { treeOf, visible } = await import('/app/core/trace-tree.js');
                  const span = (id, parent, start) => ({ span_id: id, parent_span_id: parent, service: 's', name: id, kind: 'INTERNAL',
                    status: id === 'leaf' ? 'ERROR' : 'UNSET', start: `2026-01-31T12:00:00.00${start}Z`, duration_us: 500 });
                  const { nodes } = treeOf({ spans: [span('root', null, 0), span('leaf', 'child', 2), span('child', 'root', 1),
                    span('orphan', 'missing', 3), span('one', 'other', 4), span('other', 'one', 5)], logs: [] });
                  return [...nodes.map(node => `${node.span.name} ${node.depth} ${node.below} ${node.failedBelow} ${node.start}`),
                    visible(nodes, new Set(['root'])).map(node => node.span.name).join()];
                }""");

        assertThat(tree).isEqualTo(List.of("root 0 2 true 0", "child 1 1 true 1000", "leaf 2 0 false 2000", "orphan 0 0 false 3000",
                "one 0 1 false 4000", "other 1 0 false 5000", "root,orphan,one,other"));
    }

    @Test
    void shouldMarkAlteredAndImpossibleValues(Tab tab) {
        var trace = Otlp.newTraceId();
        var now = Otlp.nanos(Instant.now());
        otlp.rawSpans("skewed-client", List.of(Map.of("traceId", trace, "spanId", "0000000000000001", "name", "call", "kind", 3,
                "startTimeUnixNano", Long.toString(now), "endTimeUnixNano", Long.toString(now + 100_000_000))));
        otlp.rawSpans("skewed-server", List.of(Map.of("traceId", trace, "spanId", "0000000000000002", "parentSpanId", "0000000000000001",
                "name", " ", "kind", 2, "startTimeUnixNano", Long.toString(now + 5_000_000_000L), "endTimeUnixNano",
                Long.toString(now + 5_010_000_000L)),
                Map.of("traceId", trace, "spanId", "0000000000000003", "parentSpanId", "0000000000000001", "name", "no start",
                        "endTimeUnixNano", Long.toString(now + 1_000_000))));
        tab.open(console + "/traces/" + trace + "?span=0000000000000003");
        assertThat(tab.page().getByText("seem to differ by about 4.90 s")).isVisible();
        assertThat(tab.page().getByText("1 span differs from what was sent")).isVisible();
        assertThat(tab.page().getByRole(AriaRole.TREEGRID)).containsText("(no name)");
        var details = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(Pattern.compile("^Details of the")));
        assertThat(details).containsText("The start time that was sent is impossible");

        var stack = "java.lang.IllegalStateException: outer\n" + "\tat some.where(Java.java:1)\n".repeat(1000)
                + "Caused by: the root cause";
        otlp.rawLogs("marked", List.of(
                Map.of("body", Map.of("stringValue", stack), "timeUnixNano", "4102444800000000000"),
                Map.of("eventName", "browser.page_view", "timeUnixNano", Long.toString(now)),
                Map.of("timeUnixNano", Long.toString(now), "body", Map.of("kvlistValue", Map.of("values", List.of(
                        Map.of("key", "msg", "value", Map.of("stringValue", "hi")),
                        Map.of("key", "n", "value", Map.of("intValue", "3"))))))));
        tab.open(console + "/logs?service=marked");
        var grid = tab.page().getByRole(AriaRole.GRID);
        grid.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("IllegalStateException")).click();
        assertThat(details).containsText("Caused by: the root cause");
        assertThat(details).containsText(Pattern.compile("[0-9,]+ characters left out"));
        assertThat(details).containsText("The time that was sent is impossible");
        grid.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("browser.page_view")).click();
        assertThat(details.getByRole(AriaRole.HEADING, new Locator.GetByRoleOptions().setName("browser.page_view"))).isVisible();
        grid.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("\"msg\"")).click();
        assertThat(details.getByRole(AriaRole.ROW, new Locator.GetByRoleOptions().setName("msg hi"))).isVisible();
        tab.assertAccessibleEverywhere();

        for (var path : List.of("/traces/%E0%A4", "/traces/%FF")) {
            tab.expectInConsole("the server responded with a status of 4").open(console + path);
            assertThat(tab.page().getByRole(AriaRole.ALERT)).isVisible();
        }
    }

    @Test
    void shouldShowWhatToDoWhileThereIsNoTelemetry(Tab tab) {
        try (var empty = OwnShop.start("--only", "console")) {
            tab.open(empty.shop().url(CONSOLE) + "/");
            assertThat(tab.page().getByText("No service has sent anything yet")).isVisible();
            tab.link("Traces").click();
            assertThat(tab.page().getByText("No trace matches")).isVisible();
            tab.link("Failures").click();
            assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("instabook-cache is unreachable");
            assertThat(tab.page().getByRole(AriaRole.SWITCH, new Page.GetByRoleOptions().setName(Pattern.compile("^Break: Bookings fail"))))
                    .isDisabled();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
