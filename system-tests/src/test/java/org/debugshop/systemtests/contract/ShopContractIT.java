package org.debugshop.systemtests.contract;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.systemtests.ErrorBody.isAnError;
import static org.debugshop.systemtests.ErrorBody.says;
import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.CURRENCY;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.PRODUCT_CATALOG;
import static org.debugshop.testkit.Shop.PATIENCE;
import static org.hamcrest.Matchers.matchesPattern;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.debugshop.systemtests.SharesTheSystem;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The answers of the shop's services, compared with docs/http.md. The same requests are sent through the gateway and to the services
 * behind it. Amounts of money are compared as text, because a JSON parser would drop the second decimal of 8.50.
 */
@Tag(TheSystem.ANYWHERE)
@SharesTheSystem
class ShopContractIT {

    private static final String PRODUCT_1 = "\"id\":1,\"name\":\"Smartphone Model X\",\"description\":\"[^\"]+\",\"price\":%s,\"currency\":\"%s\",\"image_url\":\"[^\"]+\","
            + "\"categories\":\\[\"Electronics\",\"Phones\"]";
    private static final String ORDER = """
            {"user_id":"user-1","user_currency":"EUR","email":"a@example.com","items":[{"product_id":1,"quantity":2}],
             "address":{"street":"1 Main Street","city":"Springfield","state":"IL","country":"US","zip":"62701"}}""";

    private final Shop shop;

    ShopContractIT(Shop shop) {
        this.shop = shop;
    }

    @Test
    void shouldAnswerWithNameAndStatusAtTheRoot() {
        assertThat(text(GATEWAY, "/")).isEqualTo("{\"status\":\"success\",\"message\":\"Gateway Service is running\"}");
        assertThat(text(CURRENCY, "/")).isEqualTo("{\"service\":\"Currency Service\",\"status\":\"UP\"}");
        assertThat(text(CHECKOUT, "/")).isEqualTo("{\"service\":\"Checkout Service\",\"status\":\"UP\"}");
        ask(GATEWAY).accept("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8").get("/").then().statusCode(200)
                .contentType(ContentType.HTML);
    }

    @Test
    void shouldListTheProductsOfTheCatalog() {
        var products = Json.tree(text(PRODUCT_CATALOG, "/products"));

        assertThat(values(products, "id")).containsExactly("1", "2", "3", "4", "5");
        assertThat(values(products, "name")).containsExactly(
                "Smartphone Model X", "Laptop Pro", "Wireless Headphones", "Smart Watch Series 5", "Bluetooth Speaker");
        assertThat(values(products, "price")).containsExactly("699.99", "1299.99", "249.99", "349.99", "79.99");
        assertThat(values(products, "currency")).containsOnly("USD");
        assertThat(values(products, "categories")).containsExactly("[\"Electronics\",\"Phones\"]", "[\"Electronics\",\"Computers\"]",
                "[\"Electronics\",\"Audio\"]", "[\"Electronics\",\"Wearables\"]", "[\"Electronics\",\"Audio\"]");
        assertThat(text(PRODUCT_CATALOG, "/product/1")).matches("\\{" + PRODUCT_1.formatted("699\\.99", "USD") + "}");
        assertThat(values(Json.tree(text(PRODUCT_CATALOG, "/products?category=Audio")), "id")).containsExactly("3", "5");
        assertThat(text(PRODUCT_CATALOG, "/products?category=audio")).isEqualTo("[]");
    }

    @ParameterizedTest
    @EnumSource(names = {"GATEWAY", "PRODUCT_CATALOG"})
    void shouldDistinguishUnknownProductsFromInvalidProductIds(Service service) {
        for (var unknown : List.of("6", "2147483647")) {
            ask(service).get("/product/" + unknown).then().statusCode(404).spec(says("Product not found"));
        }
        for (var wrong : List.of("0", "-1", "2147483648", "1.5", "abc", "1e3", "99999999999999999999")) {
            ask(service).get("/product/" + wrong).then().statusCode(400).spec(says("Invalid product ID"));
        }
    }

    @ParameterizedTest
    @CsvSource({"USD,699.99", "EUR,594.99", "GBP,524.99", "JPY,76998.90", "CAD,874.99", "AUD,944.99", "CNY,4514.94"})
    void shouldShowPricesInTheRequestedCurrency(String currency, String price) {
        var page = text(GATEWAY, "/product/1?currency=" + currency);

        assertThat(page).matches("\\{\"product\":\\{" + PRODUCT_1.formatted(price.replace(".", "\\."), currency)
                + "},\"related_ads\":\\[.*],\"inventory\":.*}");
        assertThat(values(Json.tree(page).path("related_ads"), "id")).containsExactly("ad1");
        var list = text(GATEWAY, "/products?currency=" + currency);
        assertThat(list).contains("\"price\":" + price + ",\"currency\":\"" + currency + "\"")
                .doesNotContainPattern("\"price\":(?!\\d+\\.\\d\\d,)");
    }

    @Test
    void shouldListProductsWithAdsForTheFirstThree() {
        var list = Json.tree(text(GATEWAY, "/products"));

        assertThat(list.fieldNames()).toIterable().containsExactly("products", "ads", "inventory");
        assertThat(values(list.path("products"), "id")).containsExactly("1", "2", "3", "4", "5");
        assertThat(values(list.path("products"), "currency")).containsOnly("USD");
        assertThat(values(list.path("ads"), "id")).containsExactly("ad1", "ad2", "ad3");
        assertThat(list.path("inventory").isArray()).isTrue();
        var audio = Json.tree(text(GATEWAY, "/products?category=Audio&currency=EUR"));
        assertThat(values(audio.path("products"), "id")).containsExactly("3", "5");
        assertThat(values(audio.path("ads"), "id")).containsExactly("ad3", "ad5");
        assertThat(Json.tree(text(GATEWAY, "/products?category=None")).path("products")).isEmpty();
    }

    @Test
    void shouldRefuseAnUnknownCurrency() {
        for (var path : List.of("/products", "/product/1")) {
            ask(GATEWAY).queryParam("currency", "XXX").get(path).then().statusCode(400).spec(says("Currency XXX not supported"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GATEWAY", "CURRENCY"})
    void shouldConvertAmounts(Service service) {
        assertThat(text(service, "/convert?from=USD&to=EUR&amount=10"))
                .isEqualTo("{\"from\":\"USD\",\"to\":\"EUR\",\"rate\":0.85,\"amount\":10.00,\"converted\":8.50}");
        assertThat(text(service, "/convert?to=EUR")).isEqualTo("{\"from\":\"USD\",\"to\":\"EUR\",\"rate\":0.85}");
        assertThat(text(service, "/convert?from=JPY&to=EUR&amount=11")).as("the exact value is rounded half up")
                .contains("\"converted\":0.09}");
        assertThat(text(service, "/convert?amount=-1.005")).contains("\"amount\":-1.01,\"converted\":-1.01}");
        assertThat(text(service, "/convert?from=CNY&to=GBP")).as("ten significant digits").contains("\"rate\":0.1162790698}");
        for (var amount : List.of("ten", "NaN", "Infinity", "1234567890123456", "1e999999999")) {
            ask(service).queryParam("amount", amount).get("/convert").then().statusCode(400).spec(says("Invalid amount provided"));
        }
        ask(service).queryParam("from", "XXX").get("/convert").then().statusCode(400).spec(says("Currency XXX not supported"));
        ask(service).queryParam("to", "usd").get("/convert").then().statusCode(400).spec(says("Currency usd not supported"));
    }

    @ParameterizedTest
    @EnumSource(names = {"GATEWAY", "CURRENCY"})
    void shouldListRatesRoundedToFourDecimals(Service service) {
        assertThat(text(service, "/rates"))
                .isEqualTo(
                        "{\"base\":\"USD\",\"rates\":{\"USD\":1.0,\"EUR\":0.85,\"GBP\":0.75,\"JPY\":110.0,\"CAD\":1.25,\"AUD\":1.35,\"CNY\":6.45}}");
        assertThat(text(service, "/rates?base=CNY")).contains("\"EUR\":0.1318,").contains("\"USD\":0.155,");
        ask(service).queryParam("base", "XXX").get("/rates").then().statusCode(400).spec(says("Currency XXX not supported"));
    }

    @ParameterizedTest
    @EnumSource(names = {"GATEWAY", "AD_SERVICE"})
    void shouldChooseAdsByTheirRules(Service service) {
        assertThat(ads(service, "?product_ids=3,1,x,99")).containsExactly("ad1", "ad3");
        assertThat(ads(service, "?product_ids=99")).containsExactly("ad6");
        assertThat(ads(service, "?product_ids=x")).containsExactly("ad6");
        assertThat(ads(service, "?category=Audio")).containsExactly("ad3", "ad5");
        assertThat(ads(service, "?category=None")).isEmpty();
        assertThat(ads(service, "")).hasSizeBetween(1, 3).doesNotHaveDuplicates();
        assertThat(text(service, "/ad/ad1")).matches(
                "\\{\"id\":\"ad1\",\"redirect_url\":\"[^\"]+\",\"text\":\"[^\"]+\",\"image_url\":\"[^\"]+\",\"product_id\":1,\"category\":\"Electronics\"}");
        assertThat(text(service, "/ad/ad6")).contains("\"category\":\"General\"").doesNotContain("product_id");
        ask(service).get("/ad/ad7").then().statusCode(404).spec(says("Ad not found"));
    }

    @Test
    void shouldServePicturesThroughTheGateway() {
        // The gateway answers without ads if ad-service is late, for example because a test has just restarted it.
        var list = await("ads").atMost(PATIENCE).until(() -> Json.tree(text(GATEWAY, "/products")), found -> !found.path("ads").isEmpty());
        var pictures = Stream.concat(values(list.path("products"), "image_url").stream(), values(list.path("ads"), "image_url").stream())
                .toList();

        assertThat(pictures).hasSize(8).allSatisfy(picture -> {
            assertThat(picture).as("a picture of the project, not of another host").startsWith("/");
            assertThat(ask(GATEWAY).get(picture).then().statusCode(200).contentType("image/svg+xml").extract().asString()).contains("<svg");
        });
        ask(GATEWAY).get("/images/products/99.svg").then().statusCode(404).spec(isAnError());
    }

    @Test
    void shouldPlaceAndStoreAnOrder() {
        var confirmation = order(GATEWAY, ORDER).then().statusCode(200).extract().asString();

        assertThat(confirmation)
                .matches("\\{\"order_id\":\"[0-9a-f-]{36}\",\"total\":1189\\.98,\"currency\":\"EUR\",\"status\":\"PROCESSED\"}");
        var path = "/order/" + Json.tree(confirmation).path("order_id").asText();
        await("the receipt of the order").atMost(PATIENCE).until(() -> Json.tree(text(GATEWAY, path)).has("receipt"));
        var order = text(GATEWAY, path);
        assertThat(order).isEqualTo(text(CHECKOUT, path))
                .contains("\"total\":1189.98,")
                .contains(
                        "\"products\":[{\"id\":1,\"name\":\"Smartphone Model X\",\"price\":594.99,\"currency\":\"EUR\",\"quantity\":2,\"item_total\":1189.98}]");
        var tree = Json.tree(order);
        assertThat(tree.fieldNames()).toIterable()
                .containsExactly("order_id", "user_id", "user_currency", "address", "email", "products", "total", "status", "timestamp",
                        "receipt", "payment_status");
        assertThat(tree.path("address").path("city").asText()).isEqualTo("Springfield");
        assertThat(tree.path("status").asText()).isEqualTo("PROCESSED");
        assertThat(tree.path("timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
        for (var service : List.of(GATEWAY, CHECKOUT)) {
            ask(service).get("/order/00000000-0000-0000-0000-000000000000").then().statusCode(404).spec(says("Order not found"));
        }
    }

    @Test
    void shouldNameTheMissingFieldOfAnOrder() {
        var fields = List.of("\"user_id\":\"u\"", "\"user_currency\":\"EUR\"", "\"address\":{}", "\"email\":\"a@example.com\"",
                "\"items\":[{\"product_id\":1,\"quantity\":1}]");
        for (var i = 0; i < fields.size(); i++) {
            var incomplete = "{" + String.join(",", fields.subList(0, i)) + "}";
            var name = fields.get(i).substring(1, fields.get(i).indexOf("\":"));
            for (var way : ways()) {
                order(way, incomplete).then().statusCode(400).spec(says("Missing required field: " + name));
            }
        }
        for (var way : ways()) {
            order(way, "").then().statusCode(400).spec(says("No checkout data provided"));
        }
        order(GATEWAY, "{" + String.join(",", fields) + "}").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"product_id\":1}", "{\"quantity\":1}", "{\"product_id\":\"1\",\"quantity\":1}",
            "{\"product_id\":1,\"quantity\":1.5}",
            "{\"product_id\":1,\"quantity\":null}", "{\"product_id\":1.0,\"quantity\":1}"})
    void shouldRefuseAnItemWithoutIntegers(String item) {
        for (var way : ways()) {
            order(way, withItems(item)).then().statusCode(400).spec(says("Invalid item format"));
        }
    }

    @Test
    void shouldEnforceTheLimitsOfOrders() {
        var one = "{\"product_id\":1,\"quantity\":1}";
        order(CHECKOUT, withItems(String.join(",", IntStream.range(0, 100).mapToObj(_ -> one).toList()))).then().statusCode(200);
        order(GATEWAY, withItems(String.join(",", IntStream.range(0, 101).mapToObj(_ -> one).toList()))).then().statusCode(400)
                .spec(isAnError());
        order(GATEWAY, withItems("")).then().statusCode(400).spec(isAnError());
        order(CHECKOUT, withItems("{\"product_id\":1,\"quantity\":1000}")).then().statusCode(200);
        order(GATEWAY, withItems("{\"product_id\":1,\"quantity\":1000}")).then().statusCode(409).spec(isAnError());
        for (var quantity : List.of("0", "-1", "1001", "99999999999")) {
            order(GATEWAY, withItems("{\"product_id\":1,\"quantity\":" + quantity + "}")).then().statusCode(400).spec(isAnError());
        }
        order(GATEWAY, withItems("{\"product_id\":6,\"quantity\":1}")).then().statusCode(404).spec(isAnError());
        order(GATEWAY, ORDER.replace("EUR", "XXX")).then().statusCode(400).spec(isAnError());
    }

    @Test
    void shouldSendTheTraceIdOfAnAnswerToThePage() {
        ask(GATEWAY).header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").get("/products")
                .then().statusCode(200)
                .header("Server-Timing", matchesPattern("traceparent;desc=\"00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01\""));
    }

    private static String withItems(String items) {
        return ORDER.replace("{\"product_id\":1,\"quantity\":2}", items);
    }

    /** The services that accept an order. Both answer alike. */
    private static List<Service> ways() {
        return List.of(GATEWAY, CHECKOUT);
    }

    private Response order(Service service, String body) {
        return ask(service).contentType(ContentType.JSON).body(body).post(service == GATEWAY ? "/checkout" : "/process");
    }

    private List<String> ads(Service service, String query) {
        return values(Json.tree(text(service, "/ads" + query)), "id");
    }

    private String text(Service service, String path) {
        return ask(service).get(path).then().statusCode(200).contentType(ContentType.JSON).extract().asString();
    }

    private RequestSpecification ask(Service service) {
        return given().baseUri(shop.url(service));
    }

    private static List<String> values(JsonNode list, String name) {
        return StreamSupport.stream(list.spliterator(), false).map(object -> object.path(name))
                .map(value -> value.isTextual() ? value.textValue() : value.toString()).toList();
    }
}
