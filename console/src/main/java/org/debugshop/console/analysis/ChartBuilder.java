package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import org.debugshop.console.analysis.Chart.Exemplar;
import org.debugshop.console.analysis.Chart.KnownTraces;
import org.debugshop.console.analysis.Chart.Line;
import org.debugshop.console.analysis.Chart.Question;
import org.debugshop.console.analysis.Chart.Show;
import org.debugshop.console.analysis.MetricName.Kind;
import org.debugshop.console.store.SeriesStore;

/**
 * Builds a {@link Chart}: {@link Grouping} chooses which series form a line, {@link SeriesGroup} adds them up, and each sum becomes
 * points.
 */
final class ChartBuilder {

    private static final int MAX_GROUPS = 200;
    /** The maximum number of arrays of {@link #TICKS} numbers in all groups together: 7 MB, unless one group needs more. */
    private static final int MAX_PARTS = 2000;
    private static final int MAX_SERIES = 5000;
    private static final int MAX_EXEMPLARS = 100;
    private static final int TICKS = SeriesGroup.TICKS;
    /** Two ticks between points, so that a line has no more points than a screen can show. */
    private static final int STEP = 2;

    private final SeriesStore series;
    private final Question question;
    private final MetricName metric;
    private final Show show;
    private final long firstTick;
    private final Map<String, Integer> beginOfService = new HashMap<>();

    ChartBuilder(SeriesStore series, Question question, MetricName metric, long nowMillis) {
        this.series = series;
        this.question = question;
        this.metric = metric;
        var possible = Chart.shows(metric.kind());
        show = question.show().orElse(possible.getFirst());
        if (!possible.contains(show)) {
            throw new IllegalArgumentException(
                    "%s is a %s; it can be shown as %s".formatted(metric.name(), metric.kind().name().toLowerCase(Locale.ROOT),
                            String.join(", ",
                                    possible.stream().map(representation -> representation.name().toLowerCase(Locale.ROOT)).toList())));
        }
        firstTick = nowMillis / SeriesStore.TICK_MILLIS - TICKS + 1;
    }

    Chart chart(KnownTraces traces) {
        series.values("up", Map.of(), firstTick, TICKS, MAX_SERIES,
                (own, values) -> beginOfService.merge(own.get("service"), SeriesGroup.first(values), Math::min));
        String main = switch (show) {
            case QUANTILES, P95 -> metric.name() + "_bucket";
            case MEAN -> metric.name() + "_sum";
            case RATE -> metric.kind() == Kind.COUNTER ? metric.name() : metric.name() + "_count";
            case VALUE -> metric.name();
        };
        var all = series.labels(main, MAX_SERIES);
        var labels = labels(all);
        var matching = all.stream().filter(own -> question.labels().entrySet().stream()
                .allMatch(wanted -> wanted.getValue().equals(own.get(wanted.getKey())))).toList();
        var grouping = Grouping.of(question.by(), show, matching, labels.keySet());
        var lines = new ArrayList<Line>();
        groups(main, grouping, maxGroups(matching)).forEach(group -> lines.addAll(lines(group)));
        lines.removeIf(line -> line.points().isEmpty());
        int limit = show == Show.QUANTILES ? 3 * Chart.MAX_LINES : Chart.MAX_LINES;
        int leftOut = Math.max(0, lines.size() - limit);
        if (leftOut > 0) {
            lines.sort(Comparator.comparingDouble(ChartBuilder::peak).reversed());
            lines.subList(limit, lines.size()).clear();
        }
        return new Chart(metric.name(), metric.kind(), metric.help(), unit(), show, Chart.shows(metric.kind()), grouping.by(), labels,
                lines,
                leftOut, exemplars(main, traces));
    }

    /** Returns the labels of all series with their values. */
    private static SortedMap<String, SortedSet<String>> labels(List<SortedMap<String, String>> series) {
        var labels = new TreeMap<String, SortedSet<String>>();
        series.forEach(own -> own.forEach((name, value) -> {
            var values = labels.computeIfAbsent(name, _ -> new TreeSet<>());
            if (values.size() < Chart.MAX_LABEL_VALUES) {
                values.add(value);
            }
        }));
        labels.remove("le");
        return labels;
    }

    private int maxGroups(List<SortedMap<String, String>> matching) {
        // The divisor is a part of a group, too.
        long parts = matching.stream().map(ChartBuilder::bound).distinct().count() + (show == Show.MEAN ? 1 : 0);
        return Math.clamp(MAX_PARTS / Math.max(1, parts), 1, MAX_GROUPS);
    }

    private Collection<SeriesGroup> groups(String main, Grouping grouping, int limit) {
        Map<Map<String, String>, SeriesGroup> groups = new LinkedHashMap<>();
        series.values(main, question.labels(), firstTick, TICKS, MAX_SERIES, (own, values) -> {
            var group = group(groups, grouping.lineOf(own), limit);
            if (show == Show.VALUE) {
                group.ifPresent(of -> of.addValues(bound(own), values, scrapedFrom(own)));
            } else {
                group.ifPresent(of -> of.addIncreases(bound(own), values, scrapedFrom(own)));
            }
        });
        if (show == Show.MEAN) {
            series.values(metric.name() + "_count", question.labels(), firstTick, TICKS, MAX_SERIES,
                    (own, values) -> group(groups, grouping.lineOf(own), limit).ifPresent(of -> of.addToDivisor(values, scrapedFrom(own))));
        }
        return groups.values();
    }

    /** Returns the group of a line; empty if it is new and there are too many groups. */
    private static Optional<SeriesGroup> group(Map<Map<String, String>, SeriesGroup> groups, Map<String, String> line, int limit) {
        return Optional.ofNullable(groups.containsKey(line) || groups.size() < limit
                ? groups.computeIfAbsent(line, SeriesGroup::new)
                : null);
    }

    private OptionalInt scrapedFrom(Map<String, String> labels) {
        Integer begin = beginOfService.get(labels.get("service"));
        return begin == null ? OptionalInt.empty() : OptionalInt.of(begin);
    }

    private String unit() {
        return switch (show) {
            case RATE -> metric.kind() == Kind.COUNTER && !metric.unit().isEmpty() ? metric.unit() + "/s" : "1/s";
            case VALUE, MEAN, QUANTILES, P95 -> metric.unit();
        };
    }

    private List<Line> lines(SeriesGroup group) {
        return switch (show) {
            case VALUE -> List.of(line(group.labels(), group::value));
            case RATE -> List.of(line(group.labels(), group.rate(scrapedFrom(group))));
            case MEAN -> List.of(line(group.labels(), group::mean));
            case P95 -> List.of(line(group.labels(), tick -> group.quantile(0.95, tick)));
            case QUANTILES -> List.of(quantileLine(group, 0.5, "p50"), quantileLine(group, 0.95, "p95"), quantileLine(group, 0.99, "p99"));
        };
    }

    /** Returns the first tick at which the line's service was scraped, if the line has only one service. */
    private int scrapedFrom(SeriesGroup group) {
        String service = group.labels().get("service");
        return beginOfService.entrySet().stream()
                .filter(begin -> !group.labels().containsKey("service") || begin.getKey().equals(service))
                .mapToInt(Map.Entry::getValue).min().orElse(0);
    }

    private Line quantileLine(SeriesGroup group, double quantile, String name) {
        var own = new TreeMap<>(group.labels());
        own.put("quantile", name);
        return line(own, tick -> group.quantile(quantile, tick));
    }

    private Line line(Map<String, String> labels, IntToDoubleFunction value) {
        var points = new ArrayList<Object[]>();
        // Points lie at the same instants on every request, so that a line doesn't jitter when it is updated.
        for (int i = Math.floorMod(-firstTick, STEP); i < TICKS; i += STEP) {
            long millis = (firstTick + i) * SeriesStore.TICK_MILLIS;
            double y = value.applyAsDouble(i);
            if (millis >= question.sinceMillis() && Double.isFinite(y)) {
                points.add(new Object[]{millis, y});
            }
        }
        return new Line(labels, points);
    }

    private static double bound(Map<String, String> labels) {
        String le = labels.get("le");
        try {
            return le == null || le.equals("+Inf") ? SeriesGroup.UNBOUNDED : Double.parseDouble(le);
        } catch (NumberFormatException e) {
            return SeriesGroup.UNBOUNDED;
        }
    }

    /** Returns the newest exemplars. Charts of rates have none, because an exemplar's value is a duration or a size. */
    private List<Exemplar> exemplars(String main, KnownTraces traces) {
        if (metric.kind() != Kind.HISTOGRAM || show == Show.RATE) {
            return List.of();
        }
        String bucket = main.endsWith("_bucket") ? main : metric.name() + "_bucket";
        long since = Math.max(question.sinceMillis(), firstTick * SeriesStore.TICK_MILLIS);
        var newest = new LinkedHashMap<String, Exemplar>();
        series.exemplars(bucket, question.labels(), MAX_SERIES).stream()
                .flatMap(found -> found.exemplars().stream().filter(exemplar -> !Double.isNaN(exemplar.seconds()))
                        .map(exemplar -> new Exemplar(exemplar.traceId(), exemplar.value(), Math.round(exemplar.seconds() * 1000),
                                Grouping.withoutBound(found.labels()))))
                .filter(candidate -> candidate.epochMs() >= since)
                .sorted(Comparator.comparingLong(Exemplar::epochMs).reversed())
                .forEach(candidate -> {
                    if (newest.size() < MAX_EXEMPLARS && traces.has(candidate.traceId())) {
                        newest.putIfAbsent(candidate.traceId(), candidate);
                    }
                });
        return List.copyOf(newest.values());
    }

    private static double peak(Line line) {
        return line.points().stream().mapToDouble(point -> (double) point[1]).max().orElse(0);
    }
}
