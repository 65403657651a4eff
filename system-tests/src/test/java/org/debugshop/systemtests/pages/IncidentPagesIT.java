package org.debugshop.systemtests.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.testkit.Service.CONSOLE;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Otlp;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pages about incidents, with a diagnosis that the tests make up. {@code IncidentsIT} shows a real one. */
@ExtendWith(TheBrowser.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IncidentPagesIT {

    private static final String SENTENCE = "One of four POST /checkout fails. It starts in orders: it cannot connect to localhost:9.";
    private static final String TRACE = Otlp.newTraceId();
    /** Of today, or of yesterday: then with the date. */
    private static final String TIME = "(\\w+, \\w+ \\d+, )?[0-9:]+";

    private OwnShop own;
    private String console;

    /** What the API answers; a test may change it while a page is open. */
    private String diagnosis;

    @BeforeAll
    void start() {
        own = OwnShop.start("--only", "console");
        console = own.shop().url(CONSOLE);
        var otlp = Otlp.of(own.shop());
        otlp.spans("web", TRACE, Otlp.Span.of(1, 0, "POST /checkout"));
        otlp.spans("orders", TRACE, Otlp.Span.of(2, 1, "POST /process"));
        otlp.spans("prices", TRACE, Otlp.Span.of(3, 2, "GET /convert"));
    }

    @AfterAll
    void stop() {
        own.close();
    }

    private static Map<String, Object> incident(String id, boolean active, String sentence) {
        var began = Instant.now().minusSeconds(200);
        return Map.ofEntries(Map.entry("id", id), Map.entry("active", active), Map.entry("began", began.toString()),
                Map.entry("ended", active ? "" : began.plusSeconds(150).toString()), Map.entry("sentence", sentence),
                Map.entry("symptoms",
                        List.of(Map.of("component", "web", "operation", "POST /checkout", "measure", "errors", "before", 0,
                                "now", 0.26, "unit", "share", "requests", 1200, "began", began.toString(),
                                "sentence", "26 % of POST /checkout fail, before 0 %"))),
                Map.entry("suspects", List.of(
                        Map.of("component", "orders", "type", "service", "kind", "configuration", "confidence", 0.8,
                                "sentence", sentence, "path", List.of("orders", "web"),
                                "evidence", List.of(
                                        Map.of("sentence", "All calls to localhost:9 fail.", "supports", true, "link",
                                                "/traces?service=orders&error=true"),
                                        Map.of("sentence", "Its log has 31 new errors.", "supports", true, "link",
                                                "/logs?service=orders&level=ERROR"),
                                        Map.of("sentence", "Its other calls succeed.", "supports", false, "link",
                                                "javascript:window.hit='link'"))),
                        Map.of("component", "prices", "type", "service", "kind", "errors", "confidence", 0.1,
                                "sentence", "orders calls prices.", "path", List.of("prices", "orders", "web"),
                                "evidence",
                                List.of(Map.of("sentence", "Its own requests are as good as before.", "supports", false, "link",
                                        "/charts"))))),
                Map.entry("common", List.of(Map.of("attribute", "shop.order.currency", "value", "EUR", "failing", 31, "of_failing", 31,
                        "good", 4, "of_good", 300))),
                Map.entry("changes",
                        List.of(Map.of("at", began.toString(), "component", "ad-service", "sentence", "ad-service 1.1.0 started",
                                "cause", false, "reason", "its requests are as good as before"))),
                Map.entry("next", List.of("Look at the log of orders.")), Map.entry("traces", List.of(TRACE)));
    }

    /** Lets the API answer this. */
    private void diagnose(Tab tab, String state, String sentence, List<Map<String, Object>> incidents) {
        diagnosis = text(Map.of("time", Instant.now().toString(), "state", state, "sentence", sentence, "incidents", incidents));
        tab.page().unroute("**/api/incidents");
        tab.page().unroute("**/api/incidents/*");
        tab.page().route("**/api/incidents", route -> answer(route, diagnosis));
        for (var incident : incidents) {
            tab.page().route("**/api/incidents/" + incident.get("id"), route -> answer(route, text(incident)));
        }
    }

    private static void answer(Route route, String json) {
        route.fulfill(new Route.FulfillOptions().setContentType("application/json").setBody(json));
    }

    /** An incident that has not ended has no end. */
    private static String text(Object value) {
        return Json.text(value).replace("\"ended\":\"\"", "\"ended\":null");
    }

    @Test
    void shouldShowAnIncidentInTheOverviewUntilItHasEnded(Tab tab) {
        diagnose(tab, "learning", "Not enough data yet: 12 of 60 seconds.", List.of());
        tab.open(console + "/");
        var verdict = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("State of the system"));
        assertThat(verdict).containsText("Not enough data yet: 12 of 60 seconds.");
        assertThat(node(tab, "orders")).isVisible();
        assertThat(tab.page().locator("svg.graph .halo")).hasCount(0);
        tab.assertAccessibleEverywhere();

        // Whatever the state says, an active incident comes first.
        diagnose(tab, "healthy", "Nothing fails.", List.of(incident("2", true, SENTENCE), incident("1", false, "What was before.")));
        assertThat(verdict).containsText(SENTENCE);
        assertThat(verdict)
                .containsText(Pattern.compile("Since " + TIME + " \\(3 min \\d+ s ago\\)\\. 26 % of POST /checkout fail, before 0 %\\."));
        assertThat(verdict.locator(".chain li")).hasText(new String[]{"orders", "web"});
        assertThat(tab.page().getByText("Nothing fails")).hasCount(0);
        assertThat(node(tab, "orders")).hasAccessibleName(Pattern.compile("It starts here$"));
        assertThat(node(tab, "web")).hasAccessibleName(Pattern.compile("On the path of the failure$"));
        assertThat(node(tab, "prices")).not().hasAccessibleName(Pattern.compile("path|starts"));
        assertThat(tab.page().locator("svg.graph .band")).hasCount(1);
        tab.assertAccessibleEverywhere();

        diagnose(tab, "unclear", "orders fails. This is no incident so far.", List.of());
        assertThat(verdict).containsText("orders fails. This is no incident so far.");
        assertThat(verdict).hasClass("verdict warn");

        diagnose(tab, "healthy", "Nothing fails.", List.of(incident("2", false, SENTENCE)));
        assertThat(verdict).containsText("Nothing fails.");
        assertThat(verdict).containsText("The last incident ended");
        assertThat(tab.page().locator("svg.graph .halo")).hasCount(0);
        tab.link(SENTENCE).click();
        assertThat(tab.page()).hasURL(console + "/incidents/2");
    }

    @Test
    void shouldNotSayThatNothingFailsIfThereIsNoDiagnosis(Tab tab) {
        tab.expectInConsole("503").page().route("**/api/incidents",
                route -> route.fulfill(new Route.FulfillOptions().setStatus(503).setContentType("application/json")
                        .setBody("{\"error\":\"The console is busy\"}")));
        tab.open(console + "/");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("The console is busy");
        assertThat(node(tab, "orders")).isVisible();
        assertThat(tab.page().locator(".verdict")).hasCount(0);
    }

    @Test
    void shouldExplainAnIncident(Tab tab) {
        diagnose(tab, "failing", SENTENCE, List.of(incident("2", true, SENTENCE)));
        tab.open(console + "/");
        tab.link("Show the evidence").click();

        assertThat(tab.heading("Incident 2")).isVisible();
        assertThat(region(tab, "What happens")).containsText("It continues.");
        assertThat(row(region(tab, "What users see"), "26 % of POST /checkout fail"))
                .hasText(Pattern.compile("web POST /checkout\\s+0 %\\s+26 %\\s+1,200"));
        var first = region(tab, "Where it most likely starts: orders");
        assertThat(first).containsText("confidence 80 %");
        assertThat(first.locator(".evidence.for li")).hasText(new String[]{"All calls to localhost:9 fail. Traces",
                "Its log has 31 new errors. Logs"});
        assertThat(first.locator(".evidence.against li")).hasText("Its other calls succeed.");
        assertThat(first.getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Traces").setExact(true))).hasAttribute("href",
                "/traces?service=orders&error=true");
        assertThat(node(tab, "orders")).hasAccessibleName(Pattern.compile("^orders: .*It starts here$"));
        assertThat(region(tab, "Other suspects, and why they rank lower"))
                .containsText(Pattern.compile("prices, confidence 10 %.*Its own requests are as good as before\\.", Pattern.DOTALL));
        assertThat(row(region(tab, "What the failing requests have in common"), "shop.order.currency"))
                .hasText(Pattern.compile("EUR\\s+31 of 31 \\(100 %\\)\\s+4 of 300 \\(1\\.3 %\\)"));
        assertThat(region(tab, "What else changed"))
                .containsText(Pattern.compile("ad-service 1\\.1\\.0 started\\s+not the cause\\s+its requests are as good as before"));
        assertThat(region(tab, "What to check next")).containsText("Look at the log of orders.");
        tab.assertAccessibleEverywhere();

        tab.page().locator("main").getByText(TRACE).click();
        assertThat(tab.page().getByRole(AriaRole.TREEGRID)).containsText("POST /process");
    }

    @Test
    void shouldShowAPastIncidentWithoutTheFiguresOfNow(Tab tab) {
        diagnose(tab, "healthy", "Nothing fails.", List.of(incident("2", false, SENTENCE)));
        tab.open(console + "/incidents/2");
        assertThat(region(tab, "What happens"))
                .containsText(Pattern.compile("From " + TIME + " to " + TIME + " \\(2 min 30 s\\)\\. It has ended\\."));
        assertThat(tab.page().locator("svg.graph").getByRole(AriaRole.LINK,
                new Locator.GetByRoleOptions().setName("orders. It starts here")))
                .isVisible();
        tab.assertAccessibleEverywhere();
    }

    @Test
    void shouldListIncidents(Tab tab) {
        diagnose(tab, "failing", SENTENCE, List.of(incident("3", true, SENTENCE), incident("2", false, "Bookings failed."),
                incident("1", false, "Pages were slow.")));
        tab.open(console + "/");
        tab.page().getByRole(AriaRole.NAVIGATION).getByText("Incidents").click();

        assertThat(tab.page().locator(".view-head")).containsText("1 active, 2 past");
        assertThat(region(tab, "What fails now").getByRole(AriaRole.LINK)).hasText(SENTENCE);
        assertThat(region(tab, "What has failed").getByRole(AriaRole.LINK)).hasText(new String[]{"Bookings failed.", "Pages were slow."});
        assertThat(region(tab, "What has failed")).containsText("(2 min 30 s)");
        tab.assertAccessibleEverywhere();

        diagnose(tab, "healthy", "Nothing fails.", List.of());
        assertThat(region(tab, "State of the system")).containsText("Nothing fails.");
        assertThat(tab.page().locator("main")).containsText("No incident has ended since the console was started.");
        tab.assertAccessible();
    }

    @Test
    void shouldReportThatAnIncidentIsGone(Tab tab) {
        tab.expectInConsole("404").open(console + "/incidents/no-such");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).isVisible();
        tab.link("To the incidents").click();
        assertThat(tab.heading("Incidents")).isVisible();
    }

    @Test
    void shouldNameTheLoadAsASuspect(Tab tab) {
        var load = new HashMap<>(incident("2", true, "The load rose."));
        var suspect = new HashMap<String, Object>(Map.of("type", "load", "kind", "load", "confidence", 0.9, "sentence",
                "No service is at fault.", "path", List.of(), "evidence", List.of()));
        suspect.put("component", null);
        load.put("suspects", List.of(suspect));
        load.put("common", List.of());
        load.put("traces", List.of());
        diagnose(tab, "failing", "The load rose.", List.of(load));
        tab.open(console + "/incidents/2");
        assertThat(tab.heading("Where it most likely starts: the load")).isVisible();
        assertThat(tab.page().locator(".chain, svg.graph, .examples")).hasCount(0);
        tab.open(console + "/");
        assertThat(tab.page().locator(".verdict")).containsText("The load rose.");
        assertThat(tab.link("Show an example trace")).hasCount(0);
    }

    @Test
    void shouldShowHostileTextAsTextOnly(Tab tab) {
        var hostile = "<img src=x onerror=\"window.hit = 'picture'\">safe\u202egnp.exe";
        diagnose(tab, "failing", hostile, List.of(hostileIncident(hostile)));
        for (var path : List.of("/", "/incidents", "/incidents/2")) {
            tab.open(console + path);
            assertThat(tab.page().locator("main")).containsText("<img src=x onerror=\"window.hit = 'picture'\">safe\\u202egnp.exe");
            tab.settle();
            assertThat(tab.page().evaluate("window.hit")).as(path).isNull();
            assertThat(tab.page().evaluate("document.querySelectorAll('main img').length")).isEqualTo(0);
            assertThat(tab.page().locator("main a[href^='javascript:' i]")).hasCount(0);
        }
    }

    /** Returns an incident with this text in the place of every other. */
    private static Map<String, Object> hostileIncident(String text) {
        var copy = new HashMap<>(incident("2", true, text));
        copy.put("symptoms", replaced(copy.get("symptoms"), text, "began", "unit", "measure"));
        for (var part : List.of("suspects", "common", "next", "traces")) {
            copy.put(part, replaced(copy.get(part), text, "link"));
        }
        copy.put("changes", replaced(copy.get("changes"), text, "at"));
        return copy;
    }

    private static Object replaced(Object value, String text, String... kept) {
        return switch (value) {
            case Map<?, ?> members -> {
                var copy = new HashMap<String, Object>();
                members.forEach((name, member) -> copy.put(name.toString(),
                        Stream.of(kept).anyMatch(name::equals) ? member : replaced(member, text, kept)));
                yield copy;
            }
            case List<?> elements -> new ArrayList<>(elements.stream().map(element -> replaced(element, text, kept)).toList());
            case String _ -> text;
            default -> value;
        };
    }

    private static Locator region(Tab tab, String name) {
        return tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static Locator row(Locator within, String text) {
        return within.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(text));
    }

    private static Locator node(Tab tab, String service) {
        return tab.page().locator("svg.graph").getByRole(AriaRole.LINK,
                new Locator.GetByRoleOptions().setName(Pattern.compile("^" + service + ": ")));
    }
}
