package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.debugshop.console.store.SeriesStore;

/**
 * The results of the load generators by their own metrics, {@code load_generator*_request_count_total}. A status below 400 is a
 * success. Everything else, including 0 for no answer, is a failure.
 */
public final class LoadGenerators {

    private static final String PREFIX = "load_generator";
    private static final String SUFFIX = "_request_count_total";
    private static final int MAX_SERIES = 500;

    /**
     * @param okRate successful requests per second in the last minute
     * @param buckets [succeeded, failed] of each bucket; see {@link Overview.Snapshot#bucketSeconds}
     */
    public record Generator(String service, double okRate, double failedRate, List<int[]> buckets) {}

    private final int bucketMillis;
    private final long fromMillis;
    private final long nowMillis;
    private long eldestMillis;
    private final SortedMap<String, double[][]> byService = new TreeMap<>();

    private LoadGenerators(long fromMillis, long nowMillis, int buckets) {
        this.fromMillis = fromMillis;
        this.nowMillis = nowMillis;
        eldestMillis = nowMillis;
        bucketMillis = (int) ((nowMillis - fromMillis) / buckets);
    }

    /** Returns the load generators, sorted by name. */
    static List<Generator> of(SeriesStore series, long fromMillis, long nowMillis, int buckets) {
        var load = new LoadGenerators(fromMillis, nowMillis, buckets);
        series.names().stream().filter(name -> name.startsWith(PREFIX) && name.endsWith(SUFFIX)).forEach(
                name -> load.add(series.find(name, Map.of(), Long.MIN_VALUE, nowMillis, MAX_SERIES, Optional.empty()).series(), buckets));
        return load.byService.entrySet().stream().map(entry -> load.generator(entry.getKey(), entry.getValue())).toList();
    }

    private void add(List<SeriesStore.Found> counters, int buckets) {
        for (var counter : counters) {
            var points = counter.points();
            if (points.isEmpty()) {
                continue;
            }
            eldestMillis = Math.min(eldestMillis, points.getFirst().epochMillis());
            int status = parsed(counter.labels().get("status"));
            int kind = status > 0 && status < 400 ? 0 : 1;
            var counts = byService.computeIfAbsent(counter.labels().get("service"), _ -> new double[buckets][2]);
            // A counter appears with its first request, so its first value is an increase, unless it is as old as the oldest values
            // in the store.
            long begin = counters.stream().filter(other -> other.labels().get("service").equals(counter.labels().get("service")))
                    .mapToLong(other -> other.points().isEmpty() ? Long.MAX_VALUE : other.points().getFirst().epochMillis()).min()
                    .orElse(0);
            var increases = new Increases(points.getFirst().epochMillis() > begin);
            for (var point : points) {
                double more = increases.next(point.value());
                if (point.epochMillis() >= fromMillis) {
                    counts[(int) Math.min(buckets - 1, (point.epochMillis() - fromMillis) / bucketMillis)][kind] += more;
                }
            }
        }
    }

    private Generator generator(String service, double[][] counts) {
        int last = Math.min(counts.length, Math.max(1, 60_000 / bucketMillis));
        double seconds = Math.max(1, Math.min(last * bucketMillis, nowMillis - eldestMillis) / 1000.0);
        double ok = 0;
        double failed = 0;
        var buckets = new ArrayList<int[]>();
        for (int i = 0; i < counts.length; i++) {
            if (i >= counts.length - last) {
                ok += counts[i][0];
                failed += counts[i][1];
            }
            buckets.add(new int[]{(int) Math.round(counts[i][0]), (int) Math.round(counts[i][1])});
        }
        return new Generator(service, ok / seconds, failed / seconds, buckets);
    }

    private static int parsed(String status) {
        try {
            return Integer.parseInt(status);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
