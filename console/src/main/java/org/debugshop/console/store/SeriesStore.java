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
 * What the scrapes of the last 15 minutes said, and what services sent by themselves, by name and labels.
 *
 * <pre>
 * by service and text                                        by name
 *   gateway   up                                  ─▶ ●        up                         ─▶ ● ●
 *             http_..._bucket{uri="/",le="0.1"}   ─▶ ●        http_..._seconds_bucket    ─▶ ● ●
 *   currency  up                                  ─▶ ●
 *             http_..._bucket{uri="/rates",...}   ─▶ ●        ● a series: labels, {@link CompressedPoints}, latest exemplars
 * </pre>
 *
 * Time is counted in ticks of two seconds since the epoch, so the points of all series fall on the same instants.
 * The number of series is bounded: what is new beyond it is dropped and counted, until others have been gone for 15 minutes. So are the
 * bytes:
 * when those are used up, each series gives up its eldest points for new ones. Safe for several threads.
 */
public final class SeriesStore {

    public static final int TICK_MILLIS = 2000;
    public static final int WINDOW_TICKS = 15 * 60 * 1000 / TICK_MILLIS;
    public static final int MAX_SERIES = 20_000;
    /** Of {@link #MAX_SERIES}, those that services send by themselves: they must not displace what is scraped. */
    public static final int MAX_PUSHED_SERIES = 5000;
    public static final int MAX_BYTES = 12 * 1024 * 1024;
    /** Of one answer; with what it takes to write them, some 10 MiB. */
    public static final int MAX_POINTS = 100_000;
    private static final int MAX_SERIES_TEXT = 2048;
    private static final int MAX_FAMILIES = 5000;
    private static final int MAX_HELP = 500;
    private static final int MAX_EXEMPLARS = 8;
    private static final int SERIES_BYTES = 248;
    private static final int EXEMPLAR_BYTES = 192;

    /** A point in time and what it was, in the unit of the metric. */
    public record Point(long epochMillis, double value) {}

    /** An answer: {@code labels} include {@code service}; exemplars are the latest few, eldest first. */
    public record Found(SortedMap<String, String> labels, List<Point> points, List<Exemplar> exemplars) {}

    /**
     * What a service sent by itself, one data point.
     *
     * @param samples all that a histogram has, say
     * @param delta whether they are what was added since the last data point
     */
    public record Push(List<Sample> samples, boolean delta) {}

    /** Takes one series after the other. */
    @FunctionalInterface
    public interface ValuesVisitor {
        /** @param values one a tick from the first tick that was asked for, NaN where there is none; the array is used again for the next */
        void visit(SortedMap<String, String> labels, double[] values);
    }

    /** The latest exemplars of a series, eldest first. */
    public record Exemplars(SortedMap<String, String> labels, List<Exemplar> exemplars) {}

    /** A part of the series of a name; {@code next} is where the next part begins, empty at the end. */
    public record Page(List<Found> series, Optional<Place> next) {}

    /** The place of a series among those of its name. It stays the same while others come and go. To a client it is one opaque word. */
    public record Place(String service, String text) implements Comparable<Place> {

        private static final Comparator<Place> ORDER = Comparator.comparing(Place::service).thenComparing(Place::text);

        /** @throws IllegalArgumentException if it is not what {@link #toString} wrote */
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
    private final Pool strings = new Pool(4096);
    private int series;
    private int pushedSeries;
    private long bytes;
    private long dropped;
    private long lastSweep;

    public SeriesStore(int maxSeries, long maxBytes) {
        this.maxSeries = maxSeries;
        this.maxBytes = maxBytes;
    }

    /** One scrape of one service. */
    public synchronized void add(String service, long epochMillis, List<Sample> samples) {
        long tick = epochMillis / TICK_MILLIS;
        sweep(tick);
        samples.forEach(
                sample -> seriesOf(service, sample, false).ifPresent(known -> append(known, tick, sample.value(), sample.exemplar())));
    }

    /**
     * What a service sent by itself, at any interval.
     *
     * @param epochMillis when it arrived
     * @return of how many data points something had no room
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

    /** The one that is known, or a new one if there is room. */
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

    /** What a scrape said of its families; of each, the first word counts. */
    public synchronized void describe(Map<String, Family> said) {
        said.forEach((name, family) -> {
            if (families.size() < MAX_FAMILIES && name.length() <= MAX_HELP && family.help().length() <= MAX_HELP) {
                families.putIfAbsent(name, family);
            }
        });
    }

    /** What was said of this family, by the name that the comments give; {@link Family#UNKNOWN} if nothing was. */
    public synchronized Family family(String name) {
        return families.getOrDefault(name, Family.UNKNOWN);
    }

    private Series begin(String service, Sample sample, boolean pushed) {
        SortedMap<String, String> labels = new TreeMap<>();
        for (int i = 0; i < sample.labels().size(); i += 2) {
            String name = sample.labels().get(i);
            // As Prometheus does when a scraped label has the name of one of the target's.
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

    /** Once a minute, forgets the series that have had no point in the window. */
    private void sweep(long tick) {
        if (tick - lastSweep < 30) {
            return;
        }
        lastSweep = tick;
        byName.values().forEach(list -> list.removeIf(each -> {
            boolean gone = each.points.nextTick() <= tick - WINDOW_TICKS;
            if (gone) {
                series--;
                pushedSeries -= each.pushed ? 1 : 0;
                bytes -= each.bytes();
            }
            return gone;
        }));
        byName.values().removeIf(List::isEmpty);
        byService.values().forEach(map -> map.values().removeIf(each -> each.points.nextTick() <= tick - WINDOW_TICKS));
        byService.values().removeIf(Map::isEmpty);
    }

    /** In alphabetical order. */
    public synchronized List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /**
     * The series of this name that have these labels, by service and then as they were written; empty if there are none.
     * A page ends early, yet never without a series, when its points would be more than {@value #MAX_POINTS}.
     *
     * @param sinceMillis points from then on, and at most of the last 15 minutes
     * @param after the place where the page before ended
     */
    public Page find(String name, Map<String, String> labels, long sinceMillis, long nowMillis, int limit, Optional<Place> after) {
        long fromMillis = Math.max(sinceMillis, nowMillis - (long) WINDOW_TICKS * TICK_MILLIS);
        long fromTick = Math.ceilDiv(fromMillis, TICK_MILLIS);
        List<Series> matching = matching(name, labels, after);
        List<Found> found = new ArrayList<>();
        int points = 0;
        for (Series each : matching) {
            Found next = found(each, fromTick);
            points += next.points().size();
            if (found.size() == limit || points > MAX_POINTS && !found.isEmpty()) {
                return new Page(found, Optional.of(matching.get(found.size() - 1).place));
            }
            found.add(next);
        }
        return new Page(found, Optional.empty());
    }

    /** The labels of the series of this name, at most {@code limit} of them, in the order of {@link #find}. */
    public List<SortedMap<String, String>> labels(String name, int limit) {
        return matching(name, Map.of(), Optional.empty()).stream().limit(limit).map(each -> each.labels).toList();
    }

    /**
     * Visits the series of this name that have these labels, at most {@code limit} of them, in the order of {@link #find}. However many there
     * are, it takes the memory of one.
     *
     * @param fromTick the first tick that is wanted, {@code ticks} the number of them
     */
    public void values(String name, Map<String, String> labels, long fromTick, int ticks, int limit, ValuesVisitor visitor) {
        double[] values = new double[ticks];
        matching(name, labels, Optional.empty()).stream().limit(limit).forEach(each -> {
            fill(values, each, fromTick);
            visitor.visit(each.labels, values);
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

    /** The series of this name that have these labels and exemplars, at most {@code limit} of them. */
    public synchronized List<Exemplars> exemplars(String name, Map<String, String> labels, int limit) {
        return matching(name, labels, Optional.empty()).stream().filter(each -> each.exemplars != null).limit(limit)
                .map(each -> new Exemplars(each.labels, List.copyOf(each.exemplars))).toList();
    }

    private synchronized List<Series> matching(String name, Map<String, String> labels, Optional<Place> after) {
        return byName.getOrDefault(name, List.of()).stream()
                .filter(each -> after.isEmpty() || each.place.compareTo(after.get()) > 0)
                .filter(each -> labels.entrySet().stream().allMatch(wanted -> wanted.getValue().equals(each.labels.get(wanted.getKey()))))
                .sorted(Comparator.comparing(each -> each.place))
                .toList();
    }

    /** Holds the lock for one series only: a scrape need not wait for a whole answer. */
    private synchronized Found found(Series series, long fromTick) {
        List<Point> points = new ArrayList<>();
        series.points.forEach(fromTick, (tick, value) -> points.add(new Point(tick * TICK_MILLIS, value)));
        return new Found(series.labels, points, series.exemplars == null ? List.of() : List.copyOf(series.exemplars));
    }

    public synchronized int series() {
        return series;
    }

    /** An estimate, the one that the bound holds for. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Samples of series for which there was no room. */
    public synchronized long dropped() {
        return dropped;
    }
}
