package org.debugshop.console.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeriesStoreTest {

    private static final long START = 1_800_000_000_000L;

    private final SeriesStore store = new SeriesStore(1000, SeriesStore.MAX_BYTES);

    private static long at(long tick) {
        return START + tick * SeriesStore.TICK_MILLIS;
    }

    private static Sample sample(String name, String label, double value) {
        return new Sample(name + "{l=\"" + label + "\"}", name, List.of("l", label), value, Optional.empty());
    }

    private static List<SeriesStore.Found> find(SeriesStore store, String name, long nowTick) {
        return store.find(name, Map.of(), Long.MIN_VALUE, at(nowTick), 1000, Optional.empty()).series();
    }

    @Test
    void shouldReturnEveryValueExactly() {
        var random = new Random(1);
        List<Double> values = new ArrayList<>();
        double counter = 0;
        for (int tick = 0; tick < SeriesStore.WINDOW_TICKS; tick++) {
            counter += tick % 7 == 0 ? random.nextInt(1000) : 0;
            values.add(switch (tick % 90) {
                case 10 -> Double.POSITIVE_INFINITY;
                case 20 -> -0.0;
                case 30 -> Double.MIN_VALUE;
                case 40 -> random.nextDouble();
                case 50 -> Double.MAX_VALUE;
                default -> counter;
            });
            store.add("gateway", at(tick), List.of(sample("m", "x", values.get(tick))));
        }

        assertThat(find(store, "m", SeriesStore.WINDOW_TICKS - 1)).singleElement().satisfies(found -> {
            assertThat(found.points()).extracting(SeriesStore.Point::value).isEqualTo(values);
            assertThat(found.points()).extracting(SeriesStore.Point::epochMillis)
                    .isEqualTo(LongStream.range(0, SeriesStore.WINDOW_TICKS).map(SeriesStoreTest::at).boxed().toList());
        });
    }

    @Test
    void shouldRemoveValuesOlderThanTheWindow() {
        for (int tick = 0; tick < 1000; tick++) {
            store.add("gateway", at(tick), List.of(sample("m", "x", tick)));
        }

        var points = find(store, "m", 1000).getFirst().points();
        assertThat(points).hasSize(SeriesStore.WINDOW_TICKS);
        assertThat(points.getFirst().value()).isEqualTo(550);
        assertThat(store.bytes()).isLessThan(5000);
    }

    @Test
    void shouldHaveNoPointsForTicksWithoutAScrape() {
        store.add("gateway", at(0), List.of(sample("m", "x", 1)));
        store.add("gateway", at(5), List.of(sample("m", "x", 2)));

        assertThat(find(store, "m", 5).getFirst().points()).containsExactly(new SeriesStore.Point(at(0), 1), new SeriesStore.Point(at(5),
                2));
    }

    @Test
    void shouldTakeLittleMemoryForConstantSeries() {
        store.add("gateway", at(0), List.of(sample("m", "x", 42)));
        long before = store.bytes();
        for (int tick = 1; tick < SeriesStore.WINDOW_TICKS; tick++) {
            store.add("gateway", at(tick), List.of(sample("m", "x", 42)));
        }

        assertThat(store.bytes() - before).isLessThan(600);
        assertThat(find(store, "m", SeriesStore.WINDOW_TICKS - 1).getFirst().points()).hasSize(SeriesStore.WINDOW_TICKS)
                .allSatisfy(point -> assertThat(point.value()).isEqualTo(42));
    }

    @Test
    void shouldDropNewSeriesIfThereAreTooManyUntilOldOnesAreRemoved() {
        var bounded = new SeriesStore(2, SeriesStore.MAX_BYTES);
        bounded.add("gateway", at(0), List.of(sample("m", "1", 1), sample("m", "2", 1), sample("m", "3", 1)));
        assertThat(bounded.series()).isEqualTo(2);
        assertThat(bounded.dropped()).isEqualTo(1);

        bounded.add("gateway", at(600), List.of(sample("m", "3", 1)));
        assertThat(bounded.series()).isEqualTo(1);
        assertThat(find(bounded, "m", 600)).singleElement().satisfies(found -> assertThat(found.labels()).containsEntry("l", "3"));
    }

    @Test
    void shouldAddUpDeltasEvenWithinATick() {
        for (long tick : new long[]{0, 0, 5}) {
            assertThat(store.push("own", at(tick), List.of(new SeriesStore.Push(List.of(sample("m", "x", 3)), true)))).isZero();
        }

        assertThat(find(store, "m", 5)).singleElement().satisfies(found -> assertThat(found.points())
                .containsExactly(new SeriesStore.Point(at(0), 6), new SeriesStore.Point(at(5), 9)));
    }

    @Test
    void shouldKeepTheLastValueOfATick() {
        for (int value : new int[]{3, 0}) {
            store.push("own", at(7), List.of(new SeriesStore.Push(List.of(sample("m", "x", value)), false)));
        }
        assertThat(find(store, "m", 7)).singleElement()
                .satisfies(found -> assertThat(found.points()).containsExactly(new SeriesStore.Point(at(7), 0)));

        store.push("own", at(8), List.of(new SeriesStore.Push(List.of(sample("m", "x", 5)), false)));
        store.push("own", at(7), List.of(new SeriesStore.Push(List.of(sample("m", "x", 4)), false)));
        assertThat(find(store, "m", 8)).singleElement().satisfies(found -> assertThat(found.points())
                .containsExactly(new SeriesStore.Point(at(7), 0), new SeriesStore.Point(at(8), 5)));
    }

    @Test
    void shouldLimitPushedSeriesAndMakeRoomWhenOldOnesAreRemoved() {
        var large = new SeriesStore(SeriesStore.MAX_SERIES, SeriesStore.MAX_BYTES);
        for (int i = 0; i < SeriesStore.MAX_PUSHED_SERIES; i++) {
            assertThat(large.push("own-" + i, at(0), List.of(new SeriesStore.Push(List.of(sample("m", "x", i)), false)))).isZero();
        }
        var another = List.of(new SeriesStore.Push(List.of(sample("m", "y", 1)), false));

        assertThat(large.push("own", at(1), another)).isOne();
        large.add("scraped", at(1), List.of(sample("m", "x", 1)));
        assertThat(large.series()).isEqualTo(SeriesStore.MAX_PUSHED_SERIES + 1);
        assertThat(large.push("own", at(SeriesStore.WINDOW_TICKS + 30), another)).isZero();
    }

    @Test
    void shouldDropTheOldestPointsIfTheBytesAreUsedUp() {
        long maxBytes = 40_000;
        var bounded = new SeriesStore(1000, maxBytes);
        var random = new Random(1);
        for (int tick = 0; tick < 400; tick++) {
            List<Sample> samples = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                samples.add(sample("m", "" + i, random.nextDouble()));
            }
            bounded.add("gateway", at(tick), samples);
        }

        assertThat(bounded.bytes()).isLessThan(maxBytes + 20 * 700);
        assertThat(find(bounded, "m", 399)).hasSize(20).allSatisfy(found -> assertThat(found.points().getLast().epochMillis())
                .isEqualTo(at(399)));
    }

    @Test
    void shouldSeparateServicesAndFilterByLabel() {
        store.add("gateway", at(0), List.of(sample("m", "x", 1), sample("m", "y", 2)));
        store.add("currency", at(0), List.of(sample("m", "x", 3), new Sample("m{service=\"own\"}", "m", List.of("service", "own"), 4,
                Optional.empty())));

        assertThat(store.names()).containsExactly("m");
        assertThat(store.find("m", Map.of("service", "gateway", "l", "y"), Long.MIN_VALUE, at(1), 10, Optional.empty()).series())
                .singleElement()
                .satisfies(found -> assertThat(found.points().getFirst().value()).isEqualTo(2));
        assertThat(store.find("m", Map.of("exported_service", "own"), Long.MIN_VALUE, at(1), 10, Optional.empty()).series()).hasSize(1);
        assertThat(store.find("m", Map.of("l", "z"), Long.MIN_VALUE, at(1), 10, Optional.empty()).series()).isEmpty();
        assertThat(store.find("unknown", Map.of(), Long.MIN_VALUE, at(1), 10, Optional.empty()).series()).isEmpty();
    }

    @Test
    void shouldPageThroughSeriesWhileOthersComeAndGo() {
        for (String label : List.of("b", "d", "f", "h")) {
            store.add("gateway", at(0), List.of(sample("m", label, 1)));
        }
        var first = store.find("m", Map.of(), Long.MIN_VALUE, at(0), 2, Optional.empty());
        store.add("ad-service", at(0), List.of(sample("m", "z", 1)));
        store.add("gateway", at(0), List.of(sample("m", "g", 1)));
        var second = store.find("m", Map.of(), Long.MIN_VALUE, at(0), 2,
                first.next().map(place -> SeriesStore.Place.parse(place.toString())));
        var third = store.find("m", Map.of(), Long.MIN_VALUE, at(0), 2, second.next());

        assertThat(first.series()).extracting(found -> found.labels().get("l")).containsExactly("b", "d");
        assertThat(second.series()).extracting(found -> found.labels().get("l")).containsExactly("f", "g");
        assertThat(third.series()).extracting(found -> found.labels().get("l")).containsExactly("h");
        assertThat(third.next()).isEmpty();
    }

    @Test
    void shouldEndAPageEarlyAtTheLimitOfPoints() {
        int series = SeriesStore.MAX_POINTS / SeriesStore.WINDOW_TICKS + 20;
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < series; i++) {
            samples.add(sample("m", "" + i, 1));
        }
        for (int tick = 0; tick < SeriesStore.WINDOW_TICKS; tick++) {
            store.add("gateway", at(tick), samples);
        }
        var first = store.find("m", Map.of(), Long.MIN_VALUE, at(SeriesStore.WINDOW_TICKS - 1), 1000, Optional.empty());
        var second = store.find("m", Map.of(), Long.MIN_VALUE, at(SeriesStore.WINDOW_TICKS - 1), 1000, first.next());

        assertThat(first.series().stream().mapToInt(found -> found.points().size()).sum())
                .isBetween(SeriesStore.MAX_POINTS - SeriesStore.WINDOW_TICKS, SeriesStore.MAX_POINTS);
        assertThat(first.series().size() + second.series().size()).isEqualTo(series);
        assertThat(second.next()).isEmpty();
    }

    @Test
    void shouldKeepTheLatestExemplars() {
        for (int tick = 0; tick < 40; tick++) {
            store.add("gateway", at(tick), List.of(new Sample("b", "b", List.of(), tick, Optional.of(new Sample.Exemplar("t" + tick / 2, "",
                    1, 1)))));
        }

        assertThat(find(store, "b", 40).getFirst().exemplars()).extracting(Sample.Exemplar::traceId)
                .containsExactly("t12", "t13", "t14", "t15", "t16", "t17", "t18", "t19");
    }
}
