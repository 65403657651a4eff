package org.debugshop.console.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.debugshop.console.store.SeriesStore;

/**
 * Reads what the scraped metrics say about resources, queues and business figures. Names of metrics are those of the semantic conventions,
 * of Micrometer and of the usual exporters.
 */
final class SeriesReader {

    /** How PostgreSQL is called in spans: {@code db.system.name}. */
    static final String POSTGRESQL = "postgresql";

    private static final int TICKS = 150;
    private static final int NOW_TICKS = 5;
    /** A host may become busy at once, so only its newest values count. */
    private static final int BUSY_TICKS = 5;
    private static final int AWAY_TICKS = 4;
    /** A restart takes less time, on a busy host too. */
    private static final int GONE_TICKS = 18;
    /** A process uses much CPU at first, until its code is compiled. */
    private static final long WARM_MILLIS = 25_000;
    private static final int CHUNK_TICKS = 10;
    /** How long something must have counted nothing, so that the first count is unusual. */
    private static final int COUNTER_TICKS = 8;
    private static final int GAUGE_TICKS = 45;
    /** How long a gauge must stay above zero: what is there for a moment, such as a reservation of an order in progress, is normal. */
    private static final int LASTING_TICKS = 3;
    /** How long the heap must be known: it fills until it has the data that stay. */
    private static final int HEAP_TICKS = 40;
    /** How many values must be known before their mean is usual: a few large amounts say little. */
    private static final double LEAST_VALUES = 10;
    private static final int LEAST_PARTS = 3;
    /** The median deviation of what is normally distributed, in standard deviations. */
    private static final double MEDIAN_DEVIATION = 0.6745;
    /** How many standard deviations a mean must have moved: by chance, three orders in a row may be small. */
    private static final double LEAST_DEVIATIONS = 4;
    private static final int MAX_SERIES = 300;
    private static final double TICK_SECONDS = SeriesStore.TICK_MILLIS / 1000.0;
    /** Metrics of runtimes, servers and clients; all others are the applications' own. */
    private static final Pattern TECHNICAL = Pattern.compile("(jvm|process|system|http|vertx|netty|worker|kafka|pg|sql|db|redis|console|"
            + "go|python|nodejs|dotnet|otel|otelcol|target|scrape|ft|hikaricp|agroal|tomcat|logback|executor|disk|application)_.*|up"
            + "|.*(_max|_bucket|_created|_uptime|upstream_.*|load_generator.*|_lag|lag_.*|_retries_total|_processed_total|_seconds_(sum|count))");

    /** A consumer group that falls behind. */
    record Lag(String service, String metric, String topic, String group, double before, double now) {}

    /** A pool of connections of which none is free while requests wait. */
    record Pool(String service, double used, double max, double waiting) {}

    /** A process that uses much more of a resource than before. */
    record Resource(String service, Kind kind, double before, double now) {
        enum Kind {
            CPU, HEAP
        }
    }

    /** Sessions of a database that wait for a lock. @param blockers the applications that hold it, with the number of sessions they block */
    record Locks(Set<String> blocked, Map<String, Double> blockers) {}

    /** The connections of a database, nearly all of which are taken. @param most the application that took the most since before @param namespace the database that it uses */
    record Connections(double used, double max, String most, String namespace, double mostBefore, double mostNow) {}

    /** A figure of the business that has changed as it never did before. */
    record Figure(String service, String metric, Map<String, String> labels, double before, double now) {

        String name() {
            return service + ' ' + metric + ' ' + what();
        }

        /** Returns the metric with its labels, for a sentence. */
        String text() {
            return what().isEmpty() ? metric : metric + " (" + what() + ")";
        }

        /** Returns the labels as text. */
        String what() {
            return labels.entrySet().stream().filter(label -> !label.getKey().equals("service"))
                    .map(label -> label.getKey() + " " + label.getValue()).sorted().collect(Collectors.joining(", "));
        }
    }

    /** A process that started, or a version that appeared. @param version empty if it is unknown */
    record Start(String service, long epochMillis, String version) {}

    /** What cannot be scraped for a while, although it could before. @param isEntry whether requests from outside go to it */
    record Gone(String service, boolean isEntry) {}

    /** All findings of one reading. @param down what cannot be scraped now @param away what could not be scraped some times in a row @param gone what cannot be scraped for longer than a restart takes */
    record Findings(Set<String> down, Set<String> away, Set<String> gone, List<Lag> lags, List<Pool> pools, List<Resource> resources,
            Optional<Locks> locks,
            Optional<Connections> connections, List<Figure> figures, List<Start> starts, double busy) {

        Findings with(List<Figure> others) {
            return new Findings(down, away, gone, lags, pools, resources, locks, connections, others, starts, busy);
        }
    }

    private final SeriesStore series;
    /** What could be scraped once. What is not running at all is no failure. */
    private final Set<String> answered = new HashSet<>();

    SeriesReader(SeriesStore series) {
        this.series = series;
    }

    /** @param onsetMillis when the incident began; now if there is none. What is older is how it was before */
    Findings read(long nowMillis, long onsetMillis) {
        long lastTick = nowMillis / SeriesStore.TICK_MILLIS;
        long fromTick = lastTick - TICKS + 1;
        int before = (int) Math.max(5, Math.min(TICKS - NOW_TICKS, onsetMillis / SeriesStore.TICK_MILLIS - fromTick));
        var starts = starts(fromTick, nowMillis);
        return new Findings(down(fromTick, 1), down(fromTick, AWAY_TICKS), down(fromTick, GONE_TICKS), lags(fromTick, before),
                pools(fromTick),
                resources(fromTick, before, starts, nowMillis),
                locks(fromTick), connections(fromTick, before), figures(fromTick, before, starts, nowMillis), starts, busy(fromTick));
    }

    private void each(String metric, Map<String, String> labels, long fromTick, BiConsumer<Map<String, String>, double[]> reader) {
        series.values(metric, labels, fromTick, TICKS, MAX_SERIES, (found, values) -> reader.accept(found, values));
    }

    /** Returns the latest value of the last few ticks; NaN if there is none. */
    private static double last(double[] values) {
        for (int i = values.length - 1; i >= values.length - NOW_TICKS; i--) {
            if (!Double.isNaN(values[i])) {
                return values[i];
            }
        }
        return Double.NaN;
    }

    private static double max(double[] values, int from, int to) {
        return Arrays.stream(values, from, to).filter(value -> !Double.isNaN(value)).max().orElse(Double.NaN);
    }

    /** Returns what four of five values before did not exceed. */
    private static double often(double[] values, int before) {
        var sorted = Arrays.stream(values, 0, before).filter(value -> !Double.isNaN(value)).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[(int) (0.8 * (sorted.length - 1))];
    }

    private static long known(double[] values, int from, int to) {
        return Arrays.stream(values, from, to).filter(value -> !Double.isNaN(value)).count();
    }

    /** Returns how much a counter grew a second, from one place to before another; NaN if it is unknown. */
    private static double rate(double[] values, int from, int to) {
        double sum = 0;
        double previous = Double.NaN;
        int first = -1;
        int last = -1;
        for (int i = from; i < to; i++) {
            if (!Double.isNaN(values[i])) {
                if (!Double.isNaN(previous)) {
                    sum += values[i] >= previous ? values[i] - previous : values[i];
                }
                first = first < 0 ? i : first;
                last = i;
                previous = values[i];
            }
        }
        return last > first ? sum / ((last - first) * TICK_SECONDS) : Double.NaN;
    }

    /** Returns the median of what a counter grew a second, in parts of the time before: a start takes a while and is not usual. */
    private static double usualRate(double[] values, int before) {
        var rates = new ArrayList<Double>();
        for (int to = before; to - NOW_TICKS >= 0; to -= NOW_TICKS) {
            double rate = rate(values, to - NOW_TICKS, to);
            if (!Double.isNaN(rate)) {
                rates.add(rate);
            }
        }
        rates.sort(null);
        return rates.isEmpty() ? Double.NaN : rates.get(rates.size() / 2);
    }

    /** Returns the services of which no instance can be scraped, for this many ticks, although one could once. */
    private Set<String> down(long fromTick, int ticks) {
        var down = new HashSet<String>();
        var up = new HashSet<String>();
        each("up", Map.of(), fromTick, (labels, values) -> {
            boolean isDown = last(values) == 0 && max(values, TICKS - ticks, TICKS) == 0;
            (isDown ? down : up).add(labels.get("service"));
            if (last(values) > 0) {
                answered.add(labels.get("service"));
            }
        });
        down.removeAll(up);
        down.retainAll(answered);
        return down;
    }

    private double busy(long fromTick) {
        var busiest = new double[1];
        each("system_cpu_usage", Map.of(), fromTick, (_, values) -> {
            double newest = max(values, TICKS - BUSY_TICKS, TICKS);
            busiest[0] = Math.max(busiest[0], Double.isNaN(newest) ? 0 : newest);
        });
        return busiest[0];
    }

    private List<Lag> lags(long fromTick, int before) {
        var lags = new ArrayList<Lag>();
        for (String name : series.names()) {
            if (!name.endsWith("_lag") || name.startsWith("kafka_consumer_")) {
                continue;
            }
            var sums = new TreeMap<String, double[]>();
            var labelsOf = new HashMap<String, Map<String, String>>();
            each(name, Map.of(), fromTick, (labels, values) -> {
                String group = labels.getOrDefault("group", labels.getOrDefault("consumergroup", ""));
                String key = labels.get("service") + '\n' + labels.getOrDefault("topic", "") + '\n' + group;
                labelsOf.put(key, Map.copyOf(labels));
                var sum = sums.computeIfAbsent(key, _ -> new double[TICKS]);
                for (int i = 0; i < TICKS; i++) {
                    sum[i] += values[i];
                }
            });
            sums.forEach((key, values) -> {
                double usual = often(values, before);
                double now = last(values);
                double earlier = values[TICKS - 1 - NOW_TICKS];
                if (known(values, 0, before) >= 4 && now >= 6 && now >= 3 * usual + 3 && now >= earlier) {
                    var labels = labelsOf.get(key);
                    lags.add(new Lag(labels.get("service"), name, labels.getOrDefault("topic", ""),
                            labels.getOrDefault("group", labels.getOrDefault("consumergroup", "")), usual, now));
                }
            });
        }
        // A consumer that measures its own lag is named by it; an exporter only knows the group.
        var measured = new HashSet<String>();
        lags.stream().filter(lag -> !lag.metric.startsWith("kafka_")).forEach(lag -> measured.add(lag.group));
        lags.removeIf(lag -> lag.metric.startsWith("kafka_") && measured.contains(lag.group));
        return lags;
    }

    private List<Pool> pools(long fromTick) {
        var used = new HashMap<String, Double>();
        each("db_client_connection_count", Map.of("db_client_connection_state", "used"), fromTick,
                (labels, values) -> used.merge(pool(labels), max(values, TICKS - NOW_TICKS, TICKS), Double::sum));
        var max = new HashMap<String, Double>();
        each("db_client_connection_max", Map.of(), fromTick, (labels, values) -> max.put(pool(labels), last(values)));
        var pools = new ArrayList<Pool>();
        each("db_client_connection_pending_requests", Map.of(), fromTick, (labels, values) -> {
            double most = max(values, TICKS - 3 * NOW_TICKS, TICKS);
            double limit = max.getOrDefault(pool(labels), Double.NaN);
            if (most > 0 && used.getOrDefault(pool(labels), 0.0) >= limit) {
                pools.add(new Pool(labels.get("service"), used.get(pool(labels)), limit, most));
            }
        });
        return pools;
    }

    private static String pool(Map<String, String> labels) {
        return labels.get("service") + '\n' + labels.getOrDefault("db_client_connection_pool_name", "");
    }

    private Optional<Locks> locks(long fromTick) {
        var blocked = new HashSet<String>();
        var blockers = new HashMap<String, Double>();
        each("pg_blocked_count", Map.of(), fromTick, (labels, values) -> {
            double now = last(values);
            String by = labels.getOrDefault("blocked_by", "");
            // For a lasting lock, some scrapes in a row show it.
            if (now > 0 && known(values, TICKS - NOW_TICKS, TICKS) >= 2 && !by.equals(labels.get("application_name"))) {
                blocked.add(labels.getOrDefault("application_name", ""));
                blockers.merge(by, now, Double::sum);
            }
        });
        return blocked.isEmpty() ? Optional.empty() : Optional.of(new Locks(blocked, blockers));
    }

    private Optional<Connections> connections(long fromTick, int before) {
        var max = new double[]{Double.NaN};
        each("pg_settings_max_connections", Map.of(), fromTick, (_, values) -> max[0] = last(values));
        var now = new HashMap<String, Double>();
        var earlier = new HashMap<String, Double>();
        var namespaces = new HashMap<String, String>();
        each("pg_stat_activity_count", Map.of(), fromTick, (labels, values) -> {
            String application = labels.getOrDefault("application_name", "");
            double newest = last(values);
            if (newest > 0) {
                namespaces.put(application, labels.getOrDefault("datname", ""));
            }
            now.merge(application, Double.isNaN(newest) ? 0 : newest, Double::sum);
            double usual = max(values, Math.max(0, before - 10), before);
            earlier.merge(application, Double.isNaN(usual) ? 0 : usual, Double::sum);
        });
        double used = now.values().stream().mapToDouble(Double::doubleValue).sum();
        if (Double.isNaN(max[0]) || used < 0.85 * max[0]) {
            return Optional.empty();
        }
        return now.keySet().stream()
                .max((one, other) -> Double.compare(now.get(one) - earlier.get(one), now.get(other) - earlier.get(other)))
                .map(most -> new Connections(used, max[0], most, namespaces.getOrDefault(most, ""), earlier.get(most), now.get(most)));
    }

    private List<Start> starts(long fromTick, long nowMillis) {
        var starts = new ArrayList<Start>();
        each("process_start_time_seconds", Map.of(), fromTick, (labels, values) -> {
            double newest = last(values);
            if (nowMillis - newest * 1000 < 120_000 && known(values, 0, TICKS) > 0) {
                starts.add(new Start(labels.get("service"), (long) (newest * 1000), ""));
            }
        });
        each("target_info", Map.of(), fromTick, (labels, values) -> {
            int first = 0;
            while (first < TICKS && Double.isNaN(values[first])) {
                first++;
            }
            if (first >= TICKS - 60 && first < TICKS && labels.containsKey("service_version")) {
                starts.add(new Start(labels.get("service"), (fromTick + first) * SeriesStore.TICK_MILLIS, labels.get("service_version")));
            }
        });
        return starts;
    }

    private List<Resource> resources(long fromTick, int before, List<Start> starts, long nowMillis) {
        var resources = new ArrayList<Resource>();
        var young = new HashSet<String>();
        starts.stream().filter(start -> start.version.isEmpty() && nowMillis - start.epochMillis < WARM_MILLIS)
                .forEach(start -> young.add(start.service));
        each("process_cpu_time_seconds_total", Map.of(), fromTick, (labels, values) -> {
            double usual = usualRate(values, before);
            double now = rate(values, TICKS - NOW_TICKS, TICKS);
            double half = rate(values, TICKS - 3, TICKS);
            if (now >= usual + 0.4 && half >= usual + 0.4 && now >= 4 * usual && !young.contains(labels.get("service"))) {
                resources.add(new Resource(labels.get("service"), Resource.Kind.CPU, usual, now));
            }
        });
        each("jvm_memory_usage_after_gc", Map.of(), fromTick, (labels, values) -> {
            double usual = max(values, Math.max(0, before - 60), before);
            double now = last(values);
            if (now >= 0.3 && now >= usual + 0.15 && known(values, 0, before) >= HEAP_TICKS && !young.contains(labels.get("service"))) {
                resources.add(new Resource(labels.get("service"), Resource.Kind.HEAP, usual, now));
            }
        });
        return resources;
    }

    /** Finds counters that never counted anything and begin to, and means that have moved by a factor. */
    private List<Figure> figures(long fromTick, int before, List<Start> starts, long nowMillis) {
        var figures = new ArrayList<Figure>();
        var names = List.copyOf(series.names());
        for (String name : names) {
            if (TECHNICAL.matcher(name).matches()) {
                continue;
            }
            if (name.endsWith("_sum") && names.contains(name.replaceFirst("_sum$", "_count"))) {
                means(name.substring(0, name.length() - 4), fromTick, before, figures);
            } else if (name.endsWith("_total") || !name.endsWith("_count") && !name.endsWith("_info")) {
                each(name, Map.of(), fromTick, (labels, values) -> {
                    double now = last(values);
                    double justNow = max(values, TICKS - 2 * NOW_TICKS, TICKS - NOW_TICKS);
                    boolean isCounter = name.endsWith("_total");
                    if (known(values, 0, before) >= (isCounter ? COUNTER_TICKS : GAUGE_TICKS) && now > 0 && isCount(now)
                            && isUnused(values, before) && (Double.isNaN(justNow) || now > justNow) && (isCounter || isLasting(values))) {
                        figures.add(new Figure(labels.get("service"), name, Map.copyOf(labels), 0, now));
                    }
                });
            }
        }
        return figures;
    }

    private static boolean isCount(double value) {
        return value == Math.rint(value);
    }

    private static boolean isLasting(double[] values) {
        return Arrays.stream(values, TICKS - LASTING_TICKS, TICKS).noneMatch(value -> value == 0);
    }

    private static boolean isUnused(double[] values, int before) {
        return Arrays.stream(values, 0, before).allMatch(value -> Double.isNaN(value) || value == 0);
    }

    /** Some values in a row of a metric. */
    private record Part(double mean, double count) {

        /** Returns an estimate of how far a single value is from a mean. */
        double deviation(double usual) {
            return Math.abs(mean - usual) * Math.sqrt(count);
        }
    }

    /** What is usual of the parts of a time is their median, because some of them may belong to another incident. */
    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private void means(String name, long fromTick, int before, List<Figure> figures) {
        var counts = new HashMap<Map<String, String>, double[]>();
        each(name + "_count", Map.of(), fromTick, (labels, values) -> counts.put(Map.copyOf(labels), values.clone()));
        each(name + "_sum", Map.of(), fromTick, (labels, values) -> {
            var count = counts.get(labels);
            if (count == null) {
                return;
            }
            int from = TICKS - 2 * NOW_TICKS;
            double nowCount = rate(count, from, TICKS);
            var parts = new ArrayList<Part>();
            double known = 0;
            for (int i = 0; i + CHUNK_TICKS <= Math.min(before, from); i += CHUNK_TICKS) {
                double often = rate(count, i, i + CHUNK_TICKS);
                var part = new Part(rate(values, i, i + CHUNK_TICKS) / often, often * CHUNK_TICKS * TICK_SECONDS);
                if (!Double.isNaN(part.mean)) {
                    parts.add(part);
                    known += part.count;
                }
            }
            if (parts.size() < LEAST_PARTS || known < LEAST_VALUES) {
                return;
            }
            double usual = median(parts.stream().mapToDouble(Part::mean));
            double deviation = median(parts.stream().mapToDouble(part -> part.deviation(usual))) / MEDIAN_DEVIATION;
            double now = rate(values, from, TICKS) / nowCount;
            double nowValues = nowCount * (TICKS - from) * TICK_SECONDS;
            if (nowValues >= 3 && usual > 0 && (now >= 8 * usual || now <= usual / 8)
                    && new Part(now, nowValues).deviation(usual) > LEAST_DEVIATIONS * deviation) {
                figures.add(new Figure(labels.get("service"), name, Map.copyOf(labels), usual, now));
            }
        });
    }
}
