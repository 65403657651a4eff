package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.INSTABOOK;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.debugshop.testkit.Booking;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./shop debug} with real debuggers, while the load generator sends bookings. */
@Tag("nightly")
class DebugIT {

    private static final Pattern ATTACH = Pattern.compile("jdb -attach localhost:(\\d+)");
    /** How long a service stays at its breakpoint. This is longer than instabook usually waits for the cache. */
    private static final Duration AT_BREAKPOINT = Duration.ofSeconds(4);

    private static OwnShop own;
    private static Shop shop;

    @BeforeAll
    static void start() {
        own = OwnShop.start("--only", "instabook,instabook-cache,load-generator-instabook");
        shop = own.shop();
    }

    @AfterAll
    static void stop() {
        own.close();
    }

    @Test
    void shouldCompleteABookingThatWaitedAtABreakpoint() throws Exception {
        try (var debugger = Debugger.attach(debug("instabook"))) {
            assertThat(shop.run("status").out()).containsPattern("instabook +ready .*debugger on \\d+").contains("waits 600s for answers");
            var failed = failedBookings();
            debugger.stopIn("org.debugshop.instabook.BookingResource", "store");
            var booking = book("at-a-breakpoint");
            debugger.awaitBreakpoint();

            await("the health check fails").atMost(PATIENCE).until(() -> shop.status(INSTABOOK).state().equals("paused"));
            assertThat(booking).isNotDone();
            debugger.goOn();

            assertThat(booking.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).returns(201, Http.Answer::status);
            await("instabook answers again").atMost(PATIENCE).until(() -> shop.status(INSTABOOK).state().equals("ready"));
            assertThat(shop.status(INSTABOOK)).as("not restarted").returns(0, Shop.Status::restarts);
            shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, 3);
            assertThat(failedBookings()).as("no booking of the load generator failed").isEqualTo(failed);
        }

        assertThat(shop.run("debug", "--off", "instabook")).returns(0, Shop.Outcome::code);

        assertThat(shop.run("status").out()).doesNotContainPattern("instabook +ready .*debugger on");
        shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, 3);
    }

    @Test
    void shouldWaitForTheDebuggerAndDebugTwoServicesAtOnce() throws Exception {
        var port = debug("instabook");
        try (var cache = Debugger.attach(debug("instabook-cache", "--suspend")); var instabook = Debugger.attach(port)) {
            assertThat(shop.status(INSTABOOK_CACHE)).returns("paused", Shop.Status::state);
            assertThat(shop.listens(INSTABOOK_CACHE)).as("the suspended cache listens").isFalse();
            cache.goOn();
            await("the cache has started").atMost(PATIENCE).until(() -> shop.status(INSTABOOK_CACHE).state().equals("ready"));
            cache.stopIn("org.debugshop.instabookcache.SessionResource", "store");
            var booking = book("at-two-breakpoints");
            cache.awaitBreakpoint();
            instabook.stopIn("org.debugshop.instabook.SessionCache", "requireSession");
            await("the booking waits").pollDelay(AT_BREAKPOINT).until(() -> !booking.isDone());
            cache.goOn();
            instabook.awaitBreakpoint();
            instabook.goOn();

            assertThat(booking.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).returns(201, Http.Answer::status);
        }
    }

    @Test
    void shouldReportWhyAServiceCannotBeDebugged() {
        var before = shop.status(INSTABOOK).pid();

        assertThat(shop.run("debug", "instbook")).returns(2, Shop.Outcome::code).extracting(Shop.Outcome::err).asString()
                .contains("Did you mean instabook");
        assertThat(shop.run("debug", "load-generator-instabook", "--off")).returns(1, Shop.Outcome::code).extracting(Shop.Outcome::out)
                .asString()
                .contains("load-generator-instabook is not being debugged");
        assertThat(shop.run("debug", "instabook", "--port", Integer.toString(shop.port(INSTABOOK_CACHE)))).returns(1, Shop.Outcome::code)
                .extracting(Shop.Outcome::out).asString().contains("port " + shop.port(INSTABOOK_CACHE) + " is taken by instabook-cache");
        assertThat(shop.status(INSTABOOK)).returns(before, Shop.Status::pid);
    }

    /** Runs {@code ./shop debug} and returns the port for the debugger. */
    private static int debug(String... arguments) {
        var debug = shop.run("debug", arguments);
        assertThat(debug.code()).as(debug.all()).isZero();
        var attach = ATTACH.matcher(debug.out());
        assertThat(attach.find()).as(debug.out()).isTrue();
        return Integer.parseInt(attach.group(1));
    }

    private static CompletableFuture<Http.Answer> book(String id) {
        return CompletableFuture.supplyAsync(() -> Http.post(shop.url(INSTABOOK) + "/booking/session", Booking.session(id)),
                task -> Thread.ofPlatform().daemon().start(task));
    }

    /** Returns how many bookings of the load generator failed: without an answer, or with a status of 500 or above. */
    private static double failedBookings() {
        return shop.requests(LOAD_GENERATOR_INSTABOOK, "0") + shop.requests(LOAD_GENERATOR_INSTABOOK, "5");
    }
}
