package org.debugshop.console;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/**
 * As in Compose, the console listens on all interfaces of its container, whose ports are only published on this machine. There is no
 * booking chain, so the variables of its admin page are blank. Pages of two origins may send telemetry.
 */
public class InAContainer implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("HOST", "0.0.0.0", "ALLOWED_HOSTS", "console,localhost", "CACHE_ADMIN_URL", "", "CACHE_ADMIN_PAGE", "",
                "console.otlp-cors-origins", "https://shop.example.com, http://localhost:3000");
    }
}
