package org.debugshop.bench.bare;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
class BareResourceTest {

    @Test
    void shouldAnswerWithAsManyBytesAsItIsAskedFor() {
        assertEquals(1701,
                when().get("/bytes/1701").then().statusCode(200).contentType("application/octet-stream").extract().asByteArray().length);
        assertEquals(3, given().contentType("application/json").body("{}").when().post("/bytes/3").then().statusCode(200)
                .extract().asByteArray().length);
    }

    @Test
    void shouldRefuseWhatWouldNotFitIntoItsMemory() {
        when().get("/bytes/1048577").then().statusCode(400);
        when().get("/bytes/-1").then().statusCode(400);
    }

    @Test
    void shouldAnswerTheLauncher() {
        when().get("/health/ready").then().statusCode(200);
    }
}
