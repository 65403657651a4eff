package org.debugshop.gateway;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway's part of the storefront. The system tests check its scripts, in a browser. */
@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class StorefrontTest {

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

    @ParameterizedTest
    @ValueSource(strings = {"/", "/?category=Audio&currency=EUR", "/shop/product/1", "/shop/cart", "/shop/checkout", "/shop/order/0af7",
            "/shop/orders", "/shop/search?text=phone", "/shop/login?return=%2Fshop%2Fcart", "/shop/signup"})
    void shouldServeBrowsersTheSamePageAtEachOfItsAddresses(String address) {
        given().accept(BROWSER).get(address).then().statusCode(200)
                .contentType("text/html;charset=UTF-8")
                .body(containsString("<title>Debug Shop</title>"))
                .body(containsString("data-console=\"http://localhost:8090\""))
                .header("Cache-Control", "no-cache")
                .header("Vary", "Accept")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "same-origin");
    }

    @Test
    void shouldAllowThePageOnlyWhatTheGatewayServes() {
        given().accept(BROWSER).get("/").then().header("Content-Security-Policy", allOf(
                startsWith("default-src 'none'; "), containsString("script-src 'self';"), containsString("connect-src 'self';"),
                containsString("frame-ancestors 'none'"), containsString("require-trusted-types-for 'script'"),
                not(containsString("unsafe")), not(containsString("http"))));
    }

    /** The policy blocks inline scripts and styles, and a browser reports that only in its console. */
    @Test
    void shouldHaveNeitherScriptNorStyleInThePage() {
        given().accept(BROWSER).get("/").then()
                .body(not(matchesPattern(
                        Pattern.compile(".*(<script[^>]*>[^<]|<style|\\sstyle=|\\son\\w+=|\"https?://(?!localhost)).*", Pattern.DOTALL))));
    }

    @Test
    void shouldReturnItsStatusToProgramsAtTheSameAddress() {
        given().accept("*/*").get("/").then().statusCode(200).contentType("application/json").body("status", equalTo("success"));
        given().accept("application/json").get("/").then().statusCode(200).contentType("application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/shop", "/shop/", "/shop/other", "/shop/product/1/more", "/shop/cart/1", "/storefront/none.js"})
    void shouldHaveNoPageElsewhere(String address) {
        given().accept(BROWSER).get(address).then().statusCode(404).contentType("application/json").body("error",
                equalTo("There is nothing at this path"));
    }

    @Test
    void shouldMakeBrowsersRevalidateItsFiles() {
        for (var file : new String[]{"shop.js", "pages/home.js"}) {
            given().get("/storefront/" + file).then().statusCode(200).contentType(startsWith("text/javascript"))
                    .header("Cache-Control", "no-cache").header("X-Content-Type-Options", "nosniff");
        }
        given().get("/storefront/shop.css").then().statusCode(200).contentType(startsWith("text/css")).header("Cache-Control", "no-cache");
        given().get("/storefront/icon.svg").then().statusCode(200).contentType(startsWith("image/svg+xml"));
        var modified = given().get("/storefront/shop.js").header("Last-Modified");
        given().header("If-Modified-Since", modified).get("/storefront/shop.js").then().statusCode(304);
    }
}
