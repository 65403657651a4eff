package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import org.debugshop.console.analysis.Chart.Exemplar;
import org.debugshop.console.analysis.Chart.KnownTraces;
import org.debugshop.console.analysis.Chart.Line;
import org.debugshop.console.analysis.Chart.Question;
import org.debugshop.console.analysis.Chart.Show;
import org.debugshop.console.analysis.MetricName.Kind;
import org.debugshop.console.store.SeriesStore;

/**
 * Builds a {@link Chart}.
 *
 * <pre>
 * series of the name          what each tick added, by group            a point every two ticks, of the last ten
 *  {uri="/a",le="0.1"} ●─┐
 *  {uri="/b",le="0.1"} ●─┴─▶ group "gateway": le 0.1 ▁▂▁▁▃ ─┐
 *  {uri="/a",le="0.5"} ●───▶                  le 0.5 ▁▁▁▂▁ ─┴─▶ p50, p95, p99 of the group
 * </pre>
 */
final class ChartBuilder {

    private static final int MAX_GROUPS = 200;
    /** How many arrays of {@link #TICKS} numbers all groups together may have: 7 MB, unless one group needs more. */
    private static final int MAX_PARTS = 2000;
    private static final int MAX_SERIES = 5000;
    private static final int MAX_EXEMPLARS = 100;
    private static final int TICKS = SeriesStore.WINDOW_TICKS;
    /** Two ticks, so that a line has no more points than a screen can show. */
    private static final int STEP = 2;
    /** Ten ticks, 20 seconds: what a rate or a quantile is computed of. */
    private static final int WINDOW = 10;
    private static final int FEW_SERIES = 8;
    /** Five minutes: how long a value stays that a service sent by itself. */
    private static final int LOOK_BACK = 150;

    /** The series that make one line, or, of quantiles, three. */
    private static final class Group {
        final Map<String, String> labels;
        /** By the upper bound of a bucket; of what is no histogram, one entry. */
        final TreeMap<Double, double[]> parts = new TreeMap<>();
        double[] divisor;
        /** Whether a series is of a scrape, so that there is a value each tick while its service runs. */
        boolean scraped;
        int firstValue = TICKS;
        int lastValue;

        Group(Map<String, String> labels) {
            this.labels = labels;
        }

        double[] divisor() {
            if (divisor == null) {
                divisor = new double[TICKS];
            }
            return divisor;
        }

        double[] part(double bound, double beginning) {
            return parts.computeIfAbsent(bound, _ -> {
                double[] part = new double[TICKS];
                Arrays.fill(part, beginning);
                return part;
            });
        }
    }

    private final SeriesStore series;
    private final Question question;
    private final MetricName metric;
    private final Show show;
    private final long firstTick;
    private final Map<String, Integer> beginOfService = new HashMap<>();
    private final SortedMap<String, SortedSet<String>> labels = new TreeMap<>();
    private final Map<Map<String, String>, Group> groups = new LinkedHashMap<>();
    private String by;
    private SortedSet<String> telling;
    private int maxGroups;

    ChartBuilder(SeriesStore series, Question question, MetricName metric, long nowMillis) {
        this.series = series;
        this.question = question;
        this.metric = metric;
        var possible = Chart.shows(metric.kind());
        show = question.show().orElse(possible.getFirst());
        if (!possible.contains(show)) {
            throw new IllegalArgumentException(
                    "%s is a %s; it can be shown as %s".formatted(metric.name(), metric.kind().name().toLowerCase(Locale.ROOT),
                            String.join(", ", possible.stream().map(each -> each.name().toLowerCase(Locale.ROOT)).toList())));
        }
        firstTick = nowMillis / SeriesStore.TICK_MILLIS - TICKS + 1;
    }

    Chart chart(KnownTraces traces) {
        series.values("up", Map.of(), firstTick, TICKS, MAX_SERIES,
                (own, values) -> beginOfService.merge(own.get("service"), first(values), Math::min));
        String main = switch (show) {
            case QUANTILES, P95 -> metric.name() + "_bucket";
            case MEAN -> metric.name() + "_sum";
            case RATE -> metric.kind() == Kind.COUNTER ? metric.name() : metric.name() + "_count";
            case VALUE -> metric.name();
        };
        var all = series.labels(main, MAX_SERIES);
        all.forEach(own -> own.forEach((name, value) -> {
            var values = labels.computeIfAbsent(name, _ -> new TreeSet<>());
            if (values.size() < Chart.MAX_LABEL_VALUES) {
                values.add(value);
            }
        }));
        labels.remove("le");
        var matching = all.stream().filter(own -> question.labels().entrySet().stream()
                .allMatch(wanted -> wanted.getValue().equals(own.get(wanted.getKey())))).toList();
        choose(matching);
        // What is divided by is a part of a group, too.
        long parts = matching.stream().map(ChartBuilder::bound).distinct().count() + (show == Show.MEAN ? 1 : 0);
        maxGroups = Math.clamp(MAX_PARTS / Math.max(1, parts), 1, MAX_GROUPS);
        series.values(main, question.labels(), firstTick, TICKS, MAX_SERIES,
                (own, values) -> add(own, values, group -> group.part(bound(own), show == Show.VALUE ? Double.NaN : 0)));
        if (show == Show.MEAN) {
            series.values(metric.name() + "_count", question.labels(), firstTick, TICKS, MAX_SERIES,
                    (own, values) -> add(own, values, Group::divisor));
        }
        var lines = new ArrayList<Line>();
        groups.values().forEach(group -> lines.addAll(lines(group)));
        lines.removeIf(line -> line.points().isEmpty());
        int limit = show == Show.QUANTILES ? 3 * Chart.MAX_LINES : Chart.MAX_LINES;
        int leftOut = Math.max(0, lines.size() - limit);
        if (leftOut > 0) {
            lines.sort(Comparator.comparingDouble(ChartBuilder::peak).reversed());
            lines.subList(limit, lines.size()).clear();
        }
        return new Chart(metric.name(), metric.kind(), metric.help(), unit(), show, Chart.shows(metric.kind()), by, labels, lines, leftOut,
                exemplars(main, traces));
    }

    private String unit() {
        return switch (show) {
            case RATE -> metric.kind() == Kind.COUNTER && !metric.unit().isEmpty() ? metric.unit() + "/s" : "1/s";
            case VALUE, MEAN, QUANTILES, P95 -> metric.unit();
        };
    }

    /** By what the series are put together, and which labels tell the lines apart. */
    private void choose(List<SortedMap<String, String>> matching) {
        var bare = new HashSet<Map<String, String>>();
        matching.forEach(own -> bare.add(without(own, "le")));
        boolean few = bare.size() <= FEW_SERIES;
        by = question.by().orElseGet(() -> show == Show.QUANTILES
                ? ""
                : few
                        ? Chart.EACH
                        : bare.stream().map(each -> each.get("service")).distinct().count() > 1 || !labels.containsKey("uri")
                                ? "service"
                                : "uri");
        telling = new TreeSet<>();
        if (by.equals(Chart.EACH)) {
            var seen = new HashMap<String, String>();
            bare.forEach(each -> each.forEach((name, value) -> {
                if (!value.equals(seen.computeIfAbsent(name, _ -> value))) {
                    telling.add(name);
                }
            }));
            bare.forEach(each -> seen.keySet().stream().filter(name -> !each.containsKey(name)).forEach(telling::add));
            if (telling.isEmpty() && !bare.isEmpty()) {
                telling.add("service");
            }
        } else if (!by.isEmpty()) {
            telling.add(by);
        }
    }

    private void add(Map<String, String> labelsOfSeries, double[] values, Function<Group, double[]> to) {
        var own = new TreeMap<String, String>();
        telling.forEach(name -> Optional.ofNullable(labelsOfSeries.get(name)).ifPresent(value -> own.put(name, value)));
        var group = groups.get(own);
        if (group == null) {
            if (groups.size() == maxGroups) {
                return;
            }
            groups.put(own, group = new Group(own));
        }
        boolean scraped = beginOfService.containsKey(labelsOfSeries.get("service"));
        group.scraped |= scraped;
        group.firstValue = Math.min(group.firstValue, first(values));
        group.lastValue = Math.max(group.lastValue, last(values));
        double[] sum = to.apply(group);
        if (show == Show.VALUE) {
            addValues(values, sum, scraped ? 0 : LOOK_BACK);
        } else if (scraped) {
            addIncreases(labelsOfSeries.get("service"), values, sum);
        } else {
            spreadIncreases(values, sum);
        }
    }

    /** @param lookBack for how many ticks a value holds if no other follows */
    private static void addValues(double[] values, double[] sum, int lookBack) {
        double value = Double.NaN;
        int age = 0;
        // Nothing and no value are two things: what is missing everywhere is no point.
        for (int i = 0; i < TICKS; i++) {
            age = Double.isNaN(values[i]) ? age + 1 : 0;
            value = age == 0 ? values[i] : value;
            if (age <= lookBack && !Double.isNaN(value)) {
                sum[i] = Double.isNaN(sum[i]) ? value : sum[i] + value;
            }
        }
    }

    /** A service that sends once a minute has counted all the minute, and not at its end. */
    private static void spreadIncreases(double[] values, double[] sum) {
        int last = TICKS;
        for (int i = first(values); i < TICKS; i++) {
            if (!Double.isNaN(values[i])) {
                if (last < i) {
                    double increase = Increases.between(values[last], values[i]);
                    for (int j = last + 1; j <= i; j++) {
                        sum[j] += increase / (i - last);
                    }
                }
                last = i;
            }
        }
    }

    private void addIncreases(String service, double[] values, double[] sum) {
        int first = first(values);
        // A counter appears with the first that it counts, unless it is as old as what is remembered of its service.
        var increases = new Increases(first < TICKS && first > beginOfService.getOrDefault(service, first));
        for (int i = first; i < TICKS; i++) {
            if (!Double.isNaN(values[i])) {
                sum[i] += increases.next(values[i]);
            }
        }
    }

    private List<Line> lines(Group group) {
        return switch (show) {
            case VALUE -> List.of(line(group.labels, i -> group.parts.firstEntry().getValue()[i]));
            case RATE -> List.of(line(group.labels, rate(group)));
            case MEAN -> List.of(line(group.labels, i -> {
                double count = sum(group.divisor(), i);
                return count == 0 ? Double.NaN : sum(group.part(Double.POSITIVE_INFINITY, 0), i) / count;
            }));
            case P95 -> List.of(line(group.labels, i -> quantile(group, 0.95, i)));
            case QUANTILES -> List.of(quantileLine(group, 0.5, "p50"), quantileLine(group, 0.95, "p95"), quantileLine(group, 0.99, "p99"));
        };
    }

    /** A second, of the seconds that are known. */
    private IntToDoubleFunction rate(Group group) {
        double[] increases = group.part(Double.POSITIVE_INFINITY, 0);
        if (!group.scraped) {
            return i -> i <= group.firstValue || i > group.lastValue
                    ? Double.NaN
                    : sum(increases, i) / (Math.min(WINDOW, i - group.firstValue) * SeriesStore.TICK_MILLIS / 1000.0);
        }
        int begin = beginOfService.entrySet().stream()
                .filter(each -> !group.labels.containsKey("service") || each.getKey().equals(group.labels.get("service")))
                .mapToInt(Map.Entry::getValue).min().orElse(0);
        return i -> {
            int known = Math.min(WINDOW, i - begin);
            return known < 1 ? Double.NaN : sum(increases, i) / (known * SeriesStore.TICK_MILLIS / 1000.0);
        };
    }

    private Line quantileLine(Group group, double quantile, String name) {
        var own = new TreeMap<>(group.labels);
        own.put("quantile", name);
        return line(own, i -> quantile(group, quantile, i));
    }

    private Line line(Map<String, String> labels, IntToDoubleFunction value) {
        var points = new ArrayList<Object[]>();
        // Steps lie on the same instants whenever somebody asks, so that a line does not tremble.
        for (int i = Math.floorMod(-firstTick, STEP); i < TICKS; i += STEP) {
            long millis = (firstTick + i) * SeriesStore.TICK_MILLIS;
            double y = value.applyAsDouble(i);
            if (millis >= question.sinceMillis() && Double.isFinite(y)) {
                points.add(new Object[]{millis, y});
            }
        }
        return new Line(labels, points);
    }

    private static double sum(double[] increases, int end) {
        double sum = 0;
        for (int i = Math.max(0, end - WINDOW + 1); i <= end; i++) {
            sum += increases[i];
        }
        return sum;
    }

    /** Buckets hold all below their bound; NaN if there was nothing in the window. */
    private static double quantile(Group group, double quantile, int end) {
        double all = sum(group.parts.lastEntry().getValue(), end);
        if (all <= 0) {
            return Double.NaN;
        }
        double rank = quantile * all;
        double lower = 0;
        double below = 0;
        for (var bucket : group.parts.entrySet()) {
            double upTo = sum(bucket.getValue(), end);
            if (upTo >= rank) {
                double bound = bucket.getKey();
                if (bound == Double.POSITIVE_INFINITY) {
                    return lower;
                }
                return upTo == below ? bound : lower + (bound - lower) * (rank - below) / (upTo - below);
            }
            lower = bucket.getKey();
            below = upTo;
        }
        return lower;
    }

    private static double bound(Map<String, String> labels) {
        String le = labels.get("le");
        try {
            return le == null || le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
        } catch (NumberFormatException e) {
            return Double.POSITIVE_INFINITY;
        }
    }

    /** A value of an exemplar is a duration or a size, so it has no place among rates. */
    private List<Exemplar> exemplars(String main, KnownTraces traces) {
        if (metric.kind() != Kind.HISTOGRAM || show == Show.RATE) {
            return List.of();
        }
        String bucket = main.endsWith("_bucket") ? main : metric.name() + "_bucket";
        long since = Math.max(question.sinceMillis(), firstTick * SeriesStore.TICK_MILLIS);
        var newest = new LinkedHashMap<String, Exemplar>();
        series.exemplars(bucket, question.labels(), MAX_SERIES).stream()
                .flatMap(each -> each.exemplars().stream().filter(exemplar -> !Double.isNaN(exemplar.seconds()))
                        .map(exemplar -> new Exemplar(exemplar.traceId(), exemplar.value(), Math.round(exemplar.seconds() * 1000),
                                without(each.labels(), "le"))))
                .filter(each -> each.epochMs() >= since)
                .sorted(Comparator.comparingLong(Exemplar::epochMs).reversed())
                .forEach(each -> {
                    if (newest.size() < MAX_EXEMPLARS && traces.has(each.traceId())) {
                        newest.putIfAbsent(each.traceId(), each);
                    }
                });
        return List.copyOf(newest.values());
    }

    private static int first(double[] values) {
        int i = 0;
        while (i < values.length && Double.isNaN(values[i])) {
            i++;
        }
        return i;
    }

    private static int last(double[] values) {
        int i = values.length - 1;
        while (i > 0 && Double.isNaN(values[i])) {
            i--;
        }
        return i;
    }

    private static Map<String, String> without(Map<String, String> labels, String name) {
        var rest = new TreeMap<>(labels);
        rest.remove(name);
        return rest;
    }

    private static double peak(Line line) {
        return line.points().stream().mapToDouble(point -> (double) point[1]).max().orElse(0);
    }
}
