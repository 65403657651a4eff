package org.debugshop.systemtests.story;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.debugshop.testkit.TokenSwitch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** The story of {@link FailureIT} in a browser: a user breaks bookings, finds where the failure starts, and heals it. */
@Tag(TheSystem.ANYWHERE)
@UsesTheSystem
@ExtendWith(TheBrowser.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleStoryIT {

    private static final String REASON = "API token authentication is disabled";
    private static final int SOME_BOOKINGS = 5;

    private final Shop shop;
    private final TokenSwitch tokenSwitch;
    private final String console;

    ConsoleStoryIT(Shop shop) {
        this.shop = shop;
        this.tokenSwitch = new TokenSwitch(shop);
        this.console = shop.url(CONSOLE);
    }

    @BeforeEach
    void startWithBookingsThatWork() {
        tokenSwitch.on();
        shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, SOME_BOOKINGS);
    }

    @AfterAll
    void heal() {
        tokenSwitch.on();
        shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, SOME_BOOKINGS);
    }

    /** The first one, because a few failures, such as those of the other tests, are over only after some time. */
    @Test
    @Order(1)
    void shouldShowTheCauseOfAFailureAndTheRecovery(Tab tab) {
        tab.open(console + "/");
        verdict(tab).filter(withText("Nothing fails")).waitFor(patiently());

        tab.link("Failures").click();
        assertThat(tab.heading("Failures")).isVisible();
        assertThat(toggle(tab)).not().isChecked();
        toggle(tab).click();
        assertThat(toggle(tab)).isChecked();
        assertThat(tab.page().getByText("It is broken now")).isVisible();
        assertThat(tokenSwitch.isOn()).isFalse();

        tab.page().getByRole(AriaRole.NAVIGATION).getByText("Overview").click();
        incident(tab, "instabook-cache").waitFor(patiently());
        assertThat(node(tab, "instabook-cache")).hasAccessibleName(Pattern.compile("failing.*It starts here"), patient());
        assertThat(node(tab, "instabook")).hasAccessibleName(Pattern.compile("instabook: failing"), patient());
        assertThat(node(tab, "gateway")).not().hasAccessibleName(Pattern.compile("failing"));
        assertThat(tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(Pattern.compile("What changed")))
                .getByText("failing").first()).isVisible(visible());

        incident(tab, "instabook-cache").getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Show the evidence")).click();
        assertThat(tab.heading("Where it most likely starts: instabook-cache")).isVisible();
        assertThat(tab.page().locator(".evidence.for li").first()).isVisible();
        tab.page().locator(".examples a").first().click();
        assertThat(tab.page().getByText("instabook-cache answered 401: " + REASON + "; seen by load-generator-instabook as 500"))
                .isVisible();
        tab.link("Show the span").click();
        var details = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Details of the selected span"));
        assertThat(details).containsText("The failure starts here: " + REASON);
        assertThat(details.getByRole(AriaRole.ROW, new Locator.GetByRoleOptions().setName("shop.auth.failure")).first())
                .containsText(REASON);
        assertThat(details).containsText("Refused a request for a booking session");
        assertThat(tab.page().getByRole(AriaRole.TREEGRID).getByRole(AriaRole.ROW)
                .filter(new Locator.FilterOptions().setHasText("starts here"))).hasCount(1);

        tab.link("Compare with the last good one").or(tab.page().getByText(Pattern.compile("^Compare with the last good one"))).first()
                .click();
        assertThat(tab.heading("Two traces compared")).isVisible();
        assertThat(tab.page().locator(".differences tbody tr").first()).containsText("instabook-cache");

        tab.link("Failures").click();
        toggle(tab).click();
        assertThat(tab.page().getByText("It is healed")).isVisible();
        assertThat(tokenSwitch.isOn()).isTrue();
        tab.page().getByRole(AriaRole.STATUS).getByText("overview").click();
        verdict(tab).filter(withText("Nothing fails")).filter(withText("The last incident ended")).waitFor(patiently());
    }

    @Test
    void shouldShowOneHintAfterTheOtherAndTheAnswerLast(Tab tab) {
        tab.open(console + "/failures?failure=instabook-token");
        var hints = tab.page().locator(".hints li");
        for (var shown = 0; shown < 3; shown++) {
            assertThat(hints).hasCount(shown);
            assertThat(tab.page().getByText("The answer", new Page.GetByTextOptions().setExact(true))).hasCount(0);
            tab.page()
                    .getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("hint \\(" + (shown + 1) + " of 3\\)")))
                    .click();
        }
        assertThat(hints).hasCount(3);
        tab.button("Show the answer").click();
        assertThat(tab.page().locator("failure-card .answer")).containsText("The token authentication of instabook-cache is switched off");
        assertThat(tab.page().getByText("The switch on the admin page")).hasAttribute("href", shop.url(INSTABOOK_CACHE) + "/admin");
        assertThat(tab.page()).hasURL(console + "/failures?failure=instabook-token&hints=3&answer=true");
        tab.page().reload();
        assertThat(tab.page().locator("failure-card .answer")).isVisible();
    }

    @Test
    void shouldShowTheSameStateAsTheAdminPage(Tab tab) {
        var admin = tab.another().open(shop.url(INSTABOOK_CACHE) + "/admin");
        tab.open(console + "/failures");
        assertThat(toggle(tab)).not().isChecked();

        admin.button("Turn token authentication off").click();
        assertThat(toggle(tab)).isChecked();
        toggle(tab).click();
        assertThat(toggle(tab)).not().isChecked();
        assertThat(admin.button("Turn token authentication off")).isEnabled();
        assertThat(admin.page().getByRole(AriaRole.STATUS)).containsText("Token authentication is on");
    }

    private static Locator verdict(Tab tab) {
        return tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("State of the system"));
    }

    /** The incident on the overview that starts in this service. On a busy machine there may be others. */
    private static Locator incident(Tab tab, String service) {
        return verdict(tab).locator(".incident")
                .filter(new Locator.FilterOptions().setHas(
                        tab.page().locator(".chain li:first-child").getByText(service, new Locator.GetByTextOptions().setExact(true))));
    }

    private static Locator toggle(Tab tab) {
        return tab.page().getByRole(AriaRole.SWITCH,
                new Page.GetByRoleOptions().setName("Break: Bookings fail, although every service is up"));
    }

    private static Locator node(Tab tab, String service) {
        return tab.page().locator("svg.graph").getByRole(AriaRole.LINK,
                new Locator.GetByRoleOptions().setName(Pattern.compile("^" + service + ": ")));
    }

    private static Locator.FilterOptions withText(String text) {
        return new Locator.FilterOptions().setHasText(text);
    }

    private static Locator.WaitForOptions patiently() {
        return new Locator.WaitForOptions().setTimeout(Shop.PATIENCE.toMillis() * 2);
    }

    private static LocatorAssertions.HasAccessibleNameOptions patient() {
        return new LocatorAssertions.HasAccessibleNameOptions().setTimeout(Shop.PATIENCE.toMillis());
    }

    private static LocatorAssertions.IsVisibleOptions visible() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(Shop.PATIENCE.toMillis());
    }
}
