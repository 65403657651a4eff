package org.debugshop.systemtests.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.INVENTORY;
import static org.debugshop.testkit.Service.LOAD_GENERATOR;
import static org.debugshop.testkit.Shop.PATIENCE;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.systemtests.SharesTheSystem;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The console's pages with the telemetry of a running system, in a browser. */
@SharesTheSystem
@ExtendWith(TheBrowser.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsolePagesIT {

    private final Shop shop;
    private final String console;

    ConsolePagesIT(Shop shop) {
        this.shop = shop;
        this.console = shop.url(CONSOLE);
    }

    /**
     * Returns the trace of a checkout that calls currency too. It is one of the load generator: browsers of other tests, which buy at the
     * same time, send no spans.
     */
    private Console.TraceLine aCheckout() {
        return await("a trace of a checkout").atMost(PATIENCE)
                .until(() -> Console.of(shop).traces("service", CHECKOUT.toString(), "operation", "POST /process", "error", "false")
                        .stream()
                        .filter(trace -> trace.rootService().equals(LOAD_GENERATOR.toString()) && trace.spans() >= 6).findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    Stream<String> views() {
        var trace = Console.of(shop).trace(aCheckout().traceId());
        var span = trace.only(CHECKOUT, "SERVER").orElseThrow().spanId();
        return Stream.of("/", "/incidents", "/traces", "/traces?service=checkout", "/traces/" + trace.traceId() + "?span=" + span,
                "/compare?a=" + trace.traceId() + "&b=" + trace.traceId(),
                "/logs", "/charts", "/charts?metric=jvm_memory_used_bytes&by=service",
                "/failures?failure=instabook-token&hints=3&answer=true", "/routes");
    }

    @ParameterizedTest
    @MethodSource("views")
    @Tag("nightly")
    void shouldBeAccessibleInBothThemesAndOnAPhone(String view, Tab tab) {
        tab.open(console + view);
        ready(tab);
        tab.assertAccessibleEverywhere();
    }

    @Test
    void shouldFindTracesByTheirProperties(Tab tab) {
        var checkout = aCheckout();
        tab.open(console + "/traces");
        tab.page().getByLabel("Service", exactly()).fill("checkout");
        tab.press("Tab");
        assertThat(tab.page()).hasURL(console + "/traces?service=checkout");
        tab.page().getByLabel("Attribute").fill("shop.order.currency");
        tab.press("Tab");
        assertThat(tab.page()).hasURL(console + "/traces?service=checkout");
        var id = attribute(checkout, "shop.order.id");
        tab.page().getByLabel("Attribute").fill("shop.order.id=" + id);
        tab.press("Tab");
        assertThat(tab.page().getByText(Pattern.compile("1 trace found"))).isVisible();
        assertThat(rows(tab, "Traces, the newest first")).hasCount(1);

        rows(tab, "Traces, the newest first").first().click();
        assertThat(tab.page()).hasURL(console + "/traces/" + checkout.traceId());
        tab.page().goBack();
        assertThat(tab.page().getByLabel("Attribute")).hasValue("shop.order.id=" + id);
        tab.button("Clear").click();
        assertThat(tab.page()).hasURL(console + "/traces");
    }

    @Test
    void shouldNotReplaceAViewByOneThatLoadsLate(Tab tab) {
        var late = new ArrayList<Route>();
        tab.page().route("**/app/views/trace.js", late::add);
        tab.open(console + "/traces");
        rows(tab, "Traces, the newest first").first().click();
        assertThat(tab.page()).hasURL(Pattern.compile("/traces/[0-9a-f]{32}$"));
        tab.page().waitForCondition(() -> !late.isEmpty());
        tab.page().goBack();
        assertThat(tab.heading("Traces")).isVisible();
        late.forEach(Route::resume);
        tab.page().evaluate("customElements.whenDefined('trace-view').then(() => new Promise(requestAnimationFrame))");
        assertThat(tab.heading("Traces")).isVisible();
        assertThat(tab.page().getByText("Loading…")).hasCount(0);
    }

    @Test
    void shouldSuggestNamesThatTheServicesUse(Tab tab) {
        tab.open(console + "/traces");
        assertThat(tab.page().locator("#known-services option[value=checkout]")).hasCount(1);
        assertThat(tab.page().locator("#known-operations option[value='POST /process']")).hasCount(1);
        assertThat(tab.page().locator("#known-attributes option[value='http.request.method=POST']")).hasCount(1);
        tab.open(console + "/charts");
        assertThat(tab.page().locator("#known-metrics option[value=http_server_requests_seconds]")).hasCount(1);
    }

    @Test
    void shouldShowATraceInTheStateOfTheLink(Tab tab) {
        var trace = Console.of(shop).trace(aCheckout().traceId());
        var span = trace.only(CHECKOUT, "SERVER").orElseThrow();
        var spans = tab.page().getByRole(AriaRole.TREEGRID);
        // The consumers of the order's event add their spans later, and the page shows only what was there when it was opened.
        await("all spans are there").atMost(PATIENCE).until(() -> {
            var all = Console.of(shop).trace(trace.traceId());
            return all.isWhole() && Stream.of(INVENTORY, CHECKOUT).allMatch(consumer -> all.only(consumer, "CONSUMER").isPresent());
        });
        tab.open(console + "/traces/" + trace.traceId() + "?span=" + span.spanId());
        assertThat(tab.page().getByRole(AriaRole.ROW, new Page.GetByRoleOptions().setSelected(true))).containsText("POST /process");
        assertThat(tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Details of the selected span")))
                .matchesAriaSnapshot("""
                        - region "Details of the selected span":
                          - heading /checkout POST .process/ [level=2]
                          - button "Close the details"
                        """);
        tab.button("Fold all").click();
        // Two spans are left: the action of the user, and its request.
        assertThat(spans).hasAttribute("aria-rowcount", "2");
        assertThat(spans.getByRole(AriaRole.ROW)).hasCount(2);

        var other = tab.another().open(tab.page().url());
        assertThat(other.page().getByRole(AriaRole.TREEGRID)).hasAttribute("aria-rowcount", "2");
        assertThat(other.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Details of the selected span")))
                .isVisible();
    }

    @Test
    void shouldHaveRolesAndNamesInTheFrameOfThePage(Tab tab) {
        tab.open(console + "/");
        ready(tab);
        assertThat(tab.page().locator("body")).matchesAriaSnapshot("""
                - link "Skip to the content"
                - banner:
                  - link "Debug Shop console"
                  - navigation "Views":
                    - list:
                      - listitem:
                        - link "Overview"
                      - listitem:
                        - link "Incidents"
                      - listitem:
                        - link "Traces"
                      - listitem:
                        - link "Logs"
                      - listitem:
                        - link "Metrics"
                      - listitem:
                        - link "Failures"
                      - listitem:
                        - link "Routes"
                  - status: Live
                  - button "Pause"
                  - button "Use the dark theme"
                - main:
                  - heading "Overview" [level=1]
                  - region "State of the system"
                  - region "Which service calls which"
                  - region /What changed/
                  - region "Load, as the load generators count it"
                """);
    }

    @Test
    void shouldFollowTheLogsAndLinkToTheTraceOfARecord(Tab tab) {
        tab.open(console + "/logs?service=checkout&text=took");
        var newest = rows(tab, "Log records, the newest first").first();
        assertThat(newest).containsText("Took an order");
        var before = newest.textContent();
        // The list is live, so the next order appears in it.
        assertThat(newest).not().hasText(before, new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE.toMillis()));

        tab.button("Pause").click();
        newest.click();
        var details = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Details of the record"));
        assertThat(details.getByRole(AriaRole.ROW, new Locator.GetByRoleOptions().setName(Pattern.compile("shop.order.id")))).isVisible();
        assertThat(tab.page()).hasURL(Pattern.compile("/logs\\?service=checkout&text=took&record=.+"));
        tab.link("Show the trace").click();
        assertThat(tab.page()).hasURL(Pattern.compile("/traces/[0-9a-f]{32}\\?span=[0-9a-f]{16}$"));
        assertThat(tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Logs of this trace")))
                .containsText("Took an order");
        tab.button("Resume").click();
    }

    @Test
    void shouldDrawAMetricAndLinkToItsRequests(Tab tab) {
        tab.open(console + "/charts");
        var chart = tab.page().getByRole(AriaRole.IMG,
                new Page.GetByRoleOptions().setName(Pattern.compile("^http_server_requests_seconds over")));
        assertThat(chart.locator("canvas")).isVisible();
        assertThat(tab.link("How long do shoppers wait?")).hasAttribute("aria-current", "true");
        var figures = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Values"));
        assertThat(figures.getByRole(AriaRole.ROWHEADER)).hasText(new String[]{"p50", "p95", "p99"});

        tab.page().getByLabel("Shown as").selectOption("rate");
        tab.page().getByLabel("A line for each").selectOption("status");
        assertThat(tab.page()).hasURL(console + "/charts?metric=http_server_requests_seconds&show=rate&by=status&label=service%3Dgateway");
        assertThat(figures.getByRole(AriaRole.ROWHEADER).filter(new Locator.FilterOptions().setHasText("200"))).hasCount(1);
        tab.page().goBack();
        tab.page().goBack();

        var behind = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Example requests"))
                .getByRole(AriaRole.LINK).first();
        assertThat(behind).containsText("gateway");
        behind.click();
        assertThat(tab.page()).hasURL(Pattern.compile("/traces/[0-9a-f]{32}$"));
        assertThat(tab.page().getByRole(AriaRole.TREEGRID)).containsText("gateway");
    }

    @Test
    void shouldReportAnUnknownMetric(Tab tab) {
        tab.open(console + "/charts?metric=no_such_metric");
        assertThat(tab.page().getByText("No service has reported no_such_metric")).isVisible();
        tab.page().getByLabel("Metric", exactly()).fill("process_uptime_seconds");
        tab.press("Tab");
        assertThat(tab.page().getByRole(AriaRole.IMG, new Page.GetByRoleOptions().setName(Pattern.compile("^process_uptime_seconds over"))))
                .isVisible();
    }

    @Test
    void shouldWorkWithoutAMouse(Tab tab) {
        tab.open(console + "/").settle();
        assertThat(tab.link("Traces")).isVisible();
        tab.press("Tab");
        assertThat(tab.link("Skip to the content")).isFocused();
        tab.tabTo(tab.link("Traces")).press("Enter");
        assertThat(tab.heading("Traces")).isVisible();
        var grid = tab.page().getByRole(AriaRole.GRID, new Page.GetByRoleOptions().setName("Traces, the newest first"));
        assertThat(grid.getByRole(AriaRole.ROW).first()).isVisible();
        tab.tabTo(tab.button("Pause")).press("Enter");
        tab.tabTo(grid).press("ArrowDown", "ArrowDown", "Enter");
        assertThat(tab.page()).hasURL(Pattern.compile("/traces/[0-9a-f]{32}$"));
        var tree = tab.page().getByRole(AriaRole.TREEGRID);
        assertThat(tree.getByRole(AriaRole.ROW).first()).isVisible();
        var all = tree.getByRole(AriaRole.ROW).count();
        tab.tabTo(tree).press("Home", "ArrowLeft");
        assertThat(tree.getByRole(AriaRole.ROW)).hasCount(1);
        tab.press("ArrowRight");
        assertThat(tree.getByRole(AriaRole.ROW)).hasCount(all);
        tab.press("Enter");
        assertThat(tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Details of the selected span"))).isVisible();
        tab.tabTo(tab.button("Close the details")).press("Enter");
        assertThat(tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Details of the selected span"))).hasCount(0);
        tab.tabTo(tab.link("Failures")).press("Enter");
        var fold = tab.page().getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("Bookings fail")));
        tab.tabTo(fold).press("Space");
        assertThat(fold).hasAttribute("aria-expanded", "true");
        assertThat(tab.page().locator("line-chart canvas")).isVisible();
        tab.press("Space");
        assertThat(fold).hasAttribute("aria-expanded", "false");
    }

    @Test
    void shouldKeepTheChosenTheme(Tab tab) {
        tab.open(console + "/");
        tab.button("Use the dark theme").click();
        assertThat(tab.button("Use the light theme")).isVisible();
        assertThat(tab.another().open(console + "/logs").button("Use the light theme")).isVisible();
    }

    @Test
    void shouldReportThatATraceIsGone(Tab tab) {
        tab.expectInConsole("404").open(console + "/traces/" + "ab".repeat(16));
        assertThat(tab.page().getByRole(AriaRole.ALERT)).isVisible();
        assertThat(tab.link("To the traces")).isVisible();
    }

    /** Returns when the view has loaded everything that it shows. */
    private static void ready(Tab tab) {
        assertThat(tab.page().getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1))).isVisible();
        assertThat(tab.page().getByText(Pattern.compile("^Loading"))).hasCount(0);
        assertThat(tab.page().locator("duration-scatter:not(:has(canvas)), line-chart:not(:has(canvas))")).hasCount(0);
    }

    private static Locator rows(Tab tab, String list) {
        return tab.page().getByRole(AriaRole.GRID, new Page.GetByRoleOptions().setName(list)).getByRole(AriaRole.ROW);
    }

    private static Page.GetByLabelOptions exactly() {
        return new Page.GetByLabelOptions().setExact(true);
    }

    private String attribute(Console.TraceLine line, String key) {
        return Console.of(shop).trace(line.traceId()).spans().stream().map(span -> span.attributes().get(key)).filter(Objects::nonNull)
                .findFirst().orElseThrow().toString();
    }
}
