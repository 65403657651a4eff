package org.debugshop.systemtests.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Shop.PATIENCE;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.debugshop.systemtests.SharesTheSystem;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The storefront for users with an account: sign up, log in, search, order, pay, find the order again, log out. */
@Tag(TheSystem.ANYWHERE)
@SharesTheSystem
@ExtendWith(TheBrowser.class)
class AccountPagesIT {

    static final String PASSWORD = "open sesame";
    private static final String LAPTOP = "Laptop Pro";

    private final Shop shop;
    private final String home;

    AccountPagesIT(Shop shop) {
        this.shop = shop;
        this.home = shop.url(GATEWAY) + "/";
    }

    @Test
    void shouldSignUpOrderPayAndFindTheOrderAgain(Tab tab) {
        var name = newName();
        tab.open(home + "?currency=EUR");
        tab.button("Add to cart " + LAPTOP).click();
        tab.link("Cart 1 piece").click();
        tab.link("Check out").click();
        assertThat(tab.page().getByText("You order as a guest.")).isVisible();
        tab.page().getByRole(AriaRole.MAIN).getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Log in")).click();
        assertThat(tab.heading("Log in")).isFocused();
        tab.link("Sign up").click();
        assertThat(tab.heading("Sign up")).isFocused();
        tab.page().getByLabel("Username").fill(name);
        tab.page().getByLabel("E-mail").fill("ann@example.com");
        tab.page().getByLabel("Password").fill(PASSWORD);
        tab.button("Sign up").click();

        assertThat(tab.heading("Checkout")).isFocused();
        assertThat(tab.page()).hasURL(home + "shop/checkout?currency=EUR");
        assertThat(tab.page().getByText("You order as " + name)).isVisible();
        StorefrontIT.fillIn(tab, "1 Sample Street");
        tab.button("Place the order").click();
        assertThat(tab.heading("Thank you for your order")).isFocused();
        var orderId = idInAddress(tab);

        tab.page().getByLabel("Card").selectOption("Test card that is declined");
        tab.expectInConsole("status of 402").button("Pay €1,104.99").click();
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("Card declined.");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("Nothing was charged.");
        assertThat(tab.page().getByLabel("Card")).isFocused();
        tab.page().getByLabel("Card").selectOption("Test card");
        tab.button("Pay €1,104.99").click();
        var receipt = tab.page().getByText("Paid. Payment");
        assertThat(receipt).isFocused();
        assertThat(tab.page().getByRole(AriaRole.ALERT)).hasCount(0);

        var order = await().atMost(PATIENCE).until(() -> Json.tree(Http.text(home + "order/" + orderId)),
                found -> found.path("payment_status").asText().equals("paid"));
        assertThat(receipt).containsText(order.path("payment_id").asText());
        tab.page().reload();
        assertThat(receipt).containsText(order.path("payment_id").asText());
        assertThat(tab.button("Pay €1,104.99")).hasCount(0);

        tab.link("My orders").click();
        assertThat(tab.heading("My orders")).isFocused();
        var entry = tab.page().getByRole(AriaRole.MAIN).getByRole(AriaRole.LISTITEM);
        assertThat(entry).hasCount(1);
        assertThat(entry).containsText(LAPTOP);
        assertThat(entry).containsText("€1,104.99");
        assertThat(entry).containsText("Paid");
        tab.link("Order " + orderId.substring(0, 8)).click();
        assertThat(tab.page()).hasURL(home + "shop/order/" + orderId + "?currency=EUR");
        assertThat(receipt).isVisible();
    }

    @Test
    void shouldLogInAndOutInAllTabsAndReturnToThePageBefore(Tab tab) {
        var name = signedUp();
        var other = tab.another().open(home);
        tab.open(home + "?category=Audio&currency=GBP").settle();
        tab.link("Log in").click();
        logIn(tab, name, "wrong password");
        tab.expectInConsole("status of 401");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).hasText("Wrong username or password.");
        logIn(tab, name, PASSWORD);

        assertThat(tab.heading("Audio")).isFocused();
        assertThat(tab.page()).hasURL(home + "?category=Audio&currency=GBP");
        assertThat(tab.page().getByText("Logged in as " + name)).isVisible();
        assertThat(other.page().getByText("Logged in as " + name)).isVisible();
        assertThat(tab.page().evaluate("document.cookie")).isEqualTo("");
        assertThat(tab.page().context().cookies()).singleElement().satisfies(cookie -> {
            assertThat(cookie.name).isEqualTo("session");
            assertThat(cookie.httpOnly).isTrue();
            assertThat(tab.page().evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)").toString())
                    .doesNotContain(cookie.value);
        });
        tab.page().goBack(); // does not lead to the form again
        assertThat(tab.page().getByLabel("Password")).hasCount(0);

        tab.open(home + "shop/orders");
        assertThat(tab.page().getByRole(AriaRole.MAIN)).containsText("You have no orders yet.");
        other.button("Log out").click();
        assertThat(other.link("Log in")).isVisible();
        assertThat(tab.page().getByRole(AriaRole.MAIN)).containsText("You are not logged in.");
        assertThat(tab.link("My orders")).isHidden();
        assertThat(tab.page().context().cookies()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example/", "https://evil.example/", "/\\evil.example", "/.//evil.example/", "javascript:alert(1)",
            "/\t/evil.example"})
    void shouldStayInTheShopAfterLoggingIn(String address, Tab tab) {
        var name = signedUp();
        tab.open(home + "shop/login?return=" + URLEncoder.encode(address, UTF_8));
        logIn(tab, name, PASSWORD);
        assertThat(tab.page()).hasURL(home);
        assertThat(tab.heading(LAPTOP)).isVisible();
    }

    @Test
    void shouldExplainWhichFieldsOfASignUpAreWrong(Tab tab) {
        var taken = signedUp();
        tab.open(home + "shop/signup");
        tab.page().getByLabel("Username").fill("Ann!");
        tab.page().getByLabel("Password").fill("short");
        tab.button("Sign up").click();
        assertThat(tab.page().getByRole(AriaRole.ALERT)).hasText("3 fields need your attention.");
        assertThat(tab.page().getByLabel("Username")).isFocused();
        assertThat(tab.page().getByLabel("E-mail")).hasAccessibleDescription("Enter an e-mail address such as name@example.com.");
        assertThat(tab.page().getByLabel("Password")).hasAccessibleDescription("Enter at least 8 characters.");
        tab.assertAccessibleEverywhere();

        tab.page().getByLabel("Username").fill(taken);
        tab.page().getByLabel("E-mail").fill("ann@example.com");
        tab.page().getByLabel("Password").fill(PASSWORD);
        tab.expectInConsole("status of 409").button("Sign up").click();
        assertThat(tab.page().getByLabel("Username")).hasAccessibleDescription("Username is taken.");
        assertThat(tab.page().getByLabel("Username")).isFocused();
        assertThat(tab.page().getByLabel("Password")).hasAttribute("autocomplete", "new-password");
    }

    @Test
    void shouldSearchWithoutAMouseAndKeepTheTextInTheAddress(Tab tab) {
        tab.open(home + "?currency=GBP").settle();
        var box = tab.page().getByRole(AriaRole.SEARCHBOX, new Page.GetByRoleOptions().setName("Search products"));
        tab.tabTo(box).type("SPEAKER").press("Enter");
        assertThat(tab.heading("Results for “SPEAKER”")).isFocused();
        assertThat(tab.page()).hasURL(home + "shop/search?text=SPEAKER&currency=GBP");
        assertThat(tab.page().getByRole(AriaRole.MAIN).getByRole(AriaRole.LISTITEM)).hasCount(1);
        assertThat(tab.page().getByText("£59.99")).isVisible();
        assertThat(tab.page()).hasTitle("“SPEAKER” · Debug Shop");

        for (var text : List.of("no such thing", "50% / ?#&", "..")) {
            tab.tabTo(box).type(text).press("Enter");
            assertThat(tab.heading("Results for “" + text + "”")).isFocused();
            assertThat(tab.page().getByText("No product has a name with this text.")).isVisible();
        }
        tab.assertAccessibleEverywhere();
        tab.page().goBack();
        tab.page().goBack();
        assertThat(box).hasValue("no such thing");
        tab.page().goBack();
        assertThat(tab.heading("Results for “SPEAKER”")).isFocused();
        assertThat(box).hasValue("SPEAKER");
        tab.page().reload();
        assertThat(tab.link("Bluetooth Speaker")).isVisible();
        tab.page().goBack();
        assertThat(box).hasValue("");
    }

    @Test
    void shouldPayOnceIfTheButtonIsPressedTwice(Tab tab) {
        var keys = keysOfPayments(tab);
        openOwnOrder(tab);
        tab.button("Pay $1,299.99").dblclick();
        assertThat(tab.page().getByText("Paid. Payment")).isFocused();
        assertThat(keys).singleElement().asString().hasSize(32);
    }

    @Test
    void shouldPayOnceIfAnAnswerIsLost(Tab tab) {
        var keys = keysOfPayments(tab);
        openOwnOrder(tab);
        tab.expectInConsole("ERR_CONNECTION_RESET").page().route("**/payments/pay", route -> {
            assertThat(route.fetch().status()).isEqualTo(200);
            route.abort("connectionreset");
        });
        tab.button("Pay $1,299.99").click();
        assertThat(tab.page().getByRole(AriaRole.ALERT))
                .containsText("It is not certain that the order was paid: the shop does not answer.");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("To find out, pay again. You will not be charged twice.");

        tab.page().unroute("**/payments/pay");
        tab.button("Pay $1,299.99").click();
        assertThat(tab.page().getByText("Paid. Payment")).isFocused();
        assertThat(keys).hasSize(2);
        assertThat(keys.getFirst()).isEqualTo(keys.getLast());
    }

    @Test
    void shouldSayThatAnOrderIsAlreadyPaid(Tab tab) {
        openOwnOrder(tab);
        var other = tab.another().open(tab.page().url());
        other.button("Pay $1,299.99").click();
        assertThat(other.page().getByText("Paid. Payment")).isVisible();
        tab.expectInConsole("status of 409").button("Pay $1,299.99").click();
        assertThat(tab.page().getByRole(AriaRole.PARAGRAPH).filter(new Locator.FilterOptions().setHasText("This order is already paid.")))
                .isFocused();
        assertThat(tab.button("Pay $1,299.99")).hasCount(0);
    }

    @Test
    void shouldAdviseToTryAgainWhilePaymentsIsAway(Tab tab) {
        openOwnOrder(tab);
        tab.expectInConsole("status of 503").page().route("**/payments/pay", route -> route.fulfill(new Route.FulfillOptions()
                .setStatus(503).setHeaders(Map.of("Retry-After", "1")).setContentType("application/json")
                .setBody("{\"error\":\"payments is unreachable\"}")));
        tab.button("Pay $1,299.99").click();
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("The order was not paid: payments is unreachable.");
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("Nothing was charged. Try again in a moment.");
        tab.assertAccessibleEverywhere();
        tab.page().unroute("**/payments/pay");
        tab.button("Pay $1,299.99").click();
        assertThat(tab.page().getByText("Paid. Payment")).isFocused();
    }

    @Test
    void shouldOfferPaymentToTheUserOfAnOrderOnly(Tab tab) {
        openOwnOrder(tab);
        var order = tab.page().url();
        var payment = tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Payment"));
        assertThat(payment).isVisible();
        tab.button("Log out").click();
        assertThat(tab.link("Log in")).isVisible();
        tab.open(order);
        assertThat(payment).hasText("Log in to pay for this order, if it is yours.");
        tab.assertAccessibleEverywhere();
        payment.getByRole(AriaRole.LINK).click();
        logIn(tab, signedUp(), PASSWORD);
        assertThat(tab.page().getByRole(AriaRole.TABLE)).isVisible();
        assertThat(payment).hasCount(0);

        tab.button("Log out").click();
        assertThat(tab.link("Log in")).isVisible();
        placeOrder(tab);
        assertThat(payment).hasCount(0); // the order of a guest
    }

    @Test
    void shouldNotPlaceTheOrderOfAGuestUnnoticedWhenTheSessionHasEnded(Tab tab) {
        tab.open(home + "shop/login");
        logIn(tab, signedUp(), PASSWORD);
        tab.button("Add to cart " + LAPTOP).click();
        tab.link("Cart 1 piece").click();
        tab.link("Check out").click();
        StorefrontIT.fillIn(tab, "1 Sample Street");
        tab.page().context().clearCookies();
        tab.button("Place the order").click();
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("The order was not placed, because you are no longer logged in.");
        assertThat(tab.page().getByRole(AriaRole.BANNER).getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Log in")))
                .isVisible();
        tab.assertAccessible();
        tab.button("Place the order").click();
        assertThat(tab.heading("Thank you for your order")).isVisible();
    }

    @Test
    void shouldShowMoreOrdersOnRequest(Tab tab) {
        var name = signedUp();
        var token = Json.tree(Http.post(home + "api/v1/login", credentials(name)).body()).path("token").asText();
        for (var i = 0; i < 21; i++) {
            var created = Http.post(home + "api/v1/order/create", "{\"product_ids\":[5,2,5]}", "Authorization", "Bearer " + token);
            assertThat(created.status()).as(created.body()).isEqualTo(201);
        }
        tab.open(home + "shop/login?return=%2Fshop%2Forders");
        logIn(tab, name, PASSWORD);
        var entries = tab.page().getByRole(AriaRole.MAIN).getByRole(AriaRole.LISTITEM);
        assertThat(entries).hasCount(20);
        assertThat(entries.first()).containsText("2 × Bluetooth Speaker, " + LAPTOP);
        assertThat(entries.first()).containsText("$1,459.97");
        assertThat(entries.first()).containsText("Not paid");
        tab.assertAccessibleEverywhere();
        tab.button("Show more orders").click();
        assertThat(entries).hasCount(21);
        assertThat(entries.last().getByRole(AriaRole.LINK)).isFocused();
        assertThat(tab.button("Show more orders")).isHidden();
        tab.press("Enter"); // an order without address and e-mail
        assertThat(tab.heading("Your order")).isFocused();
        assertThat(tab.button("Pay $1,459.97")).isVisible();
    }

    @Test
    @Tag("nightly")
    void shouldBeAccessibleInBothThemesAndOnAPhone(Tab tab) {
        var name = newName() + "x".repeat(30);
        tab.open(home + "shop/login").assertAccessibleEverywhere();
        tab.open(home + "shop/signup").assertAccessibleEverywhere();
        tab.open(home + "shop/search?text=o").assertAccessibleEverywhere();
        tab.open(home + "shop/orders").assertAccessibleEverywhere();
        signUp(name);
        tab.open(home + "shop/login");
        logIn(tab, name, PASSWORD);
        assertThat(tab.page().getByText("Logged in as " + name)).isVisible();
        tab.assertAccessibleEverywhere();
        tab.open(home + "shop/orders").assertAccessibleEverywhere();
        tab.open(home + "shop/login").assertAccessibleEverywhere();
        placeOrder(tab);
        tab.assertAccessibleEverywhere();
        tab.page().getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Payment")).getByRole(AriaRole.BUTTON).click();
        assertThat(tab.page().getByText("Paid. Payment")).isVisible();
        tab.assertAccessibleEverywhere();
    }

    private static List<String> keysOfPayments(Tab tab) {
        var keys = new ArrayList<String>();
        tab.page().onRequest(request -> {
            if (request.method().equals("POST") && request.url().endsWith("/payments/pay")) {
                keys.add(request.headerValue("Idempotency-Key"));
            }
        });
        return keys;
    }

    /** Opens an unpaid order of a new user, who is logged in. It costs $1,299.99. */
    private void openOwnOrder(Tab tab) {
        tab.open(home + "shop/login");
        logIn(tab, signedUp(), PASSWORD);
        assertThat(tab.link("My orders")).isVisible();
        placeOrder(tab);
    }

    void placeOrder(Tab tab) {
        tab.open(home);
        tab.button("Add to cart " + LAPTOP).click();
        tab.link("Cart 1 piece").click();
        tab.link("Check out").click();
        StorefrontIT.fillIn(tab, "1 Sample Street");
        tab.button("Place the order").click();
        assertThat(tab.heading("Thank you for your order")).isFocused();
    }

    static void logIn(Tab tab, String name, String password) {
        tab.page().getByLabel("Username").fill(name);
        tab.page().getByLabel("Password").fill(password);
        tab.button("Log in").click();
    }

    /** Returns the name of a new user. */
    String signedUp() {
        var name = newName();
        signUp(name);
        return name;
    }

    private void signUp(String name) {
        var body = Json.text(Map.of("username", name, "password", PASSWORD, "email", "ann@example.com"));
        assertThat(Http.post(home + "api/v1/signup", body).status()).isEqualTo(201);
    }

    private static String credentials(String name) {
        return Json.text(Map.of("username", name, "password", PASSWORD));
    }

    private static String newName() {
        return "ann-" + UUID.randomUUID().toString().substring(0, 18);
    }

    private static String idInAddress(Tab tab) {
        var id = Pattern.compile("/shop/order/([0-9a-f-]{36})").matcher(tab.page().url());
        assertThat(id.find()).as(tab.page().url()).isTrue();
        return id.group(1);
    }
}
