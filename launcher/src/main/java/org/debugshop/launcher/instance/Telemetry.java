package org.debugshop.launcher.instance;

import java.util.Map;
import java.util.Optional;
import org.debugshop.launcher.topology.Topology;

/**
 * Where the telemetry of an instance goes.
 *
 * @param otlpPort the console's port for OTLP/HTTP, including the offset; the port below it is for OTLP/gRPC
 * @param forwarding a receiver that also gets all telemetry; if no console runs, it is the only receiver
 */
public record Telemetry(int otlpPort, Optional<Forwarding> forwarding) {

    public static final String ENDPOINT = "FORWARD_OTLP_ENDPOINT";
    public static final String HEADERS = "FORWARD_OTLP_HEADERS";

    /** Returns the default: telemetry is sent only to the console, at its usual port. */
    static Telemetry standard(int offset) {
        return new Telemetry(Topology.OTLP_PORT + offset, Optional.empty());
    }

    public int otlpGrpcPort() {
        return otlpPort - 1;
    }

    /** Returns the variables of the console, and of another launcher. They replace inherited ones. */
    public Map<String, String> asEnvironment() {
        return Map.of(
                ENDPOINT, forwarding.map(to -> to.endpoint().toString()).orElse(""),
                HEADERS, forwarding.map(Forwarding::headers).orElse(""));
    }

    /**
     * Returns the variables of a process that exports telemetry. The headers are for the user's receiver only.
     *
     * @param console whether the instance has a console
     * @param consoleUrl the URL of its OTLP receiver
     */
    Map<String, String> ofExporter(boolean console, String consoleUrl) {
        var direct = forwarding.filter(_ -> !console);
        return Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", direct.map(to -> to.endpoint().toString()).orElse(consoleUrl),
                "OTEL_EXPORTER_OTLP_HEADERS", direct.map(Forwarding::headers).orElse(""));
    }
}
