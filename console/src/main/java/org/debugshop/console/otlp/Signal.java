package org.debugshop.console.otlp;

import java.util.Arrays;
import java.util.Optional;

/** What OTLP carries, each on a path of its own. */
enum Signal {
    TRACES("traces", "trace.v1.TraceService"), LOGS("logs", "logs.v1.LogsService"), METRICS("metrics", "metrics.v1.MetricsService");

    /** In OTLP/HTTP. */
    final String path;
    /** In OTLP/gRPC, of the only method of the signal's service. */
    final String grpcPath;

    Signal(String name, String service) {
        path = "/v1/" + name;
        grpcPath = "/opentelemetry.proto.collector." + service + "/Export";
    }

    static Optional<Signal> ofPath(String path) {
        return Arrays.stream(values()).filter(signal -> signal.path.equals(path)).findFirst();
    }

    static Optional<Signal> ofGrpcPath(String path) {
        return Arrays.stream(values()).filter(signal -> signal.grpcPath.equals(path)).findFirst();
    }
}
