package org.debugshop.console;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings from the environment; {@code application.properties} has the variables and defaults. */
@ConfigMapping(prefix = "console")
public interface ConsoleConfig {

    int maxSpans();

    int maxLogs();

    /** The port for OTLP/HTTP; 0 means any free port. */
    int otlpPort();

    /** The port for OTLP/gRPC; 0 means any free port. */
    int otlpGrpcPort();

    /** The origins whose pages may send OTLP/HTTP, such as {@code https://shop.example.com}; {@code *} means all. */
    Optional<List<String>> otlpCorsOrigins();

    String host();

    /** The scrape targets: {@code name=url,...} */
    Optional<String> scrapeTargets();

    /** The URL of the {@code /admin} of each service, by service name; empty if the service isn't there. The failures' switches are there. */
    Map<String, Optional<String>> adminUrls();

    /** The same URLs for browsers, which may differ from those for the console, for example in a cluster. */
    Map<String, Optional<String>> adminPages();

    /** {@code deployment.environment.name} of the scraped metrics. */
    String environment();

    /** The base URL of another OTLP receiver, to which all telemetry is forwarded. */
    Optional<String> forwardOtlpEndpoint();

    /** Headers for that receiver: {@code name=value,...}, with percent-encoded values. They may contain secrets. */
    Optional<String> forwardOtlpHeaders();
}
