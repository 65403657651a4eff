package org.debugshop.console.forward;

import java.util.Optional;

/**
 * An OTLP request, as it was received or as it will be sent.
 *
 * @param path {@code /v1/traces}, {@code /v1/logs} or {@code /v1/metrics}
 * @param contentEncoding the encoding of the body; empty if it is not compressed
 * @param via the receivers that it passed through, as in the header {@code Via}; empty if it comes from its exporter
 */
public record ExportRequest(String path, String contentType, Optional<String> contentEncoding, Optional<String> via, byte[] body) {

    /** {@code traces}, {@code logs} or {@code metrics} */
    String signal() {
        return path.substring("/v1/".length());
    }
}
