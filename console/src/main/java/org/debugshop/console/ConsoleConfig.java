package org.debugshop.console;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the environment decides; see {@code application.properties} for the variables and defaults. */
@ConfigMapping(prefix = "console")
public interface ConsoleConfig {

    int maxSpans();

    int maxLogs();

    /** 0: any free port. */
    int otlpPort();

    /** Likewise, for OTLP/gRPC. */
    int otlpGrpcPort();

    /** Origins whose pages may send OTLP/HTTP: {@code https://shop.example.com}, ...; with {@code *} among them, all. */
    Optional<List<String>> otlpCorsOrigins();

    String host();

    /** {@code name=url,...} */
    Optional<String> scrapeTargets();

    /** Where the {@code /admin} of a service is, by its name: the failures' switches are there. */
    Map<String, String> adminUrls();

    /** The same as browsers find it, which may be elsewhere than where the console does: in a cluster, say. */
    Map<String, String> adminPages();

    /** {@code deployment.environment.name} of what is scraped here. */
    String environment();

    /** The base URL of another OTLP receiver, which gets everything too. */
    Optional<String> forwardOtlpEndpoint();

    /** {@code name=value,...} for it, values percent-encoded. Secrets. */
    Optional<String> forwardOtlpHeaders();
}
