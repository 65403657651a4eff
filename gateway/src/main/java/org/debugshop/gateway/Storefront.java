package org.debugshop.gateway;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The page that a browser gets at {@code /}; its script and style are static resources under {@code /storefront/}. */
@Singleton
class Storefront {

    /** Nothing but what the gateway serves itself; no inline script or style. */
    static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final String page;

    Storefront(@ConfigProperty(name = "shop.console-url") String consoleUrl) {
        try (var template = Storefront.class.getResourceAsStream("/storefront/index.html")) {
            page = new String(template.readAllBytes(), StandardCharsets.UTF_8).replace("{console}", attribute(consoleUrl));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    String page() {
        return page;
    }

    private static String attribute(String text) {
        return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }
}
