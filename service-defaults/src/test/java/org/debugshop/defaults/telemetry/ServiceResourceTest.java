package org.debugshop.defaults.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

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

        assertThat(get(resource, "service.name")).isEqualTo("currency");
        assertThat(get(resource, "service.version")).isEqualTo("1.0.0");
        assertThat(get(resource, "deployment.environment.name")).isEqualTo("compose");
        assertThat(get(resource(null, null), "service.instance.id")).isNotEqualTo(get(resource, "service.instance.id"));
    }

    @Test
    void shouldPreferTheStandardVariables() {
        var resource = resource("rates", "service.name=other,deployment.environment.name=test,service.instance.id=pod-7,team=a%2Cb");

        assertThat(get(resource, "service.name")).isEqualTo("rates");
        assertThat(get(resource, "deployment.environment.name")).isEqualTo("test");
        assertThat(get(resource, "service.instance.id")).isEqualTo("pod-7");
        assertThat(get(resource, "team")).isEqualTo("a,b");
        assertThat(get(resource(null, "service.name=other"), "service.name")).isEqualTo("other");
    }
}
