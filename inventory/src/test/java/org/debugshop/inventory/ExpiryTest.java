package org.debugshop.inventory;

import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.debugshop.defaults.data.Database;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(Postgres.class)
@QuarkusTestResource(Checkout.class)
class ExpiryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject
    Warehouse warehouse;
    @Inject
    Database database;
    @RestClient
    CheckoutClient checkout;

    @BeforeEach
    void isReady() {
        await().atMost(PATIENCE).untilAsserted(() -> given().get("/health/ready").then().statusCode(200));
        Checkout.server.resetAll();
    }

    /** Releases all reservations, because other tests count what is reserved. */
    @AfterEach
    void releaseAll() {
        var held = new ArrayList<String>();
        get(database.with(sql -> sql.query("select id from reservation where state = 'held'").execute()))
                .forEach(row -> held.add(row.getString(0)));
        get(warehouse.expire(held));
    }

    @Test
    void shouldReleaseAnOverdueReservationThatNoOrderWillTake() {
        var id = overdue();
        answers(okJson("{\"kept\":[]}"));

        get(new Expiry(warehouse, checkout).run());

        assertThat(state(id)).isEqualTo("expired");
        Checkout.server.verify(postRequestedFor(urlEqualTo("/reservations/release"))
                .withRequestBody(equalToJson("{\"reservation_ids\":[\"" + id + "\"]}")));
    }

    @Test
    void shouldKeepAnOverdueReservationThatAnOrderHasTaken() {
        var id = overdue();
        answers(okJson("{\"kept\":[\"" + id + "\"]}"));

        get(new Expiry(warehouse, checkout).run());

        assertThat(state(id)).isEqualTo("held");
        assertThat(get(warehouse.overdue())).as("it is not overdue until it expires again").isEmpty();
    }

    static Stream<ResponseDefinitionBuilder> failures() {
        return Stream.of(serverError(), new ResponseDefinitionBuilder().withFault(Fault.CONNECTION_RESET_BY_PEER),
                okJson("{\"kept\":[]}").withFixedDelay(8000), okJson("{}"), okJson("[1"), new ResponseDefinitionBuilder().withStatus(404));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldKeepAnOverdueReservationAsLongAsCheckoutDoesNotAnswer(ResponseDefinitionBuilder failure) {
        var id = overdue();
        answers(failure);

        assertThat(get(new Expiry(warehouse, checkout).run())).isZero();

        assertThat(state(id)).isEqualTo("held");
        answers(okJson("{\"kept\":[]}"));
        get(new Expiry(warehouse, checkout).run());
        assertThat(state(id)).as("as soon as it answers").isEqualTo("expired");
    }

    @Test
    void shouldReleaseReservationsWithoutAnAttemptWithoutCallingCheckout() {
        var id = get(warehouse.reserve(new ProductQuantities(new TreeMap<>(Map.of(4, 1))), Optional.empty()));
        ends(id);

        get(new Expiry(warehouse, checkout).run());

        await("a run releases it").atMost(PATIENCE).until(() -> state(id).equals("expired"));
        assertThat(Checkout.server.getAllServeEvents()).isEmpty();
    }

    private static void answers(ResponseDefinitionBuilder answer) {
        Checkout.server.stubFor(post("/reservations/release").willReturn(answer));
    }

    private String overdue() {
        var attempt = UUID.randomUUID().toString();
        var id = get(warehouse.reserve(new ProductQuantities(new TreeMap<>(Map.of(4, 1))), Optional.of(attempt), Optional.of(attempt)));
        ends(id);
        return id;
    }

    private void ends(String reservation) {
        get(database.with(sql -> sql.preparedQuery("update reservation set expires_at = now() where id = $1")
                .execute(Tuple.of(reservation))));
    }

    private String state(String reservation) {
        return get(database.with(sql -> sql.preparedQuery("select state from reservation where id = $1").execute(Tuple.of(reservation))))
                .iterator().next().getString(0);
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
