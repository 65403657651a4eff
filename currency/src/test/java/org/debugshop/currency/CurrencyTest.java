package org.debugshop.currency;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares numbers as text, because 8.5 and 8.50 differ in docs/http.md but are equal for JSON parsers. */
@QuarkusTest
class CurrencyTest {

    @Inject
    Spans spans;

    @Test
    void shouldReportThatItIsUp() {
        given().get("/").then().statusCode(200).contentType("application/json")
                .body(equalTo("{\"service\":\"Currency Service\",\"status\":\"UP\"}"));
    }

    @Test
    void shouldConvertAnAmount() {
        given().get("/convert?from=USD&to=EUR&amount=10").then().statusCode(200).contentType("application/json")
                .body(equalTo("{\"from\":\"USD\",\"to\":\"EUR\",\"rate\":0.85,\"amount\":10.00,\"converted\":8.50}"));
    }

    @Test
    void shouldReturnOnlyTheRateWithoutAnAmount() {
        var rateOnly = "{\"from\":\"USD\",\"to\":\"EUR\",\"rate\":0.85}";
        given().get("/convert?from=USD&to=EUR").then().statusCode(200).body(equalTo(rateOnly));
        given().get("/convert?from=USD&to=EUR&amount=").then().statusCode(200).body(equalTo(rateOnly));
    }

    @ParameterizedTest
    @CsvSource({"unknown=1, USD, USD, 1.0", "from=EUR, EUR, USD, 1.176470588", "to=EUR, USD, EUR, 0.85", "from=&to=, USD, USD, 1.0"})
    void shouldDefaultToDollarsIfACurrencyIsAbsentOrEmpty(String query, String from, String to, String rate) {
        given().get("/convert?" + query).then().statusCode(200)
                .body(equalTo("{\"from\":\"%s\",\"to\":\"%s\",\"rate\":%s}".formatted(from, to, rate)));
    }

    @ParameterizedTest
    @CsvSource({"USD, USD, 1.0", "USD, EUR, 0.85", "USD, GBP, 0.75", "USD, JPY, 110.0", "USD, CAD, 1.25", "USD, AUD, 1.35",
            "USD, CNY, 6.45",
            "JPY, CNY, 0.05863636364", "JPY, USD, 0.009090909091", "EUR, JPY, 129.4117647", "GBP, USD, 1.333333333", "GBP, CNY, 8.6",
            "CNY, JPY, 17.05426357", "AUD, AUD, 1.0", "CAD, EUR, 0.68"})
    void shouldReturnRatesWithTenSignificantDigits(String from, String to, String rate) {
        convert(from, to, null).statusCode(200).body(equalTo("{\"from\":\"%s\",\"to\":\"%s\",\"rate\":%s}".formatted(from, to, rate)));
    }

    @ParameterizedTest
    @CsvSource({
            "USD, USD, 0.005, 0.01, 0.01",
            "USD, USD, 0.0049999, 0.00, 0.00",
            "USD, USD, 2.675, 2.68, 2.68",
            "USD, USD, -0.005, -0.01, -0.01",
            "USD, USD, -0.0049, 0.00, 0.00",
            "USD, EUR, 0.1, 0.10, 0.09",
            "USD, EUR, -0.1, -0.10, -0.09",
            "USD, EUR, -10, -10.00, -8.50",
            "USD, JPY, 0.004, 0.00, 0.44",
            "JPY, EUR, 11, 11.00, 0.09",
            "GBP, USD, 0.01125, 0.01, 0.02",
            "JPY, CNY, 1000000, 1000000.00, 58636.36"})
    void shouldRoundHalfUpOnceAtTheSecondDecimal(String from, String to, String amount, String shown, String converted) {
        convert(from, to, amount).statusCode(200)
                .body(allOf(containsString("\"amount\":" + shown + ","), containsString("\"converted\":" + converted + "}")));
    }

    @ParameterizedTest
    @CsvSource({
            "0, 0.00", "-0, 0.00", "0.0, 0.00", "1e2, 100.00", "1E+2, 100.00", "25e-1, 2.50", ".5, 0.50", "5., 5.00", "+5, 5.00",
            "007, 7.00",
            "123456789012345, 123456789012345.00", "-123456789012345, -123456789012345.00", "1234567890123.45, 1234567890123.45",
            "999999999999999, 999999999999999.00", "1e14, 100000000000000.00", "0.000000000000001, 0.00"})
    void shouldReadNumbersOfUpToFifteenDigits(String amount, String shown) {
        convert("USD", "USD", amount).statusCode(200)
                .body(allOf(containsString("\"amount\":" + shown + ","), containsString("\"converted\":" + shown + "}")));
    }

    @Test
    void shouldConvertTheLargestAmountToTheCent() {
        convert("JPY", "CNY", "999999999999999").body(containsString("\"converted\":58636363636363.58}"));
        convert("GBP", "JPY", "999999999999999").body(containsString("\"converted\":146666666666666520.00}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ten", "NaN", "nan", "Infinity", "-Infinity", "inf", "∞", "1e400", "-1e400", "1e999999999",
            "1e-999999999", "1e2147483648",
            "1e15", "1e-16", "1234567890123456", "0.1234567890123456", "1000000000000000", "0x10", "0x1p3", "1f", "1d", "10L", "1,5",
            "1_000", "1 000",
            " ", " 1", "1 ", "\t1", "1\n", "--1", "+-1", "+", "-", ".", "e5", "1e", "1.2.3", "null", "١", "１", "٣.٥", "½", "10%",
            "$10", "10 USD", "1;2",
            "000000000000000000000000000000000000001"})
    void shouldRefuseAnAmountThatIsNotANumber(String amount) {
        convert("USD", "EUR", amount).statusCode(400).contentType("application/json")
                .body("error", equalTo("Invalid amount provided")).body("size()", equalTo(1));
    }

    @Test
    void shouldRefuseAVeryLongAmount() {
        convert("USD", "EUR", "9".repeat(3_000)).statusCode(400).body("error", equalTo("Invalid amount provided"));
        convert("USD", "EUR", "0.".concat("0".repeat(3_000))).statusCode(400).body("error", equalTo("Invalid amount provided"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"XXX", "usd", "Usd", " USD", "USD ", "US", "USDT", "840", "null", "$", "€", "ＵＳＤ", "USD,EUR", "\"",
            "<b>", "\n", "😀😀😀"})
    void shouldRefuseACurrencyThatIsNotSupported(String currency) {
        var sentence = "Currency " + currency + " not supported";
        refuses(convert(currency, "USD", "1"), sentence);
        refuses(convert("USD", currency, "1"), sentence);
        refuses(convert("USD", currency, null), sentence);
        refuses(given().queryParam("base", currency).get("/rates").then(), sentence);
    }

    @Test
    void shouldNotRepeatAVeryLongCurrency() {
        refuses(convert("A".repeat(3_000), "USD", "1"), "Currency AAAAAAAA… not supported");
        refuses(convert("ABCDEFG😀😀", "USD", "1"), "Currency ABCDEFG😀… not supported");
    }

    @Test
    void shouldReportTheCurrencyFirstIfTheAmountIsWrongToo() {
        refuses(convert("XXX", "YYY", "ten"), "Currency XXX not supported");
        refuses(convert("USD", "YYY", "ten"), "Currency YYY not supported");
    }

    @Test
    void shouldUseTheFirstOfRepeatedParameters() {
        given().get("/convert?from=USD&from=XXX&to=EUR&to=GBP&amount=10&amount=ten").then().statusCode(200)
                .body(equalTo("{\"from\":\"USD\",\"to\":\"EUR\",\"rate\":0.85,\"amount\":10.00,\"converted\":8.50}"));
    }

    @Test
    void shouldListTheRatesOfADollar() {
        var rates = "{\"base\":\"USD\",\"rates\":{\"USD\":1.0,\"EUR\":0.85,"
                + "\"GBP\":0.75,\"JPY\":110.0,\"CAD\":1.25,\"AUD\":1.35,\"CNY\":6.45}}";
        given().get("/rates").then().statusCode(200).contentType("application/json").body(equalTo(rates));
        given().get("/rates?base=USD").then().statusCode(200).body(equalTo(rates));
        given().get("/rates?base=").then().statusCode(200).body(equalTo(rates));
    }

    @Test
    void shouldRoundListedRatesToFourDecimals() {
        given().get("/rates?base=EUR").then().statusCode(200)
                .body(equalTo("{\"base\":\"EUR\",\"rates\":{\"USD\":1.1765,\"EUR\":1.0,\"GBP\":0.8824,"
                        + "\"JPY\":129.4118,\"CAD\":1.4706,\"AUD\":1.5882,\"CNY\":7.5882}}"));
        given().get("/rates?base=JPY").then().statusCode(200)
                .body(equalTo("{\"base\":\"JPY\",\"rates\":{\"USD\":0.0091,\"EUR\":0.0077,\"GBP\":0.0068,"
                        + "\"JPY\":1.0,\"CAD\":0.0114,\"AUD\":0.0123,\"CNY\":0.0586}}"));
    }

    @Test
    void shouldAnswerOtherRequestsWithAJsonError() {
        refuses(given().get("/convert/USD").then(), 404, "There is nothing at this path");
        refuses(given().post("/convert").then(), 405, "This method is not allowed here");
        refuses(given().put("/rates").then(), 405, "This method is not allowed here");
    }

    @Test
    void shouldBeHealthyAndCountRequests() {
        given().get("/rates").then().statusCode(200);
        given().get("/health").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/metrics").then().statusCode(200)
                .body(allOf(containsString("http_server_requests_seconds_bucket"), containsString("uri=\"/rates\"")));
    }

    @Test
    void shouldSetTheCurrenciesOnTheSpan() {
        var trace = "0af7651916cd43dd8448eb211c800001";
        traced(trace).get("/convert?from=GBP&to=CNY&amount=3").then().statusCode(200);
        var attributes = spans.ofTrace(trace).getAttributes();
        assertThat(attributes.get(CurrencyResource.FROM)).isEqualTo("GBP");
        assertThat(attributes.get(CurrencyResource.TO)).isEqualTo("CNY");
    }

    @Test
    void shouldNotSetAnUnknownCurrencyOnTheSpan() {
        var trace = "0af7651916cd43dd8448eb211c800002";
        traced(trace).get("/convert?from=XXX").then().statusCode(400);
        assertThat(spans.ofTrace(trace).getAttributes().get(CurrencyResource.FROM)).isNull();
    }

    private static ValidatableResponse convert(String from, String to, String amount) {
        var request = given().queryParam("from", from).queryParam("to", to);
        return (amount == null ? request : request.queryParam("amount", amount)).get("/convert").then();
    }

    private static void refuses(ValidatableResponse answer, String sentence) {
        refuses(answer, 400, sentence);
    }

    private static void refuses(ValidatableResponse answer, int status, String sentence) {
        answer.statusCode(status).contentType("application/json").body("$", aMapWithSize(1)).body("error", equalTo(sentence));
    }

    private static RequestSpecification traced(String traceId) {
        return given().header("traceparent", "00-" + traceId + "-b7ad6b7169203331-01");
    }
}
