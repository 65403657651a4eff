package org.debugshop.console.otlp;

import java.io.IOException;
import java.io.InputStream;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.Span;

/**
 * One of OTLP's two encodings. Each method reads a whole request and throws an {@link IOException} if it is not one. What cannot be read
 * within a request is left out as narrowly as the encoding allows, and reported: an attribute, a field, a span, log record or data
 * point.
 */
sealed interface Decoder permits ProtobufDecoder, JsonDecoder {

    /** How deep arrays and lists of an attribute may nest; what is deeper is left out. */
    int MAX_DEPTH = 8;

    String TOO_DEEP = "values may nest " + MAX_DEPTH + " deep; what is deeper was left out";

    /** {@code ExportTraceServiceRequest} */
    void spans(InputStream body, Batch<Span> batch) throws IOException;

    /** {@code ExportLogsServiceRequest} */
    void logs(InputStream body, Batch<LogRecord> batch) throws IOException;

    /** {@code ExportMetricsServiceRequest} */
    void metrics(InputStream body, MetricBatch batch) throws IOException;
}
