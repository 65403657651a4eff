package org.debugshop.systemtests.story;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Shop.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.time.Duration;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The diagnosis of a fault: on the overview, on the pages of incidents, and in the terminal. */
@ExtendWith(TheBrowser.class)
@Tag("nightly")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IncidentsIT {

    /** All but the booking chain. */
    private static final String SERVICES = "console,postgres,kafka,product-catalog,currency,ad-service,checkout,inventory,accounts,payments,"
            + "gateway,load-generator";

    private static final String FAULT = "payment-declined";
    private static final String ORIGIN = "payments";
    /** The diagnosis needs data from before, and some more to be sure. */
    private static final Duration MORE_PATIENCE = PATIENCE.multipliedBy(3);

    private OwnShop own;
    private Shop shop;
    private String console;

    @BeforeAll
    void start() {
        own = OwnShop.start("--only", SERVICES);
        shop = own.shop();
        console = shop.url(CONSOLE);
    }

    @AfterAll
    void stop() {
        own.close();
    }

    @Test
    void shouldNameTheFirstSuspectUntilItIsHealed(Tab tab) {
        await("nothing fails").atMost(MORE_PATIENCE).until(() -> diagnosis().path("state").asText().equals("healthy"));
        assertThat(shop.run("why")).returns(0, Shop.Outcome::code).extracting(Shop.Outcome::out).asString().startsWith("Nothing fails.");

        assertThat(shop.run("break", FAULT, "--strength", "0.8").code()).isZero();
        tab.open(console + "/");
        var incident = tab.page().locator(".verdict .incident")
                .filter(new Locator.FilterOptions()
                        .setHas(tab.page().locator(".chain li:first-child").getByText(ORIGIN,
                                new Locator.GetByTextOptions().setExact(true))))
                .first();
        assertThat(incident).isVisible(patiently());

        tab.page().navigate(console + "/incidents");
        assertThat(tab.page().locator(".incidents .chain li:first-child").first()).hasText(ORIGIN);
        tab.page().locator(".incidents a").first().click();
        assertThat(tab.heading("Where it most likely starts: " + ORIGIN)).isVisible();
        assertThat(tab.page().locator(".evidence.for li").first()).isVisible();
        tab.assertAccessible();
        assertThat(shop.run("why").out()).contains("\n1. " + ORIGIN + ", confidence ");
        assertThat(Json.tree(shop.run("why", "--json").out()).at("/incidents/0/suspects/0/component").asText()).isEqualTo(ORIGIN);

        assertThat(shop.run("heal", FAULT).code()).isZero();
        assertThat(tab.page().getByText("It has ended.")).isVisible(patiently());
    }

    private JsonNode diagnosis() {
        return Json.tree(Http.text(console + "/api/incidents"));
    }

    private static LocatorAssertions.IsVisibleOptions patiently() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(MORE_PATIENCE.toMillis());
    }
}
