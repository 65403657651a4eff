package org.debugshop.systemtests.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Shop.PATIENCE;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.debugshop.systemtests.SharesTheSystem;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The storefront, used as a shopper does, in a browser. */
@Tag(TheSystem.ANYWHERE)
@SharesTheSystem
@ExtendWith(TheBrowser.class)
class StorefrontIT {

    private static final String LAPTOP = "Laptop Pro";
    private static final String SPEAKER = "Bluetooth Speaker";

    private final Shop shop;
    private final String home;

    StorefrontIT(Shop shop) {
        this.shop = shop;
        this.home = shop.url(GATEWAY) + "/";
    }

    @Test
    void shouldSellAProductAndLinkToTheTraceOfTheOrder(Tab tab) {
        tab.open(home);
        tab.page().getByLabel("Currency").selectOption("EUR");
        assertThat(tab.page()).hasURL(home + "?currency=EUR");
        tab.link("Audio").click();
        assertThat(tab.heading("Audio")).isFocused();
        assertThat(card(tab, "Wireless Headphones")).containsText("€212.49");
        assertThat(card(tab, LAPTOP)).hasCount(0);
        tab.button("Add to cart " + SPEAKER).click();

        tab.link("All products").click();
        tab.link(LAPTOP).click();
        assertThat(tab.heading(LAPTOP)).isFocused();
        assertThat(tab.page()).hasTitle(LAPTOP + " · Debug Shop");
        tab.page().getByLabel("Quantity").fill("2");
        tab.button("Add to cart").click();
        tab.link("Cart 3 pieces").click();

        assertThat(tab.heading("Your cart")).isFocused();
        assertThat(tab.page().getByRole(AriaRole.MAIN)).matchesAriaSnapshot("""
                - main:
                  - heading "Your cart" [level=1]
                  - list:
                    - listitem:
                      - heading "Bluetooth Speaker" [level=2]
                      - paragraph: €67.99 each
                      - spinbutton "Quantity of Bluetooth Speaker": "1"
                      - paragraph: €67.99
                      - button "Remove Bluetooth Speaker"
                    - listitem:
                      - heading "Laptop Pro" [level=2]
                      - paragraph: €1,104.99 each
                      - spinbutton "Quantity of Laptop Pro": "2"
                      - paragraph: €2,209.98
                      - button "Remove Laptop Pro"
                  - region "Summary":
                    - paragraph:
                      - text: Total
                      - strong: €2,277.97
                    - link "Check out"
                """);
        tab.link("Check out").click();
        fillIn(tab, "1 Sample Street");
        tab.button("Place the order").click();

        assertThat(tab.heading("Thank you for your order")).isFocused();
        assertThat(tab.page().getByRole(AriaRole.TABLE)).matchesAriaSnapshot("""
                - table:
                  - rowgroup:
                    - row "Product Price Quantity Sum"
                  - rowgroup:
                    - row "Bluetooth Speaker €67.99 1 €67.99"
                    - row "Laptop Pro €1,104.99 2 €2,209.98"
                  - rowgroup:
                    - row "Total €2,277.97"
                """);
        assertThat(tab.link("Cart empty")).isVisible();

        var order = Json.tree(Http.text(shop.url(GATEWAY) + tab.page().evaluate("location.pathname").toString().replace("/shop/", "/")));
        assertThat(order.path("total").decimalValue()).isEqualByComparingTo("2277.97");
        assertThat(order.path("address").path("street").asText()).isEqualTo("1 Sample Street");
        var orderId = order.path("order_id").asText();
        assertThat(traceBehind(tab.link("The trace of this order")).spans())
                .anySatisfy(span -> assertThat(span.attributes()).containsEntry("shop.order.id", orderId))
                .anySatisfy(span -> assertThat(span.attributes()).containsEntry("shop.order.total", 2277.97));
        assertThat(traceBehind(tab.link("This page’s trace")).roots()).singleElement()
                .returns("GET /order/{id}", Console.Span::name);
    }

    @Test
    void shouldSellWithoutAMouse(Tab tab) {
        tab.open(home).settle().press("Tab");
        assertThat(tab.link("Skip to the content")).isFocused();
        tab.press("Enter");
        assertThat(tab.page().getByRole(AriaRole.MAIN)).isFocused();
        tab.tabTo(tab.link(SPEAKER)).press("Enter");
        assertThat(tab.heading(SPEAKER)).isFocused();
        tab.tabTo(tab.page().getByLabel("Quantity")).type("3").press("Enter");
        assertThat(tab.page().getByRole(AriaRole.STATUS)).hasText(SPEAKER + ": 3 in your cart.");
        tab.tabTo(tab.link("Cart 3 pieces")).press("Enter");
        assertThat(tab.heading("Your cart")).isFocused();
        tab.tabTo(tab.page().getByLabel("Quantity of " + SPEAKER)).type("1").press("Tab");
        assertThat(tab.link("Cart 1 piece")).isVisible();
        tab.tabTo(tab.link("Check out")).press("Enter");
        assertThat(tab.heading("Checkout")).isFocused();
        for (var value : List.of("ann@example.com", "1 Sample Street", "Sampleton", "12345", "", "Utopia")) {
            tab.press("Tab").type(value);
        }
        tab.press("Enter");
        assertThat(tab.heading("Thank you for your order")).isFocused();
        tab.tabTo(tab.link("This page’s trace"));
    }

    @Test
    void shouldKeepItsStateInTheAddressAndGoBackAndForward(Tab tab) {
        tab.open(home + "?category=Audio&currency=GBP").settle();
        assertThat(tab.heading("Audio")).isVisible();
        assertThat(tab.page().getByLabel("Currency")).hasValue("GBP");
        assertThat(tab.link("Audio")).hasAttribute("aria-current", "page");
        assertThat(tab.link("Wearables")).isVisible();
        tab.link(SPEAKER).click();
        assertThat(tab.heading(SPEAKER)).isFocused();
        assertThat(tab.page().getByText("£59.99")).isVisible();
        tab.page().getByLabel("Currency").focus();
        tab.page().getByLabel("Currency").selectOption("JPY");
        assertThat(tab.page().getByText("¥8,799")).isVisible();
        assertThat(tab.page().getByLabel("Currency")).isFocused();

        tab.page().goBack();
        assertThat(tab.page().getByText("£59.99")).isVisible();
        tab.page().goBack();
        assertThat(tab.heading("Audio")).isFocused();
        assertThat(tab.page()).hasURL(home + "?category=Audio&currency=GBP");
        tab.page().goForward();
        assertThat(tab.heading(SPEAKER)).isFocused();
        tab.page().reload();
        assertThat(tab.heading(SPEAKER)).isVisible();
        assertThat(tab.page().getByText("£59.99")).isVisible();
    }

    @Test
    void shouldShowTheKeyOfAnInterceptUntilTheVisitorEndsIt(Tab tab) {
        var badge = tab.page().getByText("intercept: ann");
        tab.open(home + "?intercept=ann");
        assertThat(badge).isVisible();
        tab.link("Audio").click();
        assertThat(tab.heading("Audio")).isFocused();
        assertThat(badge).isVisible();
        tab.open(home + "shop/cart");
        assertThat(tab.heading("Your cart")).isVisible();
        assertThat(badge).isVisible();
        tab.assertAccessibleEverywhere();

        tab.open(home + "?intercept=");
        assertThat(tab.heading(LAPTOP)).isVisible();
        assertThat(badge).hasCount(0);
    }

    @Test
    void shouldShowThatAPageIsLoadingAndThenOnlyTheLatest(Tab tab) {
        var slow = new AtomicReference<Route>();
        var status = tab.page().getByRole(AriaRole.STATUS);
        tab.open(home).settle();
        tab.page().route(Pattern.compile("category=Audio"), slow::set);
        tab.link("Audio").click();
        assertThat(status).hasText("Loading …");
        assertThat(tab.heading(LAPTOP)).isVisible(); // the old page stays meanwhile
        slow.get().resume();
        assertThat(tab.heading("Audio")).isFocused();
        assertThat(status).isEmpty();

        tab.page().goBack();
        slow.set(null);
        tab.link("Audio").click();
        tab.page().waitForCondition(() -> slow.get() != null);
        tab.link("Phones").click();
        assertThat(tab.heading("Phones")).isFocused();
        slow.get().resume();
        tab.settle();
        assertThat(tab.heading("Phones")).isVisible();
        assertThat(card(tab, SPEAKER)).hasCount(0);
    }

    @Test
    void shouldLeaveTheFocusWhereTheVisitorMovedItWhileAPageLoads(Tab tab) {
        var slow = new AtomicReference<Route>();
        tab.open(home).settle();
        tab.page().route(Pattern.compile("category=Audio"), slow::set);
        tab.link("Audio").click();
        tab.page().waitForCondition(() -> slow.get() != null);
        tab.page().getByLabel("Currency").focus();
        slow.get().resume();
        assertThat(tab.heading("Audio")).isVisible();
        assertThat(tab.page().getByLabel("Currency")).isFocused();
    }

    @Test
    void shouldKeepTheCurrencyWhenALinkIsClickedBeforeItsPricesArrive(Tab tab) {
        var slow = new AtomicReference<Route>();
        tab.open(home).settle();
        tab.page().route(Pattern.compile("/products\\?currency=EUR"), slow::set);
        tab.page().getByLabel("Currency").selectOption("EUR");
        tab.page().waitForCondition(() -> slow.get() != null);
        tab.link("Audio").click();
        assertThat(tab.heading("Audio")).isFocused();
        assertThat(tab.page()).hasURL(home + "?category=Audio&currency=EUR");
        assertThat(card(tab, SPEAKER)).containsText("€67.99");
        slow.get().abort();
    }

    @Test
    void shouldExplainWhichFieldsAreWrong(Tab tab) {
        tab.open(home);
        tab.button("Add to cart " + LAPTOP).click();
        tab.open(home + "shop/checkout");
        tab.page().getByLabel("E-mail").fill("nobody");
        tab.page().getByLabel("City").fill("Sampleton");
        tab.button("Place the order").click();

        assertThat(tab.page().getByRole(AriaRole.ALERT)).hasText("4 fields need your attention.");
        var email = tab.page().getByLabel("E-mail");
        assertThat(email).isFocused();
        assertThat(email).hasAttribute("aria-invalid", "true");
        assertThat(email).hasAccessibleDescription("Enter an e-mail address such as name@example.com.");
        assertThat(tab.page().getByLabel("Postcode")).hasAccessibleDescription("Enter the postcode.");
        assertThat(tab.page().getByLabel("City")).hasAccessibleDescription("");
        tab.assertAccessibleEverywhere();

        email.fill("ann@example.com");
        assertThat(email).hasAccessibleDescription("");
        tab.page().reload();
        assertThat(email).hasValue("ann@example.com"); // the form keeps what was typed

        fillIn(tab, "1 Sample Street");
        email.fill("two@at@example.com");
        tab.button("Place the order").click();
        assertThat(email).isFocused();
    }

    @Test
    void shouldShowTheServersErrorBesideItsField(Tab tab) {
        tab.open(home);
        tab.button("Add to cart " + LAPTOP).click();
        tab.open(home + "shop/checkout");
        fillIn(tab, "1 Sample Street");
        // This is longer than the form allows.
        tab.page().getByLabel("Street and number")
                .evaluate("input => { input.removeAttribute('maxlength'); input.value = 'x'.repeat(300); }");
        tab.expectInConsole("status of 400");
        tab.button("Place the order").click();

        assertThat(tab.page().getByRole(AriaRole.ALERT))
                .containsText("The order was not placed: address.street must be a text of at most 256 characters.");
        assertThat(tab.page().getByLabel("Street and number")).isFocused();
        assertThat(tab.page().getByLabel("Street and number"))
                .hasAccessibleDescription("address.street must be a text of at most 256 characters.");
        assertThat(traceBehind(tab.link("This page’s trace")).roots()).singleElement().returns("POST /checkout", Console.Span::name);
    }

    @Test
    void shouldPlaceOneOrderIfTheButtonIsPressedTwice(Tab tab) {
        var placed = new ArrayList<String>();
        tab.page().onRequest(request -> {
            if (request.method().equals("POST")) {
                placed.add(request.headerValue("Idempotency-Key"));
            }
        });
        tab.open(home);
        tab.button("Add to cart " + LAPTOP).click();
        tab.open(home + "shop/checkout");
        fillIn(tab, "1 Sample Street");
        tab.button("Place the order").dblclick();

        assertThat(tab.heading("Thank you for your order")).isVisible();
        assertThat(placed).singleElement().asString().hasSize(32);
        tab.page().goBack(); // does not lead to the form again
        assertThat(tab.page().getByText("Place the order")).hasCount(0);
    }

    @Test
    void shouldShowTypedMarkupAsText(Tab tab) {
        var street = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>";
        tab.open(home);
        tab.button("Add to cart " + LAPTOP).click();
        tab.open(home + "shop/checkout");
        fillIn(tab, street);
        tab.button("Place the order").click();

        assertThat(tab.page().getByText(street, new Page.GetByTextOptions().setExact(true))).isVisible();
        assertThat(tab.page()).hasTitle("Thank you for your order · Debug Shop");
    }

    @Test
    void shouldShowMarkupInAProductsNameAsText(Tab tab) {
        var name = "<img src=x onerror=document.title='hacked'>";
        tab.page().route(Pattern.compile("/products\\?"), route -> {
            var answer = route.fetch();
            route.fulfill(new Route.FulfillOptions().setResponse(answer).setBody(answer.text().replace(LAPTOP, name)));
        });
        tab.open(home);
        tab.button("Add to cart " + name).click();
        tab.link("Cart 1 piece").click();
        assertThat(tab.heading("Your cart")).isFocused();
        assertThat(tab.heading(name)).isVisible();
        tab.link("Check out").click();
        assertThat(tab.page().getByText("1 × " + name)).isVisible();
        assertThat(tab.page()).hasTitle("Checkout · Debug Shop");
    }

    @Test
    void shouldShareOneCartAmongAllTabs(Tab tab) {
        tab.open(home + "shop/cart");
        assertThat(tab.page().getByRole(AriaRole.MAIN)).containsText("Your cart is empty.");
        var other = tab.another().open(home);
        other.button("Add to cart " + LAPTOP).click();
        other.button("Add to cart " + SPEAKER).click();
        assertThat(tab.link("Cart 2 pieces")).isVisible();
        tab.link("Cart 2 pieces").click();
        tab.button("Remove " + LAPTOP).click();
        assertThat(tab.heading("Your cart")).isFocused();
        assertThat(other.link("Cart 1 piece")).isVisible();
        tab.page().getByLabel("Quantity of " + SPEAKER).fill("1001");
        tab.press("Tab");
        assertThat(tab.page().getByLabel("Quantity of " + SPEAKER)).hasAccessibleDescription("Enter a whole number from 1 to 1000.");
        assertThat(other.link("Cart 1 piece")).isVisible();
    }

    @Test
    @Tag("nightly")
    void shouldBeAccessibleInBothThemesAndOnAPhone(Tab tab) {
        tab.open(home).assertAccessibleEverywhere();
        tab.open(home + "?category=Nothing").assertAccessibleEverywhere();
        tab.open(home + "shop/cart").assertAccessibleEverywhere();
        tab.open(home + "shop/product/1").settle().button("Add to cart").click();
        tab.assertAccessibleEverywhere();
        tab.open(home + "shop/cart").assertAccessibleEverywhere();
        tab.open(home + "shop/checkout").assertAccessibleEverywhere();
        fillIn(tab, "1 Sample Street");
        tab.button("Place the order").click();
        assertThat(tab.heading("Thank you for your order")).isVisible();
        tab.assertAccessibleEverywhere();
    }

    @Test
    void shouldShowStockIfThereIsAnInventory(Tab tab) {
        tab.page().route(Pattern.compile("/products\\?"), route -> {
            var answer = route.fetch();
            var some = "\"inventory\":[{\"product_id\":\"1\",\"available\":97},{\"product_id\":\"2\",\"available\":3},{\"product_id\":\"3\",\"available\":0}]";
            route.fulfill(
                    new Route.FulfillOptions().setResponse(answer).setBody(answer.text().replaceFirst("\"inventory\":\\[.*?]", some)));
        });
        tab.open(home);
        assertThat(card(tab, "Smartphone Model X")).containsText("In stock");
        assertThat(card(tab, LAPTOP)).containsText("Only 3 left");
        assertThat(card(tab, "Wireless Headphones")).containsText("Sold out");
        assertThat(tab.button("Add to cart Wireless Headphones")).isDisabled();
        assertThat(tab.button("Add to cart " + SPEAKER)).isEnabled();
        tab.assertAccessibleEverywhere();
    }

    private static Locator card(Tab tab, String product) {
        return tab.page().getByRole(AriaRole.LISTITEM).filter(new Locator.FilterOptions().setHas(tab.heading(product)));
    }

    static void fillIn(Tab tab, String street) {
        tab.page().getByLabel("E-mail").fill("ann@example.com");
        tab.page().getByLabel("Street and number").fill(street);
        tab.page().getByLabel("City").fill("Sampleton");
        tab.page().getByLabel("Postcode").fill("12345");
        tab.page().getByLabel("Country").fill("Utopia");
    }

    /** Returns the trace that a link leads to, when all its spans have arrived. */
    private Console.Trace traceBehind(Locator link) {
        assertThat(link).hasAttribute("href", Pattern.compile("^" + shop.url(CONSOLE) + "/traces/[0-9a-f]{32}$"));
        var id = link.getAttribute("href").replaceFirst(".*/", "");
        var console = Console.of(shop);
        return await().atMost(PATIENCE).ignoreExceptions().until(() -> console.trace(id), Console.Trace::isWhole);
    }
}
