package org.debugshop.accounts;

import static org.debugshop.accounts.Client.PASSWORD;
import static org.debugshop.accounts.Client.auth;
import static org.debugshop.accounts.Client.awaitReady;
import static org.debugshop.accounts.Client.basic;
import static org.debugshop.accounts.Client.newName;
import static org.debugshop.accounts.Client.signUp;
import static org.debugshop.accounts.Client.token;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class TokenClockTest {

    @Inject
    Controls controls;

    @AfterEach
    void heal() {
        controls.apply(Map.of());
    }

    @Test
    void shouldRefuseTokensThatLoginHasJustMadeUntilItIsHealed() {
        awaitReady();
        var name = newName();
        signUp(name).statusCode(201);
        var earlier = token(name);
        auth(earlier).statusCode(200);

        controls.apply(Map.of("token-clock", 600d));
        var late = token(name);
        auth(late).statusCode(401).body("error", equalTo("The token is not valid yet"));
        // Also one whose signature has been checked before.
        auth(earlier).statusCode(401);
        auth("no.token.atall").statusCode(401).body("error", equalTo("The token is not valid"));
        basic(name, PASSWORD).statusCode(200);

        controls.apply(Map.of());
        auth(late).statusCode(200);
        auth(earlier).statusCode(200);
    }

    @Test
    void shouldTolerateASmallDifference() {
        awaitReady();
        var name = newName();
        signUp(name).statusCode(201);
        controls.apply(Map.of("token-clock", 30d));
        auth(token(name)).statusCode(200);
    }
}
