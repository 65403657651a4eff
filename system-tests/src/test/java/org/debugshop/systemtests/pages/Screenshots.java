package org.debugshop.systemtests.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.GATEWAY;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Takes the pictures of the documentation from a running system. {@code docs/screenshots.sh} runs it; it is not part of the test suite. */
@UsesTheSystem
@ExtendWith(TheBrowser.class)
class Screenshots {

    private final Shop shop;

    Screenshots(Shop shop) {
        this.shop = shop;
    }

    @Test
    void storefront(Tab tab) {
        tab.open(shop.url(GATEWAY) + "/").settle();
        assertThat(tab.page().getByRole(AriaRole.COMPLEMENTARY)).isVisible();
        take(tab, "storefront");
    }

    @Test
    void failureInTheConsole(Tab tab) {
        try {
            shop.run("break", "instabook-token");
            tab.open(shop.url(CONSOLE) + "/");
            assertThat(tab.link("Show the evidence").first())
                    .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(60_000));
            assertThat(tab.page().locator("main svg.graph a").first()).isVisible();
            assertThat(tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(Pattern.compile("What changed")))
                    .getByText("failing").first())
                    .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(60_000));
            take(tab, "console");
            tab.link("Show the evidence").first().click();
            assertThat(tab.page().locator("main svg.graph a").first()).isVisible();
            take(tab, "incident");
            tab.page().locator(".examples a").first().click();
            assertThat(tab.link("Show the span")).isVisible();
            tab.link("Show the span").click();
            assertThat(tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Details of the selected span")))
                    .isVisible();
            take(tab, "trace");
            tab.open(shop.url(CONSOLE) + "/failures?failure=instabook-token&hints=1");
            assertThat(tab.page().locator("failure-card canvas")).isVisible();
            take(tab, "failures");
        } finally {
            shop.run("heal");
        }
    }

    private void take(Tab tab, String name) {
        tab.page().screenshot(new Page.ScreenshotOptions().setPath(shop.checkout().resolve(Path.of("docs", "images", name + ".png"))));
    }
}
