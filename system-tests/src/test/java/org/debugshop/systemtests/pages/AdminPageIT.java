package org.debugshop.systemtests.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;

import com.microsoft.playwright.options.AriaRole;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.debugshop.testkit.TokenSwitch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The admin page of instabook-cache, which has the token switch, in a browser. */
@Tag(TheSystem.ANYWHERE)
@UsesTheSystem
@ExtendWith(TheBrowser.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminPageIT {

    private static final String TURN_OFF = "Turn token authentication off";
    private static final String TURN_ON = "Turn token authentication on";

    private static final int UNTIL_CERTAIN = 5;

    private final Shop shop;
    private final TokenSwitch tokenSwitch;
    private final String admin;

    AdminPageIT(Shop shop) {
        this.shop = shop;
        this.tokenSwitch = new TokenSwitch(shop);
        this.admin = shop.url(INSTABOOK_CACHE) + "/admin";
    }

    @BeforeEach
    void startWithBookingsThatWork() {
        tokenSwitch.on();
    }

    /** Leaves bookings working, for the tests after these. */
    @AfterAll
    void heal() {
        tokenSwitch.on();
        shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, UNTIL_CERTAIN);
    }

    @Test
    void shouldChangeTheSwitchWithTheKeyboard(Tab tab) {
        tab.open(admin);
        assertThat(tab.button(TURN_OFF)).isEnabled();
        tab.tabTo(tab.button(TURN_OFF)).press("Enter");
        assertThat(tab.page().getByRole(AriaRole.STATUS)).containsText("Token authentication is off");
        assertThat(tab.button(TURN_ON)).isFocused();
        assertThat(tokenSwitch.isOn()).isFalse();
        tab.press("Space");
        assertThat(tab.page().getByRole(AriaRole.STATUS)).containsText("Token authentication is on");
        assertThat(tokenSwitch.isOn()).isTrue();
    }

    @Test
    void shouldShowTheSameStateOnTwoOpenPages(Tab tab) {
        var other = tab.another().open(admin);
        tab.open(admin);
        tab.button(TURN_OFF).click();
        assertThat(other.button(TURN_ON)).isVisible();
        assertThat(other.page()).hasTitle("Off · Token switch · instabook-cache");
        other.button(TURN_ON).click();
        assertThat(tab.button(TURN_OFF)).isVisible();
    }

    @Test
    void shouldBeAccessibleInBothStatesAndThemesAndOnAPhone(Tab tab) {
        tab.open(admin);
        assertThat(tab.button(TURN_OFF)).isEnabled();
        tab.assertAccessibleEverywhere();
        tab.button(TURN_OFF).click();
        assertThat(tab.button(TURN_ON)).isVisible();
        tab.assertAccessibleEverywhere();
    }
}
