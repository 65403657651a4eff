package org.debugshop.loadgenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Records requests, and answers each of them with success. */
    private static final class RecordingGateway implements GatewayClient {

        final List<String> usernames = new ArrayList<>();
        final List<String> loggedIn = new ArrayList<>();
        final List<String> searches = new ArrayList<>();
        final List<Member.Payment> payments = new ArrayList<>();
        int loginStatus = 200;
        int orderStatus = 201;
        int placed;

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

        @Override
        public Uni<Response> signUp(Member.SignUp signUp) {
            assertThat(signUp.username()).matches("[a-z0-9._-]{3,64}");
            assertThat(signUp.password()).hasSizeBetween(8, 128);
            usernames.add(signUp.username());
            return Uni.createFrom().item(Response.status(201).build());
        }

        @Override
        public Uni<Response> logIn(Member.Credentials credentials) {
            loggedIn.add(credentials.username());
            return Uni.createFrom().item(loginStatus == 200
                    ? Response.ok(new Member.Token("token of " + credentials.username(), 3_600)).build()
                    : Response.status(loginStatus).build());
        }

        @Override
        public Uni<Response> search(String text, String currency) {
            searches.add(text);
            return Uni.createFrom().item(Response.ok().build());
        }

        @Override
        public Uni<Response> order(String authorization, Member.Wish wish) {
            assertThat(loggedIn).anyMatch(username -> authorization.equals("Bearer token of " + username));
            assertThat(wish.productIds()).hasSizeBetween(1, 3).allMatch(id -> id >= 1 && id <= 5);
            var placedOrder = new Member.Placed(new Member.PlacedOrder("order-" + ++placed), new BigDecimal(placed + ".50"));
            return Uni.createFrom().item(Response.status(orderStatus).entity(placedOrder).build());
        }

        @Override
        public Uni<Response> pay(String authorization, Member.Payment payment) {
            payments.add(payment);
            return Uni.createFrom().item(Response.ok().build());
        }

        @Override
        public Uni<Response> orders(String authorization) {
            return Uni.createFrom().item(Response.ok().build());
        }
    }

    @Test
    void shouldMixBrowsersCategoriesAndQuickBuyersAsDocumented() {
        var profile = new ShopProfile(new RecordingGateway(), 20, true, () -> false);
        var all = Stream.generate(() -> names(profile.visit(random))).limit(VISITS).toList();
        var visits = all.stream().filter(visit -> !visit.contains("order")).toList();
        assertThat(share(visits, all)).isCloseTo(0.8, within(0.02));

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

    /** The topology has 13 users, so that the shop gets about five actions a second. */
    @Test
    void shouldMakeAsManyActionsASecondAsDocumented() {
        assertThat(actionsASecond(new ShopProfile(new RecordingGateway(), 20, true, () -> false))).isCloseTo(0.38, within(0.01));
        var instabook = new InstabookProfile(new RecordingInstabook());
        perform(instabook.visit(random).getFirst());
        assertThat(actionsASecond(instabook)).isCloseTo(0.6, within(0.01));
    }

    /** Returns how many actions a user makes with the default delays if every answer arrives at once. */
    private double actionsASecond(Profile profile) {
        var settings = LoadSettings.from(_ -> Optional.empty());
        var actions = 0;
        var time = Duration.ZERO;
        for (var i = 0; i < VISITS; i++) {
            var visit = Visit.begin(profile, random);
            visit.next();
            for (actions++; !visit.isOver(); actions++) {
                time = time.plus(visit.pause(settings.delayBetweenRequests()));
                visit.next();
            }
            time = time.plus(settings.delayBetweenUsers());
        }
        return actions * 1e9 / time.toNanos();
    }

    @Test
    void shouldOnlyRequestWhatTheShopHas() {
        var gateway = new RecordingGateway();
        var profile = new ShopProfile(gateway, 20, true, () -> false);
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
    void shouldMixMembersAsDocumented() {
        var gateway = new RecordingGateway();
        var profile = new MemberVisits(gateway, true, () -> false);
        var visits = Stream.generate(() -> {
            var visit = profile.visit("EUR", IntStream.of(1, 3), random);
            visit.forEach(ProfilesTest::perform);
            return names(visit);
        }).limit(VISITS / 10).toList();

        assertThat(share(visits.stream().filter(visit -> visit.contains("sign up")).toList(), visits)).isCloseTo(0.2, within(0.03));
        var returning = visits.stream().filter(visit -> !visit.contains("sign up")).toList();
        assertThat(share(returning.stream().filter(visit -> visit.contains("log in")).toList(), returning)).isCloseTo(0.25, within(0.03));
        assertThat(visits).allSatisfy(visit -> {
            assertThat(visit).endsWith("search products", "order", "pay", "look at own orders");
            assertThat(visit.contains("sign up")).isEqualTo(visit.getFirst().equals("sign up"));
        });
        assertThat(gateway.usernames).doesNotHaveDuplicates();
        assertThat(gateway.loggedIn).allMatch(gateway.usernames::contains);
        assertThat(gateway.payments).hasSize(gateway.placed).first()
                .isEqualTo(new Member.Payment("order-1", new BigDecimal("1.50")));
        assertThat(new HashSet<>(gateway.searches)).hasSizeGreaterThan(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50, 100})
    void shouldHaveTheShareOfMembersThatIsSet(int percent) {
        var profile = new ShopProfile(new RecordingGateway(), percent, true, () -> false);
        var visits = Stream.generate(() -> names(profile.visit(random))).limit(VISITS).toList();

        assertThat(share(visits.stream().filter(visit -> visit.contains("order")).toList(), visits))
                .isCloseTo(percent / 100.0, within(percent == 50 ? 0.02 : 0));
    }

    @Test
    void shouldPayAgainIfItDoesNotWaitForTheAnswer() {
        var gateway = new RecordingGateway();
        var once = new AtomicBoolean(true);
        var profile = new MemberVisits(gateway, true, () -> once.getAndSet(false));

        IntStream.range(0, 2).forEach(_ -> profile.visit("EUR", IntStream.of(1), random).forEach(ProfilesTest::perform));

        var orders = gateway.payments.stream().map(Member.Payment::orderId).toList();
        assertThat(orders).containsExactly("order-1", "order-1", "order-2");
    }

    @Test
    void shouldNotPayWithoutPayments() {
        var profile = new MemberVisits(new RecordingGateway(), false, () -> false);
        assertThat(Stream.generate(() -> names(profile.visit("EUR", IntStream.of(1), random))).limit(100))
                .allSatisfy(visit -> assertThat(visit).contains("order").doesNotContain("pay"));
    }

    @Test
    void shouldLogInAgainIfTheTokenIsRefused() {
        var gateway = new RecordingGateway();
        var profile = new MemberVisits(gateway, true, () -> false);
        profile.visit("EUR", IntStream.of(1), random).subList(0, 2).forEach(ProfilesTest::perform);
        gateway.orderStatus = 401;
        Stream.generate(() -> signedUp(profile)).filter(visit -> names(visit).getFirst().equals("search products")).findFirst()
                .ifPresent(visit -> perform(visit.get(1)));
        assertThat(names(signedUp(profile))).startsWith("log in");
    }

    @Test
    void shouldForgetAMemberWhoIsNotKnownAnyMore() {
        var gateway = new RecordingGateway();
        var profile = new MemberVisits(gateway, true, () -> false);
        perform(profile.visit("EUR", IntStream.of(1), random).getFirst());
        gateway.loginStatus = 401;
        perform(signedUp(profile).getFirst());
        assertThat(Stream.generate(() -> names(profile.visit("EUR", IntStream.of(1), random))).limit(20))
                .allMatch(visit -> visit.getFirst().equals("sign up"));
    }

    /** Returns the next visit of a member who doesn't sign up in it. */
    private List<Action> signedUp(MemberVisits profile) {
        return Stream.generate(() -> profile.visit("EUR", IntStream.of(1), random))
                .filter(visit -> !names(visit).contains("sign up")).findFirst().orElseThrow();
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
