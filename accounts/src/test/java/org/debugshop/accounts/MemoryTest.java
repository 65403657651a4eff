package org.debugshop.accounts;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.debugshop.accounts.Client.auth;
import static org.debugshop.accounts.Client.awaitReady;
import static org.debugshop.accounts.Client.newName;
import static org.debugshop.accounts.Client.signUp;
import static org.debugshop.accounts.Client.token;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.Test;

/** Without a database. */
@QuarkusTest
class MemoryTest {

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(60));
    }

    private static User user(String name) {
        return new User(UUID.randomUUID(), name, "a@example.com", "hash", Instant.EPOCH);
    }

    @Test
    void shouldWorkWithoutADatabase() {
        awaitReady();
        var name = newName();
        signUp(name).statusCode(201);
        signUp(name).statusCode(409);
        auth(token(name)).statusCode(200).header("X-User-Name", name);
        given().header("Authorization", "Bearer " + token(name)).get("/users/me").then().statusCode(200).body("username", equalTo(name));
        given().get("/.well-known/jwks.json").then().statusCode(200).body("keys.size()", equalTo(1));
    }

    @Test
    void shouldTakeNoMoreUsersThanThereIsRoomForAndKeepTheFirst() {
        var users = new MemoryUsers(2);
        var alice = user("alice");
        assertThat(get(users.add(alice))).isTrue();
        assertThat(get(users.add(user("alice")))).isFalse();
        assertThat(get(users.add(user("bob")))).isTrue();

        assertThatThrownBy(() -> get(users.add(user("carol")))).isInstanceOfSatisfying(HttpError.class,
                full -> assertThat(full.status()).isEqualTo(503));
        assertThat(get(users.add(user("alice")))).isFalse();
        assertThat(get(users.named("alice"))).contains(alice);
        assertThat(get(users.withId(alice.id()))).contains(alice);
        assertThat(get(users.named("carol"))).isEqualTo(Optional.empty());
    }
}
