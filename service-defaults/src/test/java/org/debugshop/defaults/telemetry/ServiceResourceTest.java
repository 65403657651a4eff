package org.debugshop.defaults.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceResourceTest {

    private static Resource resource(String name, String attributes) {
        return ServiceResource.resource("currency", "1.0.0", "compose", Optional.ofNullable(name), Optional.ofNullable(attributes));
    }

    private static String get(Resource resource, String attribute) {
        return resource.getAttribute(AttributeKey.stringKey(attribute));
    }

    @Test
    void shouldHaveDefaults() {
        var resource = resource(null, null);

        assertEquals("currency", get(resource, "service.name"));
        assertEquals("1.0.0", get(resource, "service.version"));
        assertEquals("compose", get(resource, "deployment.environment.name"));
        assertNotEquals(get(resource, "service.instance.id"), get(resource(null, null), "service.instance.id"));
    }

    @Test
    void shouldPreferTheStandardVariables() {
        var resource = resource("rates", "service.name=other,deployment.environment.name=test,service.instance.id=pod-7,team=a%2Cb");

        assertEquals("rates", get(resource, "service.name"));
        assertEquals("test", get(resource, "deployment.environment.name"));
        assertEquals("pod-7", get(resource, "service.instance.id"));
        assertEquals("a,b", get(resource, "team"));
        assertEquals("other", get(resource(null, "service.name=other"), "service.name"));
    }
}
