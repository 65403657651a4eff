package org.debugshop.loadgenerator;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** A stand-in for the gateway and instabook. It answers everything with 200 after a moment, unless a test changes that. */
public class Target implements QuarkusTestResourceLifecycleManager {

    static WireMockServer server;

    @Override
    public Map<String, String> start() {
        server = new WireMockServer(
                options().bindAddress("127.0.0.1").dynamicPort().asynchronousResponseEnabled(true).maxRequestJournalEntries(20_000));
        server.start();
        answer(any(anyUrl()), json(200, "{}").withUniformRandomDelay(1, 30));
        return Map.of("GATEWAY_SERVICE", server.baseUrl(), "INSTABOOK_SERVICE", server.baseUrl());
    }

    @Override
    public void stop() {
        server.stop();
    }

    /** Sets an answer. If several match a request, the latest is used. */
    static void answer(MappingBuilder request, ResponseDefinitionBuilder response) {
        server.stubFor(request.willReturn(response));
    }

    static ResponseDefinitionBuilder json(int status, String body) {
        return aResponse().withStatus(status).withHeader("Content-Type", "application/json").withBody(body);
    }
}
