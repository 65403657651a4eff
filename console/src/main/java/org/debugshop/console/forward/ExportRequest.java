package org.debugshop.console.forward;

import java.util.Optional;

/**
 * One OTLP request, as it came or as it is to go.
 *
 * @param path {@code /v1/traces}, {@code /v1/logs} or {@code /v1/metrics}
 * @param contentEncoding of the body; empty if it is not packed
 * @param via the receivers that it came through, as in the header of that name; empty if it comes from its exporter
 */
public record ExportRequest(String path, String contentType, Optional<String> contentEncoding, Optional<String> via, byte[] body) {

    /** {@code traces}, {@code logs} or {@code metrics} */
    String signal() {
        return path.substring("/v1/".length());
    }
}
