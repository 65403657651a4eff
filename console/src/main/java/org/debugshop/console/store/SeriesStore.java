package org.debugshop.console.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.debugshop.console.store.Exposition.Family;
import org.debugshop.console.store.Sample.Exemplar;

/**
 * The scraped and the pushed metrics of the last 15 minutes, by name and labels.
 *
 * <pre>
 * by service and text                                        by name
 *   gateway   up                                  ─▶ ●        up                         ─▶ ● ●
 *             http_..._bucket{uri="/",le="0.1"}   ─▶ ●        http_..._seconds_bucket    ─▶ ● ●
 *   currency  up                                  ─▶ ●
 *             http_..._bucket{uri="/rates",...}   ─▶ ●        ● a series: labels, {@link CompressedPoints}, latest exemplars
 * </pre>
 *
 * Time is counted in ticks of two seconds since the epoch, so the points of all series have the same times. The number of series is
 * limited: new series beyond it are dropped and counted, until others have had no values for 15 minutes. The bytes are limited,
 * too: when they are used up, each series drops its oldest points for new ones. Thread-safe.
 */
public final class SeriesStore {

    public static final int TICK_MILLIS = 2000;
    public static final int WINDOW_TICKS = 15 * 60 * 1000 / TICK_MILLIS;
    public static final int MAX_SERIES = 20_000;
    /** How many of {@link #MAX_SERIES} may be pushed, so that pushed series don't displace scraped ones. */
    public static final int MAX_PUSHED_SERIES = 5000;
    public static final int MAX_BYTES = 12 * 1024 * 1024;
    /** The maximum number of points in an answer; written as JSON, they take about 10 MiB. */
    public static final int MAX_POINTS = 100_000;
    private static final int MAX_SERIES_TEXT = 2048;
    private static final int MAX_FAMILIES = 5000;
    private static final int MAX_HELP = 500;
    private static final int MAX_EXEMPLARS = 8;
    private static final int SERIES_BYTES = 256;
    private static final int EXEMPLAR_BYTES = 192;

    /** A value at a point in time, in the unit of the metric. */
    public record Point(long epochMillis, double value) {}

    /** A series in an answer: {@code labels} include {@code service}; exemplars are the latest few, oldest first. */
    public record Found(SortedMap<String, String> labels, List<Point> points, List<Exemplar> exemplars) {}

    /**
     * A pushed data point.
     *
     * @param samples its samples, for example all those of a histogram
     * @param delta whether they are increases since the previous data point
     */
    public record Push(List<Sample> samples, boolean delta) {}

    /** Receives one series after another. */
    @FunctionalInterface
    public interface ValuesVisitor {
        /**
         * @param values one value per tick from the first requested tick on, NaN if there is none; the array is reused for the next
         *        series
         */
        void visit(SortedMap<String, String> labels, double[] values);
    }

    /** The latest exemplars of a series, oldest first. */
    public record Exemplars(SortedMap<String, String> labels, List<Exemplar> exemplars) {}

    /** A page of the series of a metric; {@code next} is where the next page starts, empty on the last one. */
    public record Page(List<Found> series, Optional<Place> next) {}

    /**
     * The position of a series among those of its metric. It doesn't change if other series appear or disappear. The text form is
     * opaque to clients.
     */
    public record Place(String service, String text) implements Comparable<Place> {

        private static final Comparator<Place> ORDER = Comparator.comparing(Place::service).thenComparing(Place::text);

        /** @throws IllegalArgumentException if it wasn't written by {@link #toString} */
        public static Place parse(String word) {
            String[] parts = new String(Base64.getUrlDecoder().decode(word), StandardCharsets.UTF_8).split("\n", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("not a place");
            }
            return new Place(parts[0], parts[1]);
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return Base64.getUrlEncoder().withoutPadding().encodeToString((service + "\n" + text).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static final class Series {
        final Place place;
        final SortedMap<String, String> labels;
        final CompressedPoints points = new CompressedPoints();
        final int fixedBytes;
        final boolean pushed;
        double total;
        ArrayDeque<Exemplar> exemplars;

        Series(String service, String text, SortedMap<String, String> labels, boolean pushed, int fixedBytes) {
            this.pushed = pushed;
            this.place = new Place(service, text);
            this.labels = labels;
            this.fixedBytes = fixedBytes;
        }

        void add(Exemplar exemplar) {
            if (exemplars == null) {
                exemplars = new ArrayDeque<>(2);
            }
            if (!exemplar.equals(exemplars.peekLast())) {
                exemplars.addLast(exemplar);
                if (exemplars.size() > MAX_EXEMPLARS) {
                    exemplars.removeFirst();
                }
            }
        }

        int bytes() {
            return fixedBytes + points.bytes() + (exemplars == null ? 0 : EXEMPLAR_BYTES * exemplars.size());
        }
    }

    private final int maxSeries;
    private final long maxBytes;
    private final Map<String, Map<String, Series>> byService = new HashMap<>();
    private final SortedMap<String, List<Series>> byName = new TreeMap<>();
    private final Map<String, Family> families = new HashMap<>();
    private final InternPool strings = new InternPool(4096);
    private int series;
    private int pushedSeries;
    private long bytes;
    private long dropped;
    private long lastSweep;

    public SeriesStore(int maxSeries, long maxBytes) {
        this.maxSeries = maxSeries;
        this.maxBytes = maxBytes;
    }

    /** Stores one scrape of one service. */
    public synchronized void add(String service, long epochMillis, List<Sample> samples) {
        long tick = epochMillis / TICK_MILLIS;
        sweep(tick);
        samples.forEach(
                sample -> seriesOf(service, sample, false).ifPresent(known -> append(known, tick, sample.value(), sample.exemplar())));
    }

    /**
     * Stores pushed data points, which may come at any interval.
     *
     * @param epochMillis the time of arrival
     * @return how many data points were not stored completely, for lack of room
     */
    public synchronized int push(String service, long epochMillis, List<Push> points) {
        long tick = epochMillis / TICK_MILLIS;
        sweep(tick);
        int full = 0;
        for (Push point : points) {
            boolean whole = true;
            for (Sample sample : point.samples()) {
                Optional<Series> found = seriesOf(service, sample, true);
                found.ifPresent(known -> {
                    known.total = point.delta() ? known.total + sample.value() : sample.value();
                    append(known, tick, known.total, sample.exemplar());
                });
                whole &= found.isPresent();
            }
            full += whole ? 0 : 1;
        }
        return full;
    }

    /** Returns the existing series, or a new one if there is room. */
    private Optional<Series> seriesOf(String service, Sample sample, boolean pushed) {
        Map<String, Series> ofService = byService.getOrDefault(service, Map.of());
        Series known = ofService.get(sample.series());
        if (known == null) {
            if (series >= maxSeries || pushed && pushedSeries >= MAX_PUSHED_SERIES || bytes >= maxBytes
                    || sample.series().length() > MAX_SERIES_TEXT) {
                dropped++;
                return Optional.empty();
            }
            known = begin(service, sample, pushed);
            byService.computeIfAbsent(service, _ -> new HashMap<>()).put(sample.series(), known);
        }
        return Optional.of(known);
    }

    private void append(Series to, long tick, double value, Optional<Exemplar> exemplar) {
        bytes -= to.bytes();
        to.points.append(tick, value, bytes >= maxBytes);
        exemplar.ifPresent(to::add);
        bytes += to.bytes();
    }

    /** Stores the comments about metrics. The first comment about a metric is kept. */
    public synchronized void describe(Map<String, Family> described) {
        described.forEach((name, family) -> {
            if (families.size() < MAX_FAMILIES && name.length() <= MAX_HELP && family.help().length() <= MAX_HELP) {
                families.putIfAbsent(name, family);
            }
        });
    }

    /** Returns the comments about this family, by its name in the comments; {@link Family#UNKNOWN} if there are none. */
    public synchronized Family family(String name) {
        return families.getOrDefault(name, Family.UNKNOWN);
    }

    private Series begin(String service, Sample sample, boolean pushed) {
        SortedMap<String, String> labels = new TreeMap<>();
        for (int i = 0; i < sample.labels().size(); i += 2) {
            String name = sample.labels().get(i);
            // Like Prometheus, if a scraped label has the name of one of the target's labels.
            labels.put(name.equals("service") ? "exported_service" : strings.intern(name), strings.intern(sample.labels().get(i + 1)));
        }
        labels.put("service", service);
        var begun = new Series(service, sample.series(), labels, pushed, SERIES_BYTES + 80 * labels.size() + 2 * sample.series().length());
        byName.computeIfAbsent(sample.name(), _ -> new ArrayList<>()).add(begun);
        series++;
        pushedSeries += pushed ? 1 : 0;
        bytes += begun.bytes();
        return begun;
    }

    /** Removes the series without a point in the window, once a minute. */
    private void sweep(long tick) {
        if (tick - lastSweep < 30) {
            return;
        }
        lastSweep = tick;
        byName.values().forEach(list -> list.removeIf(entry -> {
            boolean gone = entry.points.newestTick() < tick - WINDOW_TICKS;
            if (gone) {
                series--;
                pushedSeries -= entry.pushed ? 1 : 0;
                bytes -= entry.bytes();
            }
            return gone;
        }));
        byName.values().removeIf(List::isEmpty);
        byService.values().forEach(map -> map.values().removeIf(entry -> entry.points.newestTick() < tick - WINDOW_TICKS));
        byService.values().removeIf(Map::isEmpty);
    }

    /** Returns the names in alphabetical order. */
    public synchronized List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /**
     * Finds the series of this name with these labels, sorted by service and then by their text. A page ends early if it would have
     * more than {@value #MAX_POINTS} points, but it has at least one series.
     *
     * @param sinceMillis the earliest time of the points, which are at most 15 minutes old
     * @param after the end of the previous page
     */
    public Page find(String name, Map<String, String> labels, long sinceMillis, long nowMillis, int limit, Optional<Place> after) {
        long fromMillis = Math.max(sinceMillis, nowMillis - (long) WINDOW_TICKS * TICK_MILLIS);
        long fromTick = Math.ceilDiv(fromMillis, TICK_MILLIS);
        List<Series> matching = matching(name, labels, after);
        List<Found> found = new ArrayList<>();
        int points = 0;
        for (Series candidate : matching) {
            Found next = found(candidate, fromTick);
            points += next.points().size();
            if (found.size() == limit || points > MAX_POINTS && !found.isEmpty()) {
                return new Page(found, Optional.of(matching.get(found.size() - 1).place));
            }
            found.add(next);
        }
        return new Page(found, Optional.empty());
    }

    /** Returns the labels of at most {@code limit} series of this name, in the order of {@link #find}. */
    public List<SortedMap<String, String>> labels(String name, int limit) {
        return matching(name, Map.of(), Optional.empty()).stream().limit(limit).map(series -> series.labels).toList();
    }

    /**
     * Visits at most {@code limit} series of this name with these labels, in the order of {@link #find}. It takes the memory of a
     * single series.
     *
     * @param fromTick the first tick
     * @param ticks the number of ticks
     */
    public void values(String name, Map<String, String> labels, long fromTick, int ticks, int limit, ValuesVisitor visitor) {
        double[] values = new double[ticks];
        matching(name, labels, Optional.empty()).stream().limit(limit).forEach(series -> {
            fill(values, series, fromTick);
            visitor.visit(series.labels, values);
        });
    }

    private synchronized void fill(double[] values, Series series, long fromTick) {
        Arrays.fill(values, Double.NaN);
        series.points.forEach(fromTick, (tick, value) -> {
            if (tick < fromTick + values.length) {
                values[(int) (tick - fromTick)] = value;
            }
        });
    }

    /** Returns the exemplars of at most {@code limit} series of this name with these labels. */
    public synchronized List<Exemplars> exemplars(String name, Map<String, String> labels, int limit) {
        return matching(name, labels, Optional.empty()).stream().filter(series -> series.exemplars != null).limit(limit)
                .map(series -> new Exemplars(series.labels, List.copyOf(series.exemplars))).toList();
    }

    private synchronized List<Series> matching(String name, Map<String, String> labels, Optional<Place> after) {
        return byName.getOrDefault(name, List.of()).stream()
                .filter(series -> after.isEmpty() || series.place.compareTo(after.get()) > 0)
                .filter(series -> labels.entrySet().stream()
                        .allMatch(wanted -> wanted.getValue().equals(series.labels.get(wanted.getKey()))))
                .sorted(Comparator.comparing(series -> series.place))
                .toList();
    }

    /** Holds the lock for one series only, so that a scrape need not wait for a whole answer. */
    private synchronized Found found(Series series, long fromTick) {
        List<Point> points = new ArrayList<>();
        series.points.forEach(fromTick, (tick, value) -> points.add(new Point(tick * TICK_MILLIS, value)));
        return new Found(series.labels, points, series.exemplars == null ? List.of() : List.copyOf(series.exemplars));
    }

    public synchronized int series() {
        return series;
    }

    /** Returns the estimated size, which the limit applies to. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Returns the number of samples that were dropped because there was no room for their series. */
    public synchronized long dropped() {
        return dropped;
    }
}
