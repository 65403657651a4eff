package org.debugshop.productcatalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.not;

import io.opentelemetry.api.trace.StatusCode;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class ProductsTest {

    @Inject
    Spans spans;

    @Test
    void shouldListAllProductsInOrder() {
        given().get("/products").then().statusCode(200).contentType("application/json")
                .body("id", equalTo(List.of(1, 2, 3, 4, 5)))
                .body("name", equalTo(List.of("Smartphone Model X", "Laptop Pro", "Wireless Headphones",
                        "Smart Watch Series 5", "Bluetooth Speaker")))
                .body("currency", everyItem(equalTo("USD")))
                .body("description", everyItem(not(equalTo(""))));
    }

    @ParameterizedTest
    @CsvSource({
            "1, Smartphone Model X, 699.99, Electronics, Phones",
            "2, Laptop Pro, 1299.99, Electronics, Computers",
            "3, Wireless Headphones, 249.99, Electronics, Audio",
            "4, Smart Watch Series 5, 349.99, Electronics, Wearables",
            "5, Bluetooth Speaker, 79.99, Electronics, Audio"})
    void shouldReturnAProduct(int id, String name, String price, String general, String special) {
        given().get("/product/{id}", id).then().statusCode(200).contentType("application/json")
                .body("size()", equalTo(7))
                .body("id", equalTo(id))
                .body("name", equalTo(name))
                .body("currency", equalTo("USD"))
                .body("image_url", equalTo("/images/products/" + id + ".svg"))
                .body("categories", equalTo(List.of(general, special)))
                .body(containsString("\"price\":" + price + ","));
    }

    @ParameterizedTest
    @CsvSource({"Electronics, 12345", "Audio, 35", "Phones, 1", "Computers, 2", "Wearables, 4"})
    void shouldListTheProductsOfACategory(String category, String ids) {
        given().queryParam("category", category).get("/products").then().statusCode(200)
                .body("id", equalTo(digits(ids)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Garden", "audio", "Aud", " Audio", "Audio ", "Audio,Phones", "%", "null", "Ａudio"})
    void shouldListNothingForAnUnknownCategory(String category) {
        given().queryParam("category", category).get("/products").then().statusCode(200).body("", empty());
    }

    @Test
    void shouldListAllProductsIfTheCategoryIsEmpty() {
        given().get("/products?category=").then().statusCode(200).body("size()", equalTo(5));
    }

    @ParameterizedTest
    @CsvSource({"Laptop Pro, 2", "laptop, 2", "LAPTOP, 2", "phone, 13", "O, 1235", "s 5, 4", "'t w', 4", "\u017Fmart, 14",
            "bluetoot\u0068 \u017FPEA\u212Aer, 5", "audio, ''", "%, ''", "_, ''", "., ''", "*, ''", "null, ''"})
    void shouldFindProductsByAPartOfTheirNameInAnyCase(String text, String ids) {
        given().queryParam("search", text).get("/products").then().statusCode(200).body("id", equalTo(digits(ids)));
    }

    @ParameterizedTest
    @CsvSource({"Electronics, 12345", "ELECTRON, 12345", "audio, 35", "UDI, 35", "o, 12345", "able, 4", "phone, 1", "\u017F, 12345",
            "Laptop, ''",
            "'Audio,Phones', ''", "%, ''"})
    void shouldFindProductsByAPartOfACategoryInAnyCase(String text, String ids) {
        given().queryParam("category_part", text).get("/products").then().statusCode(200).body("id", equalTo(digits(ids)));
    }

    @Test
    void shouldFindWordsOfAnyAlphabetInAnyCase() {
        assertThat(Catalog.contains("Große Straße", "STRASSE")).isTrue();
        assertThat(Catalog.contains("GROSSE STRASSE", "straß")).isTrue();
        assertThat(Catalog.contains("Οδός", "ΌΣ")).isTrue();
        assertThat(Catalog.contains("ΟΔΟΣΤΡΩΜΑ", "οδος")).isTrue();
        assertThat(Catalog.contains("Чайник", "ЧАЙ")).isTrue();
        assertThat(Catalog.contains("𐐨𐐩", "𐐁")).isTrue();
        assertThat(Catalog.contains("Strase", "straße")).isFalse();
    }

    @Test
    void shouldFindTheSameWhateverTheLanguageOfTheMachine() {
        var language = Locale.getDefault();
        try {
            Locale.setDefault(Locale.of("tr"));
            assertThat(Catalog.contains("Audio", "AUDIO")).isTrue();
            assertThat(Catalog.contains("ELECTRONICS", "electronics")).isTrue();
        } finally {
            Locale.setDefault(language);
        }
    }

    @Test
    void shouldMatchAllParameters() {
        given().get("/products?search=phone&category_part=audio").then().statusCode(200).body("id", equalTo(List.of(3)));
        given().get("/products?search=phone&category=Phones").then().statusCode(200).body("id", equalTo(List.of(1)));
        given().get("/products?category=Audio&category_part=phones").then().statusCode(200).body("", empty());
        given().get("/products?search=&category_part=&category=").then().statusCode(200).body("size()", equalTo(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"search", "category_part"})
    void shouldRefuseATextOfMoreThan100Characters(String parameter) {
        given().queryParam(parameter, "a".repeat(101)).get("/products").then().statusCode(400)
                .body("error", equalTo(parameter + " must have at most 100 characters")).body("size()", equalTo(1));
        given().queryParam(parameter, "😀".repeat(100)).get("/products").then().statusCode(200).body("", empty());
    }

    private static List<Integer> digits(String ids) {
        return ids.chars().mapToObj(Character::getNumericValue).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6", "10", "999", "2147483647"})
    void shouldNotFindAnUnknownProduct(String id) {
        given().get("/product/{id}", id).then().statusCode(404).contentType("application/json")
                .body("error", equalTo("Product not found")).body("size()", equalTo(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "+1", "01", "1.0", "1e0", "1.5", "0x1", "one", "null", " ", " 1", "1 ", "1\n", "2147483648",
            "4294967297", "18446744073709551617", "99999999999999999999999999", "١", "１", "1;2", "1,2", "1_0"})
    void shouldRefuseAnIdThatIsNotACanonicalPositiveInteger(String id) {
        given().get("/product/{id}", id).then().statusCode(400).contentType("application/json")
                .body("error", equalTo("Invalid product ID")).body("size()", equalTo(1));
    }

    @Test
    void shouldRefuseAVeryLongId() {
        given().get("/product/{id}", "1".repeat(3_000)).then().statusCode(400).body("error", equalTo("Invalid product ID"));
    }

    @Test
    void shouldAnswerOtherRequestsWithAJsonError() {
        given().get("/product").then().statusCode(404).body("error", equalTo("There is nothing at this path"));
        given().get("/product/1/reviews").then().statusCode(404).body("error", equalTo("There is nothing at this path"));
        given().post("/products").then().statusCode(405).body("error", equalTo("This method is not allowed here"));
        given().delete("/product/1").then().statusCode(405).body("error", equalTo("This method is not allowed here"));
    }

    @Test
    void shouldBeHealthyAndCountRequestsByTemplate() {
        given().get("/product/4").then().statusCode(200);
        given().get("/health").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/metrics").then().statusCode(200)
                .body(allOf(containsString("http_server_requests_seconds_count"), containsString("uri=\"/product/{id}\"")));
    }

    @Test
    void shouldSetTheProductOnTheSpan() {
        var trace = "0af7651916cd43dd8448eb211c800001";
        traced(trace).get("/product/3").then().statusCode(200);
        var span = spans.ofTrace(trace);
        assertThat(span.getName()).isEqualTo("GET /product/{id}");
        assertThat(span.getAttributes().get(ProductResource.PRODUCT_ID)).isEqualTo(3L);
    }

    @Test
    void shouldSetAnUnknownProductOnTheSpanWithoutAFailure() {
        var trace = "0af7651916cd43dd8448eb211c800002";
        traced(trace).get("/product/77").then().statusCode(404);
        var span = spans.ofTrace(trace);
        assertThat(span.getAttributes().get(ProductResource.PRODUCT_ID)).isEqualTo(77L);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void shouldSetTheCategoryAndTheNumberOfProductsOnTheSpan() {
        var trace = "0af7651916cd43dd8448eb211c800003";
        traced(trace).get("/products?category=Audio").then().statusCode(200);
        var attributes = spans.ofTrace(trace).getAttributes();
        assertThat(attributes.get(ProductResource.CATEGORY)).isEqualTo("Audio");
        assertThat(attributes.get(ProductResource.PRODUCTS_COUNT)).isEqualTo(2L);
    }

    @Test
    void shouldSetTheTextOfASearchOnTheSpan() {
        var trace = "0af7651916cd43dd8448eb211c800005";
        traced(trace).get("/products?search=phone&category_part=AUD").then().statusCode(200);
        var attributes = spans.ofTrace(trace).getAttributes();
        assertThat(attributes.get(ProductResource.SEARCH_TEXT)).isEqualTo("phone");
        assertThat(attributes.get(ProductResource.CATEGORY)).isEqualTo("AUD");
        assertThat(attributes.get(ProductResource.PRODUCTS_COUNT)).isEqualTo(1L);
    }

    @Test
    void shouldNotSetAProductOnTheSpanIfTheIdIsInvalid() {
        var trace = "0af7651916cd43dd8448eb211c800004";
        traced(trace).get("/product/one").then().statusCode(400);
        assertThat(spans.ofTrace(trace).getAttributes().get(ProductResource.PRODUCT_ID)).isNull();
    }

    private static RequestSpecification traced(String traceId) {
        return given().header("traceparent", "00-" + traceId + "-b7ad6b7169203331-01");
    }
}
