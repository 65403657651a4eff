package org.debugshop.loadgenerator;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The application as the tests of this module start it: against {@link Target}, each time in an environment of its own. */
abstract class TestEnvironment implements QuarkusTestProfile {

    private final Map<String, String> environment;

    /** @param environment names and values by turns */
    TestEnvironment(String... environment) {
        this.environment = new HashMap<>(Map.of(
                "quarkus.otel.simple", "true",
                "quarkus.otel.logs.enabled", "false",
                // Nobody listens there.
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
