package org.debugshop.loadgenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The mix of actions. The random numbers have a fixed seed, so the assertions always hold or always fail. */
class ProfilesTest {

    private static final int VISITS = 20_000;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);

    /** Records requests, and returns the answers that the test sets. */
    private static final class RecordingInstabook implements InstabookClient {

        final List<String> created = new ArrayList<>();
        final List<String> read = new ArrayList<>();
        int createStatus = 201;
        int readStatus = 200;

        @Override
        public Uni<Response> create(BookingSession session) {
            created.add(session.id());
            return Uni.createFrom().item(Response.status(createStatus).build());
        }

        @Override
        public Uni<Response> read(String id) {
            read.add(id);
            return Uni.createFrom().item(Response.status(readStatus).build());
        }
    }

    /** Records requests; each method returns null. */
    private static final class RecordingGateway implements GatewayClient {

        final List<String> currencies = new ArrayList<>();
        final List<String> categories = new ArrayList<>();
        final List<Integer> products = new ArrayList<>();
        final List<Order> orders = new ArrayList<>();

        @Override
        public Uni<Response> products(String category, String currency) {
            if (category != null) {
                categories.add(category);
            }
            currencies.add(currency);
            return Uni.createFrom().item(Response.ok().build());
        }

        @Override
        public Uni<Response> product(int id, String currency) {
            products.add(id);
            currencies.add(currency);
            return Uni.createFrom().item(Response.ok().build());
        }

        @Override
        public Uni<Response> checkOut(Order order) {
            orders.add(order);
            currencies.add(order.userCurrency());
            return Uni.createFrom().item(Response.ok().build());
        }
    }

    @Test
    void shouldMixBrowsersCategoriesAndQuickBuyersAsDocumented() {
        var profile = new ShopProfile(new RecordingGateway());
        var visits = Stream.generate(() -> names(profile.visit(random))).limit(VISITS).toList();

        var browsing = visits.stream().filter(visit -> visit.getFirst().equals("open product list")).toList();
        assertThat(share(browsing, visits)).isCloseTo(0.6, within(0.02));
        assertThat(share(visits.stream().filter(List.of("open category")::equals).toList(), visits)).isCloseTo(0.3, within(0.02));
        assertThat(share(visits.stream().filter(List.of("check out")::equals).toList(), visits)).isCloseTo(0.1, within(0.02));

        assertThat(share(browsing.stream().filter(visit -> visit.getLast().equals("check out")).toList(), browsing)).isCloseTo(0.5,
                within(0.02));
        for (var pages = 1; pages <= 3; pages++) {
            var expected = pages;
            assertThat(share(browsing.stream().filter(visit -> count(visit, "look at product") == expected).toList(), browsing))
                    .isCloseTo(1 / 3.0, within(0.02));
        }
        assertThat(browsing).allMatch(visit -> count(visit, "look at product") >= 1 && count(visit, "check out") <= 1);
    }

    @Test
    void shouldOnlyRequestWhatTheShopHas() {
        var gateway = new RecordingGateway();
        var profile = new ShopProfile(gateway);
        for (var visit = 0; visit < 1_000; visit++) {
            profile.visit(random).forEach(ProfilesTest::perform);
        }

        assertThat(new HashSet<>(gateway.currencies)).containsExactlyInAnyOrder("USD", "EUR", "GBP", "JPY", "CAD");
        assertThat(new HashSet<>(gateway.categories)).containsExactlyInAnyOrder("Electronics", "Phones", "Computers", "Audio", "Wearables");
        assertThat(new HashSet<>(gateway.products)).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        assertThat(gateway.orders).isNotEmpty().allSatisfy(order -> {
            assertThat(order.items()).hasSizeBetween(1, 3).allMatch(item -> item.quantity() >= 1 && item.quantity() <= 3);
            assertThat(order.items().stream().map(Order.Item::productId)).doesNotHaveDuplicates().allMatch(id -> id >= 1 && id <= 5);
        });
        assertThat(gateway.orders.stream().map(order -> order.items().size()).distinct()).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void shouldMixBookingsAsDocumented() {
        var profile = new InstabookProfile(new RecordingInstabook());
        perform(profile.visit(random).getFirst());
        var visits = Stream.generate(() -> profile.visit(random)).limit(VISITS).toList();

        var createAndRead = visits.stream().filter(visit -> visit.size() == 2).toList();
        assertThat(share(createAndRead, visits)).isCloseTo(0.5, within(0.02));
        assertThat(createAndRead).allSatisfy(visit -> {
            assertThat(names(visit)).containsExactly("create booking session", "read booking session");
            assertThat(visit.get(0).attributes()).isEqualTo(visit.get(1).attributes());
            assertThat(visit.get(1).pause().orElseThrow()).isBetween(Duration.ofMillis(500), Duration.ofMillis(1_500));
        });
        assertThat(share(visits.stream().filter(visit -> names(visit).equals(List.of("read booking session"))).toList(), visits))
                .isCloseTo(0.3, within(0.02));
        assertThat(share(visits.stream().filter(visit -> names(visit).equals(List.of("create booking session"))).toList(), visits))
                .isCloseTo(0.2, within(0.02));
    }

    @Test
    void shouldOnlyCreateWhileNothingWasCreated() {
        var instabook = new RecordingInstabook();
        instabook.createStatus = 500;
        var profile = new InstabookProfile(instabook);
        for (var visit = 0; visit < 1_000; visit++) {
            var first = profile.visit(random).getFirst();
            assertThat(first.name()).isEqualTo("create booking session");
            perform(first);
        }
    }

    @Test
    void shouldReadOneOfTheLastFiftyCreated() {
        var instabook = new RecordingInstabook();
        var profile = new InstabookProfile(instabook);
        while (instabook.created.size() < 200) {
            perform(profile.visit(random).getFirst());
        }
        var lastFifty = List.copyOf(instabook.created.subList(150, 200));
        instabook.read.clear();
        for (var visit = 0; visit < 5_000; visit++) {
            var actions = profile.visit(random);
            if (names(actions).equals(List.of("read booking session"))) {
                perform(actions.getFirst());
            }
        }
        assertThat(new HashSet<>(instabook.read)).containsExactlyInAnyOrderElementsOf(lastFifty);
    }

    @Test
    void shouldNotReadAMissingSessionAgain() {
        var instabook = new RecordingInstabook();
        instabook.readStatus = 404;
        var profile = new InstabookProfile(instabook);
        for (var visit = 0; visit < 1_000; visit++) {
            perform(profile.visit(random).getFirst());
        }
        assertThat(instabook.read).isNotEmpty().doesNotHaveDuplicates();
    }

    private static void perform(Action action) {
        action.request().get().await().atMost(Duration.ofSeconds(1));
    }

    private static List<String> names(List<Action> actions) {
        return actions.stream().map(Action::name).toList();
    }

    private static long count(List<String> names, String name) {
        return names.stream().filter(name::equals).count();
    }

    private static double share(List<?> some, List<?> all) {
        return (double) some.size() / all.size();
    }
}
