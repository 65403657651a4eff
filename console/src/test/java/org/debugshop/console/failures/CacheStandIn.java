package org.debugshop.console.failures;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** A stand-in for the token switch of instabook-cache. */
public class CacheStandIn implements QuarkusTestResourceLifecycleManager {

    public static final WireMockServer cache = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    private static final String SWITCH = "switch";
    private static final String OFF = "off";

    @Override
    public Map<String, String> start() {
        cache.start();
        isWell();
        // The first request of a JVM on a busy machine takes longer than the usual two seconds.
        return Map.of("CACHE_ADMIN_URL", cache.baseUrl() + "/admin", "shop.upstream.timeout", "6s");
    }

    @Override
    public void stop() {
        cache.stop();
    }

    /** Makes the switch work; it is on. */
    public static void isWell() {
        cache.resetAll();
        for (String state : new String[]{STARTED, OFF}) {
            cache.stubFor(get("/admin/token/changes").inScenario(SWITCH).whenScenarioStateIs(state)
                    .willReturn(okJson("{\"enabled\":%s,\"changes\":[]}".formatted(state.equals(STARTED)))));
            cache.stubFor(
                    post("/admin/token").inScenario(SWITCH).whenScenarioStateIs(state).withRequestBody(equalToJson("{\"enabled\":true}"))
                            .willSetStateTo(STARTED).willReturn(okJson("{\"enabled\":true}")));
            cache.stubFor(
                    post("/admin/token").inScenario(SWITCH).whenScenarioStateIs(state).withRequestBody(equalToJson("{\"enabled\":false}"))
                            .willSetStateTo(OFF).willReturn(okJson("{\"enabled\":false}")));
        }
    }

    static void answers(ResponseDefinitionBuilder answer) {
        cache.resetAll();
        cache.stubFor(any(anyUrl()).willReturn(answer));
    }

    static void answers(int status) {
        answers(aResponse().withStatus(status).withHeader("Content-Type", "application/json").withBody("{\"error\":\"secret\"}"));
    }
}
