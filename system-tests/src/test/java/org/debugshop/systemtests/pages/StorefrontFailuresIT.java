package org.debugshop.systemtests.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.AD_SERVICE;
import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.LOAD_GENERATOR;
import static org.debugshop.testkit.Service.PRODUCT_CATALOG;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.util.Map;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The storefront while a service is broken. It shows the remaining parts, a sentence that names the service, and a way to continue. */
@UsesTheSystem
@ExtendWith(TheBrowser.class)
@Tag("nightly")
class StorefrontFailuresIT {

    private static final int UNTIL_CERTAIN = 5;

    private final Shop shop;
    private final String home;

    StorefrontFailuresIT(Shop shop) {
        this.shop = shop;
        this.home = shop.url(GATEWAY) + "/";
    }

    @Test
    void shouldHideTheAreaOfAdsIfThereAreNone(Tab tab) {
        var ads = tab.page().getByRole(AriaRole.COMPLEMENTARY);
        tab.open(home).settle();
        assertThat(ads.getByRole(AriaRole.IMG)).hasCount(3);
        try (var _ = new Stopped(AD_SERVICE)) {
            tab.open(home).settle();
            assertThat(tab.heading("Laptop Pro")).isVisible();
            assertThat(ads).hasCount(0);
            tab.assertAccessible();
        }
    }

    @Test
    void shouldHideAnAdIfItsPictureDoesNotLoad(Tab tab) {
        tab.expectInConsole("ERR_FAILED").page().route("**/images/ads/ad1.svg", route -> route.abort());
        tab.open(home).settle();
        assertThat(tab.page().getByRole(AriaRole.COMPLEMENTARY).getByRole(AriaRole.LISTITEM)).hasCount(2);
        tab.page().route("**/images/**", route -> route.abort());
        tab.open(home).settle();
        assertThat(tab.page().getByRole(AriaRole.COMPLEMENTARY)).isHidden();
        tab.assertAccessible();
    }

    @Test
    void shouldKeepCartAndFormIfAnOrderCannotBePlaced(Tab tab) {
        tab.open(home);
        tab.button("Add to cart Laptop Pro").click();
        tab.open(home + "shop/checkout");
        StorefrontIT.fillIn(tab, "1 Sample Street");
        tab.expectInConsole("status of 502");
        try (var _ = new Stopped(CHECKOUT)) {
            tab.button("Place the order").click();
            assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("The order was not placed: checkout is unreachable.");
            assertThat(tab.page().getByRole(AriaRole.ALERT)).isFocused();
            assertThat(tab.link("Cart 1 piece")).isVisible();
            assertThat(tab.page().getByLabel("Street and number")).hasValue("1 Sample Street");
            tab.assertAccessibleEverywhere();
        }
        tab.button("Place the order").click();
        assertThat(tab.heading("Thank you for your order")).isVisible();
    }

    @Test
    void shouldReportThatTheCatalogIsDownAndShowItsProductsAgainLater(Tab tab) {
        tab.open(home);
        tab.button("Add to cart Laptop Pro").click();
        tab.expectInConsole("status of 502");
        try (var _ = new Stopped(PRODUCT_CATALOG)) {
            tab.open(home + "shop/cart");
            assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("The prices cannot be shown: product-catalog is unreachable.");
            assertThat(tab.page().getByLabel("Quantity of Laptop Pro")).hasValue("1");
            tab.assertAccessibleEverywhere();
            tab.open(home);
            assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("Product-catalog is unreachable.");
            tab.assertAccessibleEverywhere();
        }
        tab.button("Try again").click();
        assertThat(tab.heading("Laptop Pro")).isVisible();
    }

    @Test
    void shouldReportAnUnknownProductOrderAndCurrency(Tab tab) {
        tab.expectInConsole("status of 404").expectInConsole("status of 400");
        tab.open(home + "shop/product/99");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).hasText("Product not found.");
        tab.open(home + "shop/order/none");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).hasText("Order not found.");
        tab.open(home + "?currency=XXX");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("Currency XXX not supported.");
        tab.page().getByLabel("Currency").selectOption("USD");
        assertThat(tab.heading("Laptop Pro")).isVisible();
    }

    @Test
    void shouldReportThatAnOrderWithoutAnAnswerMayHaveBeenPlaced(Tab tab) {
        tab.open(home);
        tab.button("Add to cart Laptop Pro").click();
        tab.open(home + "shop/checkout");
        StorefrontIT.fillIn(tab, "1 Sample Street");
        tab.expectInConsole("ERR_CONNECTION_RESET").page().route("**/checkout", route -> {
            assertThat(route.fetch().status()).isEqualTo(200);
            route.abort("connectionreset");
        });
        tab.button("Place the order").click();
        assertThat(tab.page().getByRole(AriaRole.ALERT))
                .containsText("It is not certain that the order was placed: the shop does not answer.");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("To find out, place the same order again");

        tab.expectInConsole("status of 502").page().unroute("**/checkout");
        try (var _ = new Stopped(CHECKOUT)) {
            tab.button("Place the order").click();
            assertThat(tab.page().getByRole(AriaRole.ALERT))
                    .containsText("It is not certain that the order was placed: checkout is unreachable.");
        }
        tab.button("Place the order").click();
        assertThat(tab.heading("Thank you for your order")).isVisible();
    }

    @ParameterizedTest
    @CsvSource({"500,,It is not certain that the order was placed", "502,,It is not certain that the order was placed",
            "503,,It is not certain that the order was placed", "503,1,The order was not placed", "400,,The order was not placed"})
    void shouldReportThatAnOrderWasNotPlacedOnlyIfThatIsCertain(int status, String retryAfter, String sentence, Tab tab) {
        tab.open(home);
        tab.button("Add to cart Laptop Pro").click();
        tab.open(home + "shop/checkout");
        StorefrontIT.fillIn(tab, "1 Sample Street");
        tab.expectInConsole("status of " + status).page().route("**/checkout", route -> route.fulfill(new Route.FulfillOptions()
                .setStatus(status).setHeaders(retryAfter == null ? Map.of() : Map.of("Retry-After", retryAfter))
                .setContentType("application/json").setBody("{\"error\":\"something failed\"}")));
        tab.button("Place the order").click();
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText(sentence + ": something failed.");
    }

    @Test
    void shouldSellToGuestsWhileAccountsIsDown(Tab tab) {
        var accounts = new AccountPagesIT(shop);
        tab.open(home + "shop/login");
        AccountPagesIT.logIn(tab, accounts.signedUp(), AccountPagesIT.PASSWORD);
        assertThat(tab.link("My orders")).isVisible();
        tab.expectInConsole("status of 502");
        try (var _ = new Stopped("accounts")) {
            tab.open(home + "shop/orders");
            assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("Authentication service is unreachable.");
            tab.assertAccessibleEverywhere();
            tab.button("Log out").click();
            tab.link("Log in").click();
            AccountPagesIT.logIn(tab, "ann", AccountPagesIT.PASSWORD);
            assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("You cannot log in at the moment: accounts is unreachable.");
            tab.assertAccessibleEverywhere();
            tab.link("as a guest").click();
            assertThat(tab.heading("Laptop Pro")).isVisible();
            accounts.placeOrder(tab);
        }
    }

    /** Stops a service with {@code ./shop stop}. Closing this starts it again. */
    private final class Stopped implements AutoCloseable {

        private final String service;

        Stopped(Service service) {
            this(service.toString());
        }

        Stopped(String service) {
            this.service = service;
            assertThat(shop.run("stop", service).code()).isZero();
        }

        @Override
        public void close() {
            assertThat(shop.run("start", service).code()).isZero();
            shop.awaitSuccesses(LOAD_GENERATOR, UNTIL_CERTAIN); // its first answers may be too slow
            await("ads").atMost(Shop.PATIENCE).until(() -> !Json.tree(Http.text(home + "products")).path("ads").isEmpty());
        }
    }
}
