package org.debugshop.adservice;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class AdsTest {

    @Inject
    Spans spans;

    @ParameterizedTest
    @CsvSource({"ad1, 1, Electronics", "ad2, 2, Electronics", "ad3, 3, Audio", "ad4, 4, Wearables", "ad5, 5, Audio"})
    void shouldReturnAnAdOfAProduct(String id, int productId, String category) {
        given().get("/ad/{id}", id).then().statusCode(200).contentType("application/json")
                .body("size()", equalTo(6))
                .body("id", equalTo(id))
                .body("product_id", equalTo(productId))
                .body("category", equalTo(category))
                .body("redirect_url", equalTo("/product/" + productId))
                .body("image_url", equalTo("/images/ads/" + id + ".svg"))
                .body("text", not(equalTo("")));
    }

    @Test
    void shouldReturnAGeneralAdWithoutAProduct() {
        given().get("/ad/ad6").then().statusCode(200)
                .body("size()", equalTo(5))
                .body("$", not(hasKey("product_id")))
                .body("category", equalTo("General"))
                .body("text", equalTo("Free shipping on orders over $50"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ad7", "ad0", "AD1", "1", "ad1 ", " ", "null", "ad1.svg", "ａｄ１"})
    void shouldNotFindAnUnknownAd(String id) {
        given().get("/ad/{id}", id).then().statusCode(404).contentType("application/json")
                .body("error", equalTo("Ad not found")).body("size()", equalTo(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "1|ad1",
            "1,2,3|ad1 ad2 ad3",
            "3,2,1|ad1 ad2 ad3",
            "5,5,5,1|ad1 ad5",
            "2,one,1.0,4|ad2 ad4",
            "' 2 , 4 '|ad2 ad4",
            ",,3,,|ad3",
            "99,5|ad5",
            "1,2,3,4,5,6|ad1 ad2 ad3 ad4 ad5"})
    void shouldChooseTheAdsOfTheseProductsInListedOrder(String productIds, String ads) {
        given().queryParam("product_ids", productIds).get("/ads").then().statusCode(200).body("id", equalTo(List.of(ads.split(" "))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6", "99", "0", "-1", "+1", "01", "1.0", "1e0", "one", "1;2", "1 2", "１", " ",
            ",", ",,,", "null", "99999999999999999999"})
    void shouldChooseGeneralAdsIfNoProductMatches(String productIds) {
        given().queryParam("product_ids", productIds).get("/ads").then().statusCode(200).body("id", equalTo(List.of("ad6")));
    }

    @Test
    void shouldReadARepeatedParameterAsOneList() {
        given().get("/ads?product_ids=4&product_ids=1,x&product_ids=").then().statusCode(200).body("id", equalTo(List.of("ad1", "ad4")));
    }

    @Test
    void shouldAcceptAsManyIdsAsARequestCanHave() {
        var ids = IntStream.iterate(1_000, id -> id - 1).limit(800).mapToObj(Integer::toString).collect(Collectors.joining(",")) + ",2";
        given().urlEncodingEnabled(false).get("/ads?product_ids=" + ids).then().statusCode(200).body("id", equalTo(List.of("ad2")));
    }

    @ParameterizedTest
    @CsvSource({"Electronics, ad1 ad2", "Audio, ad3 ad5", "Wearables, ad4", "General, ad6"})
    void shouldChooseTheAdsOfACategory(String category, String ads) {
        given().queryParam("category", category).get("/ads").then().statusCode(200).body("id", equalTo(List.of(ads.split(" "))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Phones", "audio", " Audio", "Aud", "null", "Audio,General"})
    void shouldChooseNoneForAnUnknownCategory(String category) {
        given().queryParam("category", category).get("/ads").then().statusCode(200).body("", empty());
    }

    @Test
    void shouldIgnoreTheCategoryIfThereAreProducts() {
        given().get("/ads?category=Audio&product_ids=1").then().statusCode(200).body("id", equalTo(List.of("ad1")));
        given().get("/ads?category=Audio&product_ids=").then().statusCode(200).body("id", equalTo(List.of("ad3", "ad5")));
        given().get("/ads?category=Audio&product_ids=99").then().statusCode(200).body("id", equalTo(List.of("ad6")));
    }

    /** Each of the six ads is missing from one answer with probability 1/2, so some ad is missing from all 200 with at most 6/2^200. */
    @ParameterizedTest
    @ValueSource(strings = {"/ads", "/ads?category=", "/ads?product_ids=", "/ads?product_ids=&category="})
    void shouldChooseThreeDifferentAdsAtRandomWithoutAFilter(String path) {
        var seen = new HashSet<String>();
        var orders = new HashSet<List<String>>();
        for (var i = 0; i < 200 && (seen.size() < Ads.ADS.size() || orders.size() < 10); i++) {
            List<String> ids = given().get(path).then().statusCode(200).extract().path("id");
            assertThat(ids).hasSize(3).doesNotHaveDuplicates();
            seen.addAll(ids);
            orders.add(ids);
        }
        assertThat(seen).hasSameSizeAs(Ads.ADS);
        assertThat(orders).hasSizeGreaterThanOrEqualTo(10);
    }

    @Test
    void shouldAnswerOtherRequestsWithAJsonError() {
        given().get("/ad").then().statusCode(404).body("error", equalTo("There is nothing at this path"));
        given().post("/ads").then().statusCode(405).body("error", equalTo("This method is not allowed here"));
        given().delete("/ad/ad1").then().statusCode(405).body("error", equalTo("This method is not allowed here"));
    }

    @Test
    void shouldBeHealthyAndCountRequestsByTemplate() {
        given().get("/ad/ad2").then().statusCode(200);
        given().get("/health").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/metrics").then().statusCode(200)
                .body(allOf(containsString("http_server_requests_seconds_count"), containsString("uri=\"/ad/{id}\"")));
    }

    @ParameterizedTest
    @CsvSource({
            "0af7651916cd43dd8448eb211c800001, product_ids, '1,2', products, 2",
            "0af7651916cd43dd8448eb211c800002, product_ids, 99, general, 1",
            "0af7651916cd43dd8448eb211c800003, category, Wearables, category, 1",
            "0af7651916cd43dd8448eb211c800004, category, Garden, category, 0",
            "0af7651916cd43dd8448eb211c800005, category, '', random, 3"})
    void shouldSetTheNumberOfAdsAndTheRuleOnTheSpan(String trace, String name, String value, String rule, long count) {
        traced(trace).queryParam(name, value).get("/ads").then().statusCode(200);
        var attributes = spans.ofTrace(trace).getAttributes();
        assertThat(attributes.get(AdResource.ADS_RULE)).isEqualTo(rule);
        assertThat(attributes.get(AdResource.ADS_COUNT)).isEqualTo(count);
    }

    @Test
    void shouldSetTheAdOnTheSpan() {
        var trace = "0af7651916cd43dd8448eb211c800006";
        traced(trace).get("/ad/ad4").then().statusCode(200);
        assertThat(spans.ofTrace(trace).getAttributes().get(AdResource.AD_ID)).isEqualTo("ad4");
    }

    private static RequestSpecification traced(String traceId) {
        return given().header("traceparent", "00-" + traceId + "-b7ad6b7169203331-01");
    }
}
