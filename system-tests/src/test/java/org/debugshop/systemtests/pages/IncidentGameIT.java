package org.debugshop.systemtests.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.testkit.Service.CONSOLE;

import com.microsoft.playwright.options.SelectOption;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Tab;
import org.debugshop.testkit.TokenSwitch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The incident game on the page, in a system where only the cache's switch can be broken. */
@ExtendWith(TheBrowser.class)
class IncidentGameIT {

    @Test
    void shouldBreakSomethingTakeGuessesAndShowTheAnswer(Tab tab) {
        try (var own = OwnShop.start("--only", "console,instabook-cache")) {
            var cache = new TokenSwitch(own.shop());
            var game = tab.open(own.shop().url(CONSOLE) + "/failures").page().locator("incident-game");
            tab.button("Start").click();
            assertThat(game).containsText("Something has been broken since");
            assertThat(tab.page().locator(".view-head")).containsText("state not known");
            assertThat(cache.isOn()).isFalse();
            tab.assertAccessibleEverywhere();

            game.getByLabel("Component").selectOption(new SelectOption().setLabel("instabook"));
            tab.button("Guess").click();
            assertThat(game.locator(".guesses li")).containsText("instabook, errors: The failure passes through it");
            game.getByLabel("Component").selectOption(new SelectOption().setLabel("instabook-cache"));
            tab.button("Guess").click();

            assertThat(game).containsText("with 2 guesses");
            assertThat(game).containsText("instabook-cache, errors (instabook-token)");
            assertThat(tab.page().locator(".view-head")).containsText("none broken");
            assertThat(cache.isOn()).isTrue();
            tab.assertAccessible();

            tab.button("Start another").click();
            tab.button("Give up").click();
            assertThat(game).containsText("Not found after");
            assertThat(cache.isOn()).isTrue();
        }
    }
}
