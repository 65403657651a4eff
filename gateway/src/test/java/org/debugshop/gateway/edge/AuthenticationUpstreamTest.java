package org.debugshop.gateway.edge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.baggage.Baggage;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.routes.Route;
import org.debugshop.defaults.routes.Routes;
import org.debugshop.gateway.Upstreams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class AuthenticationUpstreamTest {

    private final WireMockServer copy = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    @Inject
    Vertx vertx;

    @Inject
    MeterRegistry meters;

    @AfterEach
    void end() {
        Routes.replace(List.of(), false);
        copy.stop();
    }

    @ParameterizedTest
    @CsvSource({"http://accounts:8088/auth, http://accounts:8088, accounts", "http://accounts:8088/auth, http://accounts:8088/, accounts",
            "http://envoy:8088/auth, http://accounts:8088, authentication service",
            "http://localhost:1/auth, http://localhost:2, authentication service", "http://localhost:1/auth, '', authentication service"})
    void shouldUseTheRoutesOfAccountsIfItIsAccounts(String url, String accounts, String routedAs) {
        var upstream = new AuthenticationUpstream(Optional.of(url), Optional.of(accounts)).get();
        assertThat(upstream.routedAs()).isEqualTo(routedAs);
        assertThat(upstream.service()).isEqualTo("authentication service");
    }

    @Test
    void shouldAskTheCopyOfAccounts() {
        copy.start();
        copy.stubFor(get(urlEqualTo("/auth")).willReturn(aResponse().withHeader("X-User-Id", "1")));
        Routes.replace(List.of(new Route("r", 1, "accounts", URI.create(copy.baseUrl()), 0, "ann", false, false, false,
                System.nanoTime() + Duration.ofMinutes(1).toNanos())), false);
        var usual = Optional.of("http://localhost:1/auth");
        var service = new AuthenticationService(vertx, meters, new AuthenticationUpstream(usual, usual), usual, Duration.ofSeconds(5),
                Duration.ofSeconds(5));

        try (var _ = Baggage.builder().put("debug-shop.intercept", "ann").build().makeCurrent()) {
            assertThat(service.ask("GET", "/orders", List.of("Bearer 1")).await().atMost(Duration.ofSeconds(20)).status()).isEqualTo(200);
        }
        copy.verify(1, getRequestedFor(urlEqualTo("/auth")).withHeader("Authorization", equalTo("Bearer 1"))
                .withHeader("X-Forwarded-Uri", equalTo("/orders")));
    }
}
