package org.debugshop.systemtests.contract;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.ACCOUNTS;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Shop.PATIENCE;

import io.restassured.specification.RequestSpecification;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.debugshop.systemtests.NodeProgram;
import org.debugshop.testkit.OwnShop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Protected routes accept tokens of a real OpenID provider: node-oidc-provider, from npm. */
@Tag("nightly")
class OpenIdProviderIT {

    private static final String SECRET = UUID.randomUUID().toString();
    private static final String AUDIENCE = "urn:debug-shop";

    @Test
    void shouldAcceptTokensForThisAudienceOnlyAndRememberTheKeysOfAProviderThatIsAway(@TempDir Path folder) throws Exception {
        var program = NodeProgram.install("openid-provider", folder);
        var issuer = "http://localhost:" + freePort();
        var provider = program.start(Map.of(), "node", "provider.js", issuer.replaceFirst(".*:", ""), SECRET);
        try (var own = OwnShop.start(Map.of("OIDC_ISSUER", issuer, "OIDC_AUDIENCE", AUDIENCE), "--memory", "--only",
                "accounts,gateway,checkout")) {
            await().atMost(PATIENCE).until(program::output, output -> output.contains("ready"));
            var token = token(issuer, AUDIENCE);

            with(token).get(own.shop().url(ACCOUNTS) + "/auth").then().statusCode(200).header("X-User-Id", "robot");
            var orders = own.shop().url(GATEWAY) + "/api/v1/orders";
            with(token).get(orders).then().statusCode(200);
            with(token(issuer, "urn:another")).get(orders).then().statusCode(401);
            with(token.replaceFirst(".{20}$", "A".repeat(20))).get(orders).then().statusCode(401);

            var another = token(issuer, AUDIENCE);
            provider.destroyForcibly().waitFor();
            with(another).get(orders).then().statusCode(200);
        } finally {
            provider.destroyForcibly();
        }
    }

    private static RequestSpecification with(String token) {
        return given().header("Authorization", "Bearer " + token);
    }

    /** Returns an access token of the client, in the format JWT. */
    private static String token(String issuer, String audience) {
        return given().formParams("grant_type", "client_credentials", "client_id", "robot", "client_secret", SECRET, "resource", audience)
                .post(issuer + "/token").then().statusCode(200).extract().path("access_token");
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
