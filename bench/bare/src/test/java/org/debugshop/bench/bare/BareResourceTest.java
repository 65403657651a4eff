package org.debugshop.bench.bare;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
class BareResourceTest {

    @Test
    void shouldAnswerWithAsManyBytesAsItIsAskedFor() {
        assertThat(when().get("/bytes/1701").then().statusCode(200).contentType("application/octet-stream").extract().asByteArray().length)
                .isEqualTo(1701);
        assertThat(given().contentType("application/json").body("{}").when().post("/bytes/3").then().statusCode(200).extract()
                .asByteArray().length).isEqualTo(3);
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
