package org.debugshop.console.otlp;

import java.util.Optional;

/** What OTLP carries, each on a path of its own. */
enum Signal {
    TRACES, LOGS, METRICS;

    static Optional<Signal> ofPath(String path) {
        return Optional.ofNullable(switch (path) {
            case "/v1/traces" -> TRACES;
            case "/v1/logs" -> LOGS;
            case "/v1/metrics" -> METRICS;
            default -> null;
        });
    }
}
