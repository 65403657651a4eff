package org.debugshop.console.pages;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.debugshop.defaults.Sha256;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * The console's only HTML page, at the addresses of all views; its script reads the address. Modules and styles are static
 * resources under {@code /app/} and {@code /_static/}. Only the import map is inline, because browsers require that.
 */
@Singleton
public class Page {

    private final String html;
    private final String contentSecurityPolicy;

    Page() {
        String importMap = text("/pages/importmap.json");
        html = text("/pages/index.html").replace("{importmap}", importMap);
        contentSecurityPolicy = "default-src 'none'; script-src 'self' 'sha256-" + sha256(importMap) + "'; style-src 'self'; "
                + "img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /** Returns the page, with headers that only allow scripts of the console itself. */
    public RestResponse<String> answer() {
        return RestResponse.ResponseBuilder.ok(html)
                .header("Content-Security-Policy", contentSecurityPolicy)
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cache-Control", "no-store")
                .build();
    }

    private static String text(String resource) {
        try (var stream = Page.class.getResourceAsStream(resource)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static String sha256(String text) {
        return Base64.getEncoder().encodeToString(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
    }
}
