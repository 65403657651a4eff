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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A tab of the browser, at 1280 by 800 pixels and in the light theme unless told otherwise, and what its page complained about. What is
 * not here is {@link #page Playwright's}.
 */
public final class Tab implements AutoCloseable {

    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int HEIGHT = 800;
    private static final List<String> WCAG_2_2_AA = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");

    private final BrowserContext context;
    private final Page page;
    private final Heard heard;

    /** What the browser told, by all tabs of a visitor. */
    private record Heard(List<String> log, List<String> complaints, List<String> expected) {

        Heard() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void complaint(String text) {
            log.add(text);
            complaints.add(text);
        }
    }

    private Tab(BrowserContext context, Heard heard) {
        this.context = context;
        this.heard = heard;
        this.page = context.newPage();
        page.onConsoleMessage(message -> {
            var text = "%s: %s (%s)".formatted(message.type(), message.text(), message.location());
            if (message.type().equals("error")) {
                heard.complaint(text);
            } else {
                heard.log().add(text);
            }
        });
        page.onPageError(error -> heard.complaint("uncaught: " + error));
        page.onRequest(request -> {
            var host = URI.create(request.url()).getHost();
            if (host != null && !host.equals("localhost")) {
                heard.complaint("asked another machine: " + request.url());
            }
        });
    }

    public static Tab in(Browser browser) {
        var context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(1280, HEIGHT)
                .setLocale("en-US")
                .setTimezoneId("UTC")
                .setReducedMotion(ReducedMotion.REDUCE));
        context.setDefaultTimeout(PATIENCE.toMillis());
        return new Tab(context, new Heard());
    }

    /** Another tab of the same visitor, who has one storage; it ends with the first. */
    public Tab another() {
        return new Tab(context, heard);
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

    /** @param pixels 390 is a telephone */
    public Tab width(int pixels) {
        page.setViewportSize(pixels, HEIGHT);
        return this;
    }

    /** Keys as Playwright names them, {@code Shift+Tab} say, one after the other. */
    public Tab press(String... keys) {
        for (var key : keys) {
            page.keyboard().press(key);
        }
        return this;
    }

    /** Types into what has the focus, in place of what it holds. */
    public Tab type(String text) {
        page.keyboard().press("ControlOrMeta+a");
        page.keyboard().insertText(text);
        return this;
    }

    /** Goes on with the Tab key until something has the focus, as one without a mouse does. */
    public Tab tabTo(Locator wanted) {
        for (var presses = 0; presses < 100; presses++) {
            press("Tab");
            if ((boolean) wanted.evaluate("element => element === document.activeElement")) {
                return this;
            }
        }
        throw new AssertionError(wanted + " is not reached with the Tab key");
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

    /** Returns when the page has settled: nothing is being asked for, every picture has come or is known not to come. */
    public Tab settle() {
        assertThat(page.locator("[aria-busy=true]")).hasCount(0);
        page.waitForFunction("() => document.readyState === 'complete' && [...document.images].every(image => image.complete)");
        return this;
    }

    /** axe-core finds nothing against WCAG 2.2 AA or good practice, and nothing needs scrolling sideways. */
    public Tab assertAccessible() {
        settle();
        var options = new AxeRunOptions();
        options.setResultTypes(List.of("violations")); // no details of what is well, which would take most of the time
        var axe = new AxeBuilder(page).options(options).withTags(WCAG_2_2_AA).setLegacyMode(true); // for pages without frames
        assertThat(axe.analyze().getViolations().stream().map(Tab::told)).as(page.url()).isEmpty();
        assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as("%s is wider than its window by", page.url()).isEqualTo(0);
        return this;
    }

    /** {@link #assertAccessible} in both themes, on a wide screen and on a telephone; leaves the tab wide and light. */
    public Tab assertAccessibleEverywhere() {
        dark().assertAccessible().width(390).assertAccessible();
        light().assertAccessible().width(1280).assertAccessible();
        return this;
    }

    private static String told(Rule rule) {
        return "\n%s: %s%s".formatted(rule.getId(), rule.getHelp(), rule.getNodes().stream()
                .map(node -> "\n    " + node.getHtml() + "\n    " + node.getFailureSummary()).collect(Collectors.joining()));
    }

    /** The page may log errors with this in them: what the test breaks on purpose. */
    public Tab expectInConsole(String text) {
        heard.expected().add(text);
        return this;
    }

    public List<String> complaints() {
        return heard.complaints().stream().filter(complaint -> heard.expected().stream().noneMatch(complaint::contains)).toList();
    }

    public void leave(Path folder, String name) {
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve(name + ".log"), heard.log());
            page.screenshot(new Page.ScreenshotOptions().setPath(folder.resolve(name + ".png")).setFullPage(true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (PlaywrightException noPicture) {
            System.out.println("There is no picture of " + page.url() + ": " + noPicture.getMessage());
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
