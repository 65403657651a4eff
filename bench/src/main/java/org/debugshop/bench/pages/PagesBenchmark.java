package org.debugshop.bench.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.GATEWAY;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.testkit.Chromium;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Otlp;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;

/**
 * The program behind {@code ./shop bench --pages}. It measures how long each page takes from the navigation to the first frame with its
 * main content, how much a first visit loads, and how much processor time open overviews cost the console. It starts its own copy of the
 * system.
 *
 * @param shop a system with load generators
 * @param browser a headless browser on the same cores
 * @param opens how often each page is opened by a new visitor, and as often by a returning one; 1 or more
 * @param watched how long the console's processor time is measured for each number of open pages
 * @param progress takes a line of text for each step
 */
public record PagesBenchmark(Shop shop, Browser browser, int opens, Duration watched, Consumer<String> progress) {

    private static final int SMALL = 50;
    private static final int LARGE = 5000;
    private static final List<Integer> READERS = List.of(0, 1, 5);

    /** @param shown a JavaScript expression that is true in the page when it shows its main content */
    private record Opened(String name, String url, String shown) {}

    /**
     * Median and worst times of opening a page, in milliseconds: first for a new visitor, then for a returning one.
     *
     * @param bytes the transferred bytes of the first visit, including headers
     * @param elements the number of elements in the page
     * @param rows the number of elements that are rows of lists and trees
     */
    public record Opening(String page, double firstMs, double firstWorstMs, double againMs, double againWorstMs, int requests, long bytes,
            int elements, int rows) {}

    /** @param coreShare the console's processor time per second; 0.05 is 5 % of one core */
    public record Cost(int readers, double coreShare) {}

    public record Report(int opens, double watchedSeconds, double requestsPerSecond, List<Opening> openings, List<Cost> costs) {}

    /** @param millis from the start of the navigation */
    private record Visit(double millis, int requests, long bytes, int elements, int rows) {}

    public static void main(String[] args) {
        var json = List.of(args).contains("--json");
        var quick = List.of(args).contains("--quick");
        try (var own = OwnShop.start(); var chromium = Chromium.start()) {
            var report = new PagesBenchmark(own.shop(), chromium.browser(), quick ? 3 : 15, Duration.ofSeconds(quick ? 5 : 30),
                    System.err::println).run();
            System.out.println(json ? Json.text(report) : table(report, chromium.browser().version()));
        }
    }

    public Report run() {
        shop.awaitSuccesses(Service.LOAD_GENERATOR, 50);
        var before = requests();
        var began = System.nanoTime();
        var openings = pages().map(this::opening).toList();
        var costs = READERS.stream().map(this::cost).toList();
        return new Report(opens, watched.toMillis() / 1e3, (requests() - before) / ((System.nanoTime() - began) / 1e9), openings, costs);
    }

    private Stream<Opened> pages() {
        var console = shop.url(CONSOLE);
        var rows = "document.querySelector('main [role=grid] [role=row]')";
        return Stream.of(
                new Opened("overview", console + "/", "document.querySelector('main svg.graph a')"),
                new Opened("traces", console + "/traces", rows + " && document.querySelector('main canvas')"),
                trace(SMALL),
                trace(LARGE),
                new Opened("logs", console + "/logs", rows),
                new Opened("metrics", console + "/charts", "document.querySelector('main canvas')"),
                new Opened("failures", console + "/failures", "document.querySelector('main [role=switch]')"),
                new Opened("storefront", shop.url(GATEWAY) + "/",
                        "document.querySelectorAll('main img').length >= 5 && [...document.images].every(image => image.complete)"));
    }

    private Opened trace(int spans) {
        var id = Otlp.newTraceId();
        var sent = IntStream.rangeClosed(1, spans).mapToObj(i -> Otlp.Span.of(i, i == 1 ? 0 : i % 50 == 2 ? 1 : i - 1, "step " + i))
                .toList();
        for (var from = 0; from < spans; from += 250) {
            Otlp.of(shop).spans("bench", id, sent.subList(from, Math.min(spans, from + 250)).toArray(Otlp.Span[]::new));
        }
        return new Opened("a trace of " + spans + " spans", shop.url(CONSOLE) + "/traces/" + id,
                "document.querySelector('main [role=treegrid][aria-rowcount=\"" + spans + "\"] [role=row]')");
    }

    private Opening opening(Opened opened) {
        progress.accept("Opening " + opened.name());
        var first = new ArrayList<Visit>();
        var again = new ArrayList<Visit>();
        // The first answers of a JVM are slow, so one visit is not measured.
        try (var unmeasured = visitor()) {
            visit(unmeasured, opened);
        }
        for (var i = 0; i < opens; i++) {
            try (var visitor = visitor()) {
                first.add(visit(visitor, opened));
                again.add(visit(visitor, opened));
            }
        }
        var one = first.getLast();
        return new Opening(opened.name(), median(first), worst(first), median(again), worst(again), one.requests(), one.bytes(),
                one.elements(), one.rows());
    }

    private BrowserContext visitor() {
        return browser.newContext(new Browser.NewContextOptions().setViewportSize(1280, 800));
    }

    private static Visit visit(BrowserContext visitor, Opened opened) {
        try (var page = visitor.newPage()) {
            page.addInitScript("""
                    window.shown = new Promise((shown, failed) => {
                      const look = () => requestAnimationFrame((%s) ? shown : look);
                      addEventListener('DOMContentLoaded', look);
                      setTimeout(() => failed(new Error(`${location} does not come`)), 60_000);
                    });""".formatted(opened.shown()));
            page.navigate(opened.url());
            var seen = page.evaluate(
                    """
                            window.shown.then(millis => {
                              const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
                              return JSON.stringify({ millis, requests: loaded.length, bytes: loaded.reduce((sum, entry) => sum + entry.transferSize, 0),
                                elements: document.querySelectorAll('*').length, rows: document.querySelectorAll('[role=row]').length });
                            })""");
            return Json.one((String) seen, Visit.class);
        }
    }

    private static double median(List<Visit> visits) {
        var sorted = visits.stream().mapToDouble(Visit::millis).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double worst(List<Visit> visits) {
        return visits.stream().mapToDouble(Visit::millis).max().orElseThrow();
    }

    private Cost cost(int readers) {
        progress.accept(readers + " open overviews, " + watched.toSeconds() + " s");
        try (var visitor = visitor()) {
            for (var i = 0; i < readers; i++) {
                var page = visitor.newPage();
                page.navigate(shop.url(CONSOLE) + "/");
                assertThat(page.getByRole(AriaRole.BANNER).getByRole(AriaRole.STATUS)).hasText("Live");
                assertThat(page.locator("main svg.graph a").first()).isVisible();
            }
            var console = ProcessHandle.of(shop.status(CONSOLE).pid()).orElseThrow();
            var before = processorTime(console);
            var began = System.nanoTime();
            try (var clock = visitor.newPage()) {
                clock.waitForTimeout(watched.toMillis()); // lets Playwright serve the open pages meanwhile
            }
            return new Cost(readers, processorTime(console).minus(before).toNanos() / (double) (System.nanoTime() - began));
        }
    }

    private static Duration processorTime(ProcessHandle process) {
        return process.info().totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("This system does not report the processor time of a process"));
    }

    private double requests() {
        return shop.requests(Service.LOAD_GENERATOR, "") + shop.requests(Service.LOAD_GENERATOR_INSTABOOK, "");
    }

    public static String table(Report report, String browser) {
        var text = new StringBuilder();
        line(text, "%d cores for everything, including headless Chromium %s; the load generators send %.0f requests a second meanwhile",
                Runtime.getRuntime().availableProcessors(), browser, report.requestsPerSecond());
        line(text, "%nOPENING, milliseconds from the navigation until a frame shows the page's main content: median and worst of %d",
                report.opens());
        line(text, "%-24s %13s %15s %9s %8s %9s %5s", "", "first visit", "visited before", "requests", "KiB", "elements", "rows");
        report.openings()
                .forEach(opening -> line(text, "%-24s %6.0f %6.0f %8.0f %6.0f %9d %8.0f %9d %5d", opening.page(), opening.firstMs(),
                        opening.firstWorstMs(), opening.againMs(), opening.againWorstMs(), opening.requests(), opening.bytes() / 1024.0,
                        opening.elements(), opening.rows()));
        line(text, "%nTHE CONSOLE'S PROCESSOR TIME, of one core over %.0f s", report.watchedSeconds());
        report.costs().forEach(cost -> line(text, "%-24s %6.1f %%", switch (cost.readers()) {
            case 0 -> "no page open";
            case 1 -> "the overview open";
            default -> cost.readers() + " overviews open";
        }, cost.coreShare() * 100));
        return text.toString().stripTrailing();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }
}
