package org.debugshop.console.otlp;

import java.util.Arrays;
import java.util.Optional;

/** OTLP's signals. Each has its own path. */
enum Signal {
    TRACES("traces", "trace.v1.TraceService"), LOGS("logs", "logs.v1.LogsService"), METRICS("metrics", "metrics.v1.MetricsService");

    /** The path in OTLP/HTTP. */
    final String path;
    /** The path in OTLP/gRPC, of the only method of the signal's service. */
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
