package org.debugshop.defaults.admin;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class AdminGuardTest {

    private static final String OPEN = "/guarded/open";
    private static final String CLOSED = "/guarded/closed";
    private static final String RIGHT = basic("admin:" + GuardedResource.PASSWORD);

    @TestHTTPResource
    URI base;

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:1", "LocalHost:80", "shop.localhost:8090", "127.0.0.1:8086", "127.1.2.3", "[::1]:8086",
            "[0:0:0:0:0:0:0:1]:8090"})
    void shouldAnswerToTheNamesOfThisMachine(String host) {
        given().header("Host", host).get(OPEN).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:8086", "localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost",
            ".localhost", "192.168.1.5:80", "[2001:db8::1]:80", "[::2]"})
    void shouldRefuseAForeignNameThatPointsHere(String host) {
        given().header("Host", host).get(OPEN).then().statusCode(403).contentType("application/json")
                .body("error", equalTo("Without ADMIN_PASSWORD the test answers under localhost, and names of ALLOWED_HOSTS, only"));
    }

    @Test
    void shouldRequireThePassword() {
        given().get(CLOSED).then().statusCode(401).contentType("application/json")
                .header("WWW-Authenticate", "Basic realm=\"of a test\", charset=\"UTF-8\"")
                .body("error", equalTo("The test asks for the user admin and ADMIN_PASSWORD"));
        given().post(CLOSED).then().statusCode(401);
        given().get(OPEN).then().statusCode(200).header("WWW-Authenticate", nullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin:", "admin:wrong", "root:pässword: with colon", ":pässword: with colon", "admin:pässword",
            "admin:pässword: with colon ", "pässword: with colon", ""})
    void shouldRefuseAnythingButTheRightUserAndPassword(String credentials) {
        given().header("Authorization", basic(credentials)).get(CLOSED).then().statusCode(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic", "Basic ", "Basic ###", "Basic!", "Bearer x"})
    void shouldRefuseAHeaderThatIsNotBasic(String header) {
        given().header("Authorization", header).get(CLOSED).then().statusCode(401);
    }

    @Test
    void shouldRefuseTheRightPasswordInAnotherSchemeOrEncoding() {
        given().header("Authorization", RIGHT.replace("Basic", "Bearer")).get(CLOSED).then().statusCode(401);
        var latin = Base64.getEncoder().encodeToString(("admin:" + GuardedResource.PASSWORD).getBytes(ISO_8859_1));
        given().header("Authorization", "Basic " + latin).get(CLOSED).then().statusCode(401);
    }

    @Test
    void shouldAcceptTheRightPasswordUnderAnyNameAndInAnyCaseOfTheScheme() {
        for (var scheme : new String[]{"Basic", "basic", "BASIC"}) {
            given().header("Authorization", RIGHT.replace("Basic", scheme)).header("Host", "evil.example").get(CLOSED).then()
                    .statusCode(200);
        }
        given().header("Host", "evil.example").get(CLOSED).then().statusCode(401);
    }

    @Test
    void shouldRefuseAChangeFromAnotherOriginEvenWithThePassword() {
        for (var request : new RequestSpecification[]{given().header("Origin", "http://evil.example"), given().header("Origin", "null"),
                given().header("Origin", ""),
                given().header("Origin", "http://" + base.getHost() + ":" + (base.getPort() + 1)),
                given().header("Sec-Fetch-Site", "cross-site"), given().header("Sec-Fetch-Site", "same-site"),
                given().header("Origin", "http://evil.example").header("Sec-Fetch-Site", "same-origin")}) {
            request.header("Authorization", RIGHT);
            request.post(OPEN).then().statusCode(403).contentType("application/json")
                    .body("error", equalTo("A page of another origin must not change this"));
            request.post(CLOSED).then().statusCode(403);
            request.get(OPEN).then().statusCode(200);
        }
    }

    @Test
    void shouldAcceptAChangeFromItsOwnPageAndFromPrograms() {
        given().post(OPEN).then().statusCode(200);
        given().header("Sec-Fetch-Site", "none").post(OPEN).then().statusCode(200);
        given().header("Origin", "http://" + base.getAuthority()).header("Sec-Fetch-Site", "same-origin").post(OPEN).then().statusCode(200);
        given().header("Host", "LOCALHOST:80").header("Origin", "http://localhost").post(OPEN).then().statusCode(200);
    }

    @Test
    void shouldAcceptAChangeThroughAProxyThatTerminatesTls() {
        given().header("Host", "shop.localhost").header("Origin", "https://shop.localhost").header("Sec-Fetch-Site", "same-origin")
                .post(OPEN).then().statusCode(200);
        given().header("Host", "shop.localhost").header("Origin", "https://evil.example").header("Sec-Fetch-Site", "same-origin")
                .post(OPEN).then().statusCode(403);
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
    }
}
