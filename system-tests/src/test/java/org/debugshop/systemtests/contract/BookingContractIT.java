package org.debugshop.systemtests.contract;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.systemtests.ErrorBody.isAnError;
import static org.debugshop.systemtests.ErrorBody.says;
import static org.debugshop.testkit.Service.INSTABOOK;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.UUID;
import org.debugshop.systemtests.SharesTheSystem;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.testkit.Booking;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.TokenSwitch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of instabook and instabook-cache, compared with docs/http.md. */
@Tag(TheSystem.ANYWHERE)
@SharesTheSystem
class BookingContractIT {

    private static final String RFC_3339 = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z";

    private final Shop shop;

    BookingContractIT(Shop shop) {
        this.shop = shop;
    }

    @Test
    void shouldCreateAndReadASession() {
        var id = "it-" + UUID.randomUUID();

        var created = instabook().body(Booking.session(id)).post("/booking/session")
                .then().statusCode(201).contentType(ContentType.JSON)
                .body("id", equalTo(id), "user_id", equalTo("user-1"), "booking_id", equalTo("booking-1"), "status", equalTo("pending"),
                        "created_at", matchesPattern(RFC_3339), "data.city", equalTo("Oslo"))
                .extract().asString();

        assertThat(created).as("numbers are kept as they were sent").contains("99.90");
        assertThat(instabook().get("/booking/session/" + id).then().statusCode(200).extract().asString()).isEqualTo(created);
        assertThat(cache(Booking.TOKEN).get("/cache/session/" + id).then().statusCode(200).extract().asString()).isEqualTo(created);
    }

    @Test
    void shouldNotFindAnUnknownSession() {
        instabook().get("/booking/session/nobody-has-this").then().statusCode(404).spec(says("Session not found"));
        cache(Booking.TOKEN).get("/cache/session/nobody-has-this").then().statusCode(404).spec(says("Session not found"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{}", "[]", "null", "\"text\"",
            "{\"id\":\"\",\"user_id\":\"u\",\"booking_id\":\"b\",\"status\":\"s\",\"data\":{}}",
            "{\"id\":1,\"user_id\":\"u\",\"booking_id\":\"b\",\"status\":\"s\",\"data\":{}}",
            "{\"id\":\"i\",\"user_id\":null,\"booking_id\":\"b\",\"status\":\"s\",\"data\":{}}",
            "{\"id\":\"i\",\"user_id\":\"u\",\"booking_id\":\"b\",\"status\":\"s\"}"})
    void shouldRefuseAnInvalidSession(String body) {
        instabook().body(body).post("/booking/session").then().statusCode(400).spec(says("Invalid session data"));
        cache(Booking.TOKEN).body(body).post("/cache/session").then().statusCode(400).spec(says("Invalid session data"));
    }

    @Test
    void shouldEnforceTheLimitsOfSessions() {
        var longest = "i".repeat(128);
        instabook().body(Booking.session(longest)).post("/booking/session").then().statusCode(201).body("id", equalTo(longest));
        instabook().body(Booking.session(longest + "i")).post("/booking/session").then().statusCode(400).spec(says("Invalid session data"));
        var large = "{\"id\":\"large\",\"user_id\":\"u\",\"booking_id\":\"b\",\"status\":\"s\",\"data\":\"%s\"}";
        instabook().body(large.formatted("x".repeat(64 * 1024 - 2))).post("/booking/session").then().statusCode(201);
        instabook().body(large.formatted("x".repeat(64 * 1024))).post("/booking/session").then().statusCode(400)
                .spec(says("Invalid session data"));
    }

    @Test
    void shouldRefuseRequestsWithoutTheToken() {
        var anyone = given().baseUri(shop.url(INSTABOOK_CACHE));
        anyone.get("/cache/session/1").then().statusCode(401).spec(says("Missing Authorization header"));
        withAuthorization("Basic YTpi").get("/cache/session/1").then().statusCode(401).spec(says("Invalid Authorization header format"));
        withAuthorization("Bearer").get("/cache/session/1").then().statusCode(401).spec(says("Invalid Authorization header format"));
        withAuthorization("Bearer wrong").get("/cache/session/1").then().statusCode(401).spec(says("Invalid API token"));
        withAuthorization("bEaReR " + Booking.TOKEN).get("/cache/session/1").then().statusCode(404);
        withAuthorization("Bearer wrong").get("/cache/what/ever").then().statusCode(401).spec(says("Invalid API token"));
    }

    @Test
    void shouldRefuseEveryTokenWhileTheSwitchIsOff() {
        var tokenSwitch = new TokenSwitch(shop);
        tokenSwitch.off();
        try {
            cache(Booking.TOKEN).get("/cache/session/1").then().statusCode(401).spec(says("API token authentication is disabled"));
            withAuthorization("Bearer wrong").get("/cache/session/1").then().statusCode(401)
                    .spec(says("API token authentication is disabled"));
            instabook().get("/booking/session/1").then().statusCode(500).spec(says("Internal service authentication failure"));
            instabook().body(Booking.session("refused")).post("/booking/session")
                    .then().statusCode(500).spec(says("Internal service authentication failure"));
        } finally {
            tokenSwitch.on();
        }
        instabook().get("/booking/session/refused").then().statusCode(404).spec(says("Session not found"));
    }

    @Test
    void shouldToggleTheSwitchWithoutABodyAndSetItWithOne() {
        var tokenSwitch = new TokenSwitch(shop);
        try {
            admin().get("/admin/token").then().statusCode(200).body("enabled", equalTo(true));
            admin().post("/admin/token").then().statusCode(200).body("enabled", equalTo(false));
            admin().post("/admin/token").then().statusCode(200).body("enabled", equalTo(true));
            admin().contentType(ContentType.JSON).body("{\"enabled\":true}").post("/admin/token").then().statusCode(200).body("enabled",
                    equalTo(true));
            admin().contentType(ContentType.JSON).body("{\"enabled\":\"no\"}").post("/admin/token").then().statusCode(400)
                    .spec(isAnError());
            assertThat(tokenSwitch.isOn()).isTrue();
        } finally {
            tokenSwitch.on();
        }
    }

    @Test
    void shouldServeThePageOfTheSwitchAndRefuseOtherOrigins() {
        admin().get("/admin").then().statusCode(200).contentType(ContentType.HTML).body(containsString("<html"));

        admin().header("Origin", "https://evil.example").post("/admin/token").then().statusCode(403).spec(isAnError());
        admin().header("Sec-Fetch-Site", "cross-site").post("/admin/token").then().statusCode(403).spec(isAnError());

        assertThat(new TokenSwitch(shop).isOn()).isTrue();
        admin().header("Origin", shop.url(INSTABOOK_CACHE)).header("Sec-Fetch-Site", "same-origin")
                .contentType(ContentType.JSON).body("{\"enabled\":true}").post("/admin/token").then().statusCode(200);
    }

    private RequestSpecification instabook() {
        return given().baseUri(shop.url(INSTABOOK)).contentType(ContentType.JSON);
    }

    private RequestSpecification cache(String token) {
        return withAuthorization("Bearer " + token).contentType(ContentType.JSON);
    }

    private RequestSpecification withAuthorization(String value) {
        return given().baseUri(shop.url(INSTABOOK_CACHE)).header("Authorization", value);
    }

    private RequestSpecification admin() {
        return given().baseUri(shop.url(INSTABOOK_CACHE));
    }
}
