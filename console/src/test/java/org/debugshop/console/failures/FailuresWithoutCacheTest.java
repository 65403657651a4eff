package org.debugshop.console.failures;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.debugshop.console.InAContainer;
import org.junit.jupiter.api.Test;

/** A system without the booking chain has no admin page, so its variables are blank. */
@QuarkusTest
@TestProfile(InAContainer.class)
class FailuresWithoutCacheTest {

    @Test
    void shouldListTheFailureAndWhyItCannotBeSwitched() {
        given().get("/api/failures").then().statusCode(200).body("[0].error", equalTo("There is no instabook-cache in this system"))
                .body("[0].admin_url", nullValue()).body("[0].active", nullValue());
        given().contentType("application/json").body("{\"active\":true}").put("/api/failures/instabook-token").then().statusCode(502)
                .body("error", equalTo("There is no instabook-cache in this system"));
    }
}
