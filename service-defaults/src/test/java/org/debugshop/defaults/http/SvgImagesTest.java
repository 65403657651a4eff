package org.debugshop.defaults.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.quarkus.test.junit.QuarkusTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class SvgImagesTest {

    @Test
    void shouldServeAnImageThatABrowserCanCacheButNotRun() {
        given().get("/images/circle.svg").then().statusCode(200)
                .header("Content-Type", matchesPattern("image/svg\\+xml(;charset=UTF-8)?"))
                .header("Cache-Control", "public, max-age=3600")
                .header("ETag", matchesPattern("\"[0-9a-f]+\""))
                .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .header("X-Content-Type-Options", "nosniff")
                .body(containsString("circle"));
    }

    @Test
    void shouldNotSendAnUnchangedImageAgain() {
        var tag = given().get("/images/circle.svg").header("ETag");
        given().header("If-None-Match", tag).get("/images/circle.svg").then().statusCode(304)
                .header("ETag", tag).header("Cache-Control", "public, max-age=3600").body(emptyOrNullString());
        given().header("If-None-Match", tag).get("/images/square.svg").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"triangle.svg", "CIRCLE.svg", "circle.svg.svg", ".svg", "..%2Fimages%2Fcircle.svg",
            "..%2f..%2fapplication.svg"})
    void shouldNotFindOtherImages(String file) {
        given().urlEncodingEnabled(false).get("/images/" + file).then().statusCode(404).contentType("application/json")
                .body("size()", equalTo(1));
    }

    @Test
    void shouldReportAnUnknownImage() {
        given().get("/images/triangle.svg").then().statusCode(404).body("error", equalTo("Image not found"));
    }

    @Test
    void shouldNotStartIfAnImageIsMissing() {
        assertThatThrownBy(() -> new SvgImages(SvgImagesTest.class, Stream.of("/images/triangle.svg")))
                .isInstanceOf(NullPointerException.class).hasMessageContaining("triangle");
    }
}
