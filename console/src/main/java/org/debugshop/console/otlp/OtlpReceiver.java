package org.debugshop.console.otlp;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceStore;

/** Unpacks, reads and stores the body of an OTLP request. This blocks, so call it on a worker thread. */
@Singleton
final class OtlpReceiver {

    private final TraceStore traces;
    private final LogStore logs;
    private final SeriesStore series;
    private final Interner.Pools pools = new Interner.Pools();
    private final Counter receivedSpans;
    private final Counter rejectedSpans;
    private final Counter receivedLogs;
    private final Counter rejectedLogs;
    private final Counter receivedPoints;
    private final Counter rejectedPoints;

    OtlpReceiver(TraceStore traces, LogStore logs, SeriesStore series, MeterRegistry registry) {
        this.traces = traces;
        this.logs = logs;
        this.series = series;
        receivedSpans = registry.counter("console.spans.received");
        rejectedSpans = registry.counter("console.spans.rejected");
        receivedLogs = registry.counter("console.log.records.received");
        rejectedLogs = registry.counter("console.log.records.rejected");
        receivedPoints = registry.counter("console.data.points.received");
        rejectedPoints = registry.counter("console.data.points.rejected");
    }

    /**
     * Handles a request.
     *
     * @return the body of the answer
     * @throws BoundedInputStream.TooLongException if it unpacks to more than {@value Packing#MAX_UNPACKED_BYTES} bytes
     * @throws IOException if it is unreadable
     */
    byte[] receive(Signal signal, Encoding encoding, Packing packing, byte[] body) throws IOException {
        try (InputStream unpacked = packing.unpack(body)) {
            var report = new Report();
            var arrival = Arrival.now();
            Decoder decoder = encoding.decoder(new Interner(pools, report, arrival));
            Batch.Outcome outcome = switch (signal) {
                case TRACES -> {
                    var batch = new Batch<Span>(report, spans -> {
                        report(traces.add(spans, System.currentTimeMillis()), report);
                        receivedSpans.increment(spans.size());
                    });
                    decoder.spans(unpacked, batch);
                    yield batch.finish();
                }
                case LOGS -> {
                    var batch = new Batch<LogRecord>(report, records -> {
                        logs.add(records);
                        receivedLogs.increment(records.size());
                    });
                    decoder.logs(unpacked, batch);
                    yield batch.finish();
                }
                case METRICS -> {
                    var batch = new MetricBatch(report);
                    decoder.metrics(unpacked, batch);
                    Batch.Outcome stored = batch.store(series, arrival.nanos() / 1_000_000);
                    receivedPoints.increment(stored.accepted());
                    yield stored;
                }
            };
            switch (signal) {
                case TRACES -> rejectedSpans.increment(outcome.rejected());
                case LOGS -> rejectedLogs.increment(outcome.rejected());
                case METRICS -> rejectedPoints.increment(outcome.rejected());
            }
            return encoding.answer(signal, outcome);
        }
    }

    private static void report(TraceStore.LeftOut leftOut, Report report) {
        report.reject(leftOut.late(), "a span arrived after its trace was removed to make room");
        report.reject(leftOut.excess(), "a span was left out because its trace is too large; its root and its failed spans are kept");
        report.warn(leftOut.replaced(), "an earlier span was left out because its trace is too large, for the root or a failed span");
    }
}
