package org.debugshop.loadgenerator;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The environment of an application that runs against {@link Target}. Each test class has its own. */
abstract class TestEnvironment implements QuarkusTestProfile {

    private final Map<String, String> environment;

    /** @param environment alternating names and values */
    TestEnvironment(String... environment) {
        this.environment = new HashMap<>(Map.of(
                "quarkus.otel.simple", "true",
                "quarkus.otel.logs.enabled", "false",
                // Nothing listens on this port.
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:1"));
        for (var i = 0; i < environment.length; i += 2) {
            this.environment.put(environment[i], environment[i + 1]);
        }
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        return environment;
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(Target.class));
    }
}
