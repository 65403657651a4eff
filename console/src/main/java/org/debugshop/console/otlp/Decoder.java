package org.debugshop.console.otlp;

import java.io.IOException;
import java.io.InputStream;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.Span;

/**
 * A decoder for one of OTLP's two encodings. Each method reads a whole request, and throws an {@link IOException} if it is invalid.
 * If a part of a request is unreadable, as little as possible is dropped and reported: an attribute, a field, a span, a log record
 * or a data point.
 */
sealed interface Decoder permits ProtobufDecoder, JsonDecoder {

    /** The maximum nesting depth of arrays and lists in an attribute; deeper values are dropped. */
    int MAX_DEPTH = 8;

    String TOO_DEEP = "values may nest " + MAX_DEPTH + " deep; what is deeper was left out";

    /** {@code ExportTraceServiceRequest} */
    void spans(InputStream body, Batch<Span> batch) throws IOException;

    /** {@code ExportLogsServiceRequest} */
    void logs(InputStream body, Batch<LogRecord> batch) throws IOException;

    /** {@code ExportMetricsServiceRequest} */
    void metrics(InputStream body, MetricBatch batch) throws IOException;
}
