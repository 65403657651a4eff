package org.debugshop.console.otlp;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.debugshop.console.forward.Forwarder;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.Seen;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceStore;

/** Unpacks, reads and stores the body of an OTLP request. This blocks, so call it on a worker thread. */
@Singleton
final class OtlpReceiver {

    private final TraceStore traces;
    private final LogStore logs;
    private final SeriesStore series;
    private final Seen seen;
    private final boolean forwarding;
    private final Interner.Pools pools = new Interner.Pools();
    private final Counter receivedSpans;
    private final Counter rejectedSpans;
    private final Counter receivedLogs;
    private final Counter rejectedLogs;
    private final Counter duplicateLogs;
    private final Counter receivedPoints;
    private final Counter rejectedPoints;
    private final Counter duplicatePoints;

    OtlpReceiver(TraceStore traces, LogStore logs, SeriesStore series, Seen seen, Forwarder forwarder, MeterRegistry registry) {
        this.traces = traces;
        this.logs = logs;
        this.series = series;
        this.seen = seen;
        forwarding = forwarder.isOn();
        receivedSpans = counter(registry, "console.spans.received", "Spans accepted");
        rejectedSpans = counter(registry, "console.spans.rejected", "Spans not kept, as the answer reports");
        receivedLogs = counter(registry, "console.log.records.received", "Log records accepted");
        rejectedLogs = counter(registry, "console.log.records.rejected", "Log records rejected");
        duplicateLogs = Counter.builder("console.log.records.dropped").tag("reason", "duplicate")
                .description("Log records accepted and not kept, or no longer").register(registry);
        receivedPoints = counter(registry, "console.data.points.received", "Data points of OTLP metrics accepted");
        rejectedPoints = counter(registry, "console.data.points.rejected", "Data points not kept, as the answer reports");
        duplicatePoints = Counter.builder("console.samples.dropped").tag("reason", "duplicate")
                .description("Samples not kept, scraped or sent").register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    /**
     * The result of a request.
     *
     * @param response the body of the answer
     * @param records how many records it had: spans, log records or metrics
     * @param notNew the positions of the records that were invalid or had arrived before; only complete if there is a receiver to
     *        forward to
     */
    record Receipt(byte[] response, int records, BitSet notNew) {}

    /**
     * Handles a request.
     *
     * @throws BoundedInputStream.TooLongException if it unpacks to more than {@value Packing#MAX_UNPACKED_BYTES} bytes
     * @throws IOException if it is unreadable
     */
    Receipt receive(Signal signal, Encoding encoding, Packing packing, byte[] body) throws IOException {
        try (InputStream unpacked = packing.unpack(body)) {
            var report = new Report();
            var arrival = Arrival.now();
            Decoder decoder = encoding.decoder(new Interner(pools, report, arrival));
            var notNew = new BitSet();
            return switch (signal) {
                case TRACES -> {
                    Batch<Span> batch = Batch.of(report, (spans, positions) -> {
                        report(traces.add(spans, System.currentTimeMillis()), report);
                        receivedSpans.increment(spans.size());
                        for (int i = 0; forwarding && i < spans.size(); i++) {
                            notNew.set(positions.applyAsInt(i), !seen.add(Seen.identity(spans.get(i))));
                        }
                    });
                    decoder.spans(unpacked, batch);
                    Batch.Outcome outcome = batch.finish();
                    rejectedSpans.increment(outcome.rejected());
                    notNew.or(batch.rejected());
                    yield new Receipt(encoding.answer(signal, outcome), batch.read(), notNew);
                }
                case LOGS -> {
                    Map<Long, Integer> occurrences = new HashMap<>();
                    Batch<LogRecord> batch = Batch.of(report, (records, positions) -> {
                        List<LogRecord> kept = new ArrayList<>(records.size());
                        for (int i = 0; i < records.size(); i++) {
                            boolean isNew = seen.add(identity(records.get(i), occurrences));
                            notNew.set(positions.applyAsInt(i), !isNew);
                            // Without a time, records that are written one after the other may be the same.
                            if (isNew || !records.get(i).isTimed()) {
                                kept.add(records.get(i));
                            }
                        }
                        logs.add(kept);
                        receivedLogs.increment(records.size());
                        duplicateLogs.increment(records.size() - kept.size());
                    });
                    decoder.logs(unpacked, batch);
                    Batch.Outcome outcome = batch.finish();
                    rejectedLogs.increment(outcome.rejected());
                    notNew.or(batch.rejected());
                    yield new Receipt(encoding.answer(signal, outcome), batch.read(), notNew);
                }
                case METRICS -> {
                    var batch = new MetricBatch(report, forwarding ? seen : null);
                    decoder.metrics(unpacked, batch);
                    Batch.Outcome outcome = batch.store(series, arrival.nanos() / 1_000_000);
                    receivedPoints.increment(outcome.accepted());
                    rejectedPoints.increment(outcome.rejected());
                    duplicatePoints.increment(batch.duplicates());
                    yield new Receipt(encoding.answer(signal, outcome), batch.read(), batch.repeated());
                }
            };
        }
    }

    /** Returns the identity of a log record. Records of one request that are all the same are different ones. */
    private static long identity(LogRecord entry, Map<Long, Integer> occurrences) {
        long identity = Seen.identity(entry);
        int occurrence = occurrences.merge(identity, 1, Integer::sum);
        return occurrence == 1 ? identity : Seen.mix(identity, occurrence);
    }

    private static void report(TraceStore.LeftOut leftOut, Report report) {
        report.reject(leftOut.late(), "a span arrived after its trace was removed to make room");
        report.reject(leftOut.excess(), "a span was left out because its trace is too large; its root and its failed spans are kept");
        report.warn(leftOut.replaced(), "an earlier span was left out because its trace is too large, for the root or a failed span");
    }
}
