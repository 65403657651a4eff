package org.debugshop.testkit;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A tab of the browser, which collects the errors of its page. By default it has 1280 by 800 pixels and the light theme. Everything else
 * is done with {@link #page Playwright's page}.
 */
public final class Tab implements AutoCloseable {

    private static final int HEIGHT = 800;
    private static final List<String> WCAG_2_2_AA = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");

    private final BrowserContext context;
    private final Page page;
    private final BrowserLog browserLog;

    /** What the browser logged, in all tabs of a visitor. */
    private record BrowserLog(List<String> lines, List<String> complaints, List<String> expected) {

        BrowserLog() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void complaint(String text) {
            lines.add(text);
            complaints.add(text);
        }
    }

    private Tab(BrowserContext context, BrowserLog browserLog) {
        this.context = context;
        this.browserLog = browserLog;
        this.page = context.newPage();
        page.onConsoleMessage(message -> {
            var text = "%s: %s (%s)".formatted(message.type(), message.text(), message.location());
            if (message.type().equals("error")) {
                browserLog.complaint(text);
            } else {
                browserLog.lines().add(text);
            }
        });
        page.onPageError(error -> browserLog.complaint("uncaught: " + error));
        page.onRequest(request -> {
            var host = URI.create(request.url()).getHost();
            if (host != null && !host.equals("localhost")) {
                browserLog.complaint("request to another host: " + request.url());
            }
        });
    }

    public static Tab in(Browser browser) {
        var context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(1280, HEIGHT)
                .setLocale("en-US")
                .setTimezoneId("UTC")
                .setReducedMotion(ReducedMotion.REDUCE));
        context.setDefaultTimeout(Shop.PATIENCE.toMillis());
        return new Tab(context, new BrowserLog());
    }

    /** Opens another tab of the same visitor. Both share their storage, and both end with the first. */
    public Tab another() {
        return new Tab(context, browserLog);
    }

    public Page page() {
        return page;
    }

    public Tab open(String url) {
        page.navigate(url);
        return this;
    }

    public Tab dark() {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        return this;
    }

    public Tab light() {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        return this;
    }

    /** @param pixels for example 390, the width of a phone */
    public Tab width(int pixels) {
        page.setViewportSize(pixels, HEIGHT);
        return this;
    }

    /** Presses keys one after the other. They are named as in Playwright, for example {@code Shift+Tab}. */
    public Tab press(String... keys) {
        for (var key : keys) {
            page.keyboard().press(key);
        }
        return this;
    }

    /** Replaces the text of the element that has the focus. */
    public Tab type(String text) {
        page.keyboard().press("ControlOrMeta+a");
        page.keyboard().insertText(text);
        return this;
    }

    /** Presses the Tab key until an element has the focus, as a user without a mouse does. */
    public Tab tabTo(Locator wanted) {
        for (var presses = 0; presses < 100; presses++) {
            press("Tab");
            if ((boolean) wanted.evaluate("element => element === document.activeElement")) {
                return this;
            }
        }
        throw new AssertionError("The Tab key does not reach " + wanted);
    }

    public Locator heading(String name) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    public Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    public Locator link(String name) {
        return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Returns when the page has settled: no request is under way, and every picture has loaded or failed. */
    public Tab settle() {
        assertThat(page.locator("[aria-busy=true]")).hasCount(0);
        page.waitForFunction("() => document.readyState === 'complete' && [...document.images].every(image => image.complete)");
        return this;
    }

    /** Asserts that axe-core finds no violation of WCAG 2.2 AA or of its best practices, and that the page does not scroll sideways. */
    public Tab assertAccessible() {
        assertNoViolations(axe -> axe.withTags(WCAG_2_2_AA));
        assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as("pixels by which %s is wider than its window", page.url()).isEqualTo(0);
        return this;
    }

    /**
     * Calls {@link #assertAccessible} on a wide screen and on a phone. The themes differ in colours only, so just the contrast is checked in
     * the dark one. The tab is wide and light afterwards.
     */
    public Tab assertAccessibleEverywhere() {
        dark().assertNoViolations(axe -> axe.withRules(List.of("color-contrast")));
        light().width(390).assertAccessible().width(1280).assertAccessible();
        return this;
    }

    private void assertNoViolations(UnaryOperator<AxeBuilder> rules) {
        settle();
        var options = new AxeRunOptions();
        options.setResultTypes(List.of("violations")); // details of passed rules would take most of the time
        var axe = rules.apply(new AxeBuilder(page).options(options)).setLegacyMode(true); // for pages without frames
        assertThat(axe.analyze().getViolations().stream().map(Tab::describe)).as(page.url()).isEmpty();
    }

    private static String describe(Rule rule) {
        return "\n%s: %s%s".formatted(rule.getId(), rule.getHelp(), rule.getNodes().stream()
                .map(node -> "\n    " + node.getHtml() + "\n    " + node.getFailureSummary()).collect(Collectors.joining()));
    }

    /** Allows errors that contain this text: the test breaks something on purpose. */
    public Tab expectInConsole(String text) {
        browserLog.expected().add(text);
        return this;
    }

    public List<String> complaints() {
        return browserLog.complaints().stream().filter(complaint -> browserLog.expected().stream().noneMatch(complaint::contains)).toList();
    }

    /** Writes the browser's log and a picture of the page into a folder, to show why a test failed. */
    public void leave(Path folder, String name) {
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve(name + ".log"), browserLog.lines());
            page.screenshot(new Page.ScreenshotOptions().setPath(folder.resolve(name + ".png")).setFullPage(true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (PlaywrightException noPicture) {
            System.out.println("Cannot take a picture of " + page.url() + ": " + noPicture.getMessage());
        }
    }

    @Override
    public void close() {
        context.pages().forEach(Page::unrouteAll); // a test's own answers would come too late for a page that is closing
        context.close();
    }
}
