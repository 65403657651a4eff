package org.debugshop.launcher.instance;

import java.util.Map;
import java.util.Optional;
import org.debugshop.launcher.topology.Topology;

/**
 * Where the telemetry of an instance goes.
 *
 * @param otlpPort where the console takes OTLP/HTTP, the instance's offset included; OTLP/gRPC has the port before it
 * @param forwarding the receiver that gets it in addition to the console, or instead of a console that does not run
 */
public record Telemetry(int otlpPort, Optional<Forwarding> forwarding) {

    public static final String ENDPOINT = "FORWARD_OTLP_ENDPOINT";
    public static final String HEADERS = "FORWARD_OTLP_HEADERS";

    /** To the console only, at its usual port. */
    static Telemetry standard(int offset) {
        return new Telemetry(Topology.OTLP_PORT + offset, Optional.empty());
    }

    public int otlpGrpcPort() {
        return otlpPort - 1;
    }

    /** The variables of the console, and of another launcher. They replace what this process inherited. */
    public Map<String, String> asEnvironment() {
        return Map.of(
                ENDPOINT, forwarding.map(to -> to.endpoint().toString()).orElse(""),
                HEADERS, forwarding.map(Forwarding::headers).orElse(""));
    }

    /**
     * The variables of a process that exports telemetry. The headers are for the user's receiver; the console gets none.
     *
     * @param console whether there is a console to send it to
     * @param consoleUrl where its receiver is, or would be
     */
    Map<String, String> ofExporter(boolean console, String consoleUrl) {
        var direct = forwarding.filter(_ -> !console);
        return Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", direct.map(to -> to.endpoint().toString()).orElse(consoleUrl),
                "OTEL_EXPORTER_OTLP_HEADERS", direct.map(Forwarding::headers).orElse(""));
    }
}
