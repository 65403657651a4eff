package org.debugshop.defaults.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(KeptConnectionsTest.OfItsOwn.class)
class KeptConnectionsTest {

    /** Other tests must not get the service that is about to stop. */
    public static class OfItsOwn implements QuarkusTestProfile {}

    @Inject
    Event<ShutdownDelayInitiatedEvent> stop;

    @Test
    void shouldAnswerButKeepNoConnectionBeforeTheServiceStops() {
        given().get("/metrics").then().statusCode(200).header("Connection", nullValue());

        stop.fire(new ShutdownDelayInitiatedEvent());

        given().get("/metrics").then().statusCode(200).header("Connection", "close");
        given().get("/nowhere").then().statusCode(404).header("Connection", "close");
    }
}
