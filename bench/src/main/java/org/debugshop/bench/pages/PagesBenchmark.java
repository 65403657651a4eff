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
 * What {@code ./shop bench --pages} measures: how long each page takes from the navigation to the first frame with what it is for, how
 * much a first visit loads, and what an open overview costs the console. It runs a copy of the system of its own; no part of the tests.
 *
 * @param shop with its load generators as lively as tests have them
 * @param browser a headless one, on the same cores
 * @param opens how often each page is opened, 1 or more: as often by a new visitor as by one who has been there
 * @param watched how long the console's processor time is counted for each line
 */
public record PagesBenchmark(Shop shop, Browser browser, int opens, Duration watched, Consumer<String> progress) {

    private static final int SMALL = 50;
    private static final int LARGE = 5000;
    private static final List<Integer> READERS = List.of(0, 1, 5);

    /** @param shown true in the page, as JavaScript, as soon as there is what people open it for */
    private record Opened(String name, String url, String shown) {}

    /**
     * Milliseconds, the median and the worst.
     *
     * @param bytes of the first visit, as they came over the wire, headers included
     * @param elements in the page, among them {@code rows} of lists and trees
     */
    public record Opening(String page, double firstMs, double firstWorstMs, double againMs, double againWorstMs, int requests, long bytes,
            int elements, int rows) {}

    /** @param coreShare the console's processor time for each second: 0.05 is 5 % of one core */
    public record Cost(int readers, double coreShare) {}

    public record Report(int opens, double watchedSeconds, double requestsPerSecond, List<Opening> openings, List<Cost> costs) {}

    /** A visit, from the start of its navigation in milliseconds. */
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
                        "document.querySelectorAll('main img').length >= 5 && [...document.images].every(each => each.complete)"));
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
        // The JVM's first answers are not what is asked about.
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
                              return JSON.stringify({ millis, requests: loaded.length, bytes: loaded.reduce((sum, each) => sum + each.transferSize, 0),
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
                .orElseThrow(() -> new IllegalStateException("This system does not tell a process's processor time"));
    }

    private double requests() {
        return shop.requests(Service.LOAD_GENERATOR, "") + shop.requests(Service.LOAD_GENERATOR_INSTABOOK, "");
    }

    public static String table(Report report, String browser) {
        var text = new StringBuilder();
        line(text, "%d cores for everything, headless Chromium %s included; the load generators send %.0f requests a second meanwhile",
                Runtime.getRuntime().availableProcessors(), browser, report.requestsPerSecond());
        line(text, "%nOPENING, milliseconds from the navigation until what the page is for is in a frame: median and worst of %d",
                report.opens());
        line(text, "%-24s %13s %15s %9s %8s %9s %5s", "", "first visit", "visited before", "requests", "KiB", "elements", "rows");
        report.openings()
                .forEach(each -> line(text, "%-24s %6.0f %6.0f %8.0f %6.0f %9d %8.0f %9d %5d", each.page(), each.firstMs(),
                        each.firstWorstMs(),
                        each.againMs(), each.againWorstMs(), each.requests(), each.bytes() / 1024.0, each.elements(), each.rows()));
        line(text, "%nTHE CONSOLE'S PROCESSOR TIME, of one core over %.0f s", report.watchedSeconds());
        report.costs().forEach(each -> line(text, "%-24s %6.1f %%", switch (each.readers()) {
            case 0 -> "no page open";
            case 1 -> "the overview open";
            default -> each.readers() + " overviews open";
        }, each.coreShare() * 100));
        return text.toString().stripTrailing();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }
}
