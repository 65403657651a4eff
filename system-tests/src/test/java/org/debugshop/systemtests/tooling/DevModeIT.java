package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.INSTABOOK;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.debugshop.testkit.Checkout;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop dev}, in a copy of the checkout, because the test edits a source file. */
@Tag("nightly")
class DevModeIT {

    private static final Duration START = Duration.ofMinutes(3);
    private static final String BEFORE = "setAttribute(BOOKING_ID, session.bookingId())";
    private static final String EDITED = BEFORE + ".setAttribute(\"shop.edited\", \"live\")";
    private static final List<String> NEEDED = List.of("shop", "mvnw", ".mvn", "pom.xml", "native-rules", "service-defaults", "launcher",
            "console",
            "instabook-cache", "instabook",
            "load-generator");

    @TempDir
    private Path directory;

    @Test
    void shouldRunAnEditWithTheNextBookingAndStartThePackagedServiceAgainOnCtrlC() throws Exception {
        var copy = Checkout.copy(directory.resolve("a copy"), NEEDED);
        var output = directory.resolve("dev.txt");
        try (var own = OwnShop.prepare(copy, OwnShop.PATIENT)) {
            own.up("--only", "console,instabook-cache,instabook,load-generator-instabook");
            var shop = own.shop();
            var load = shop.status(LOAD_GENERATOR_INSTABOOK).pid();
            var dev = startDev(shop, output);
            await("dev mode").atMost(START).until(() -> Files.readString(output).contains("instabook ready"));
            assertThat(shop.run("status").out()).containsPattern("instabook +ready .*dev mode, debugger on \\d+");
            shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, 3);

            var failed = failures(shop);
            Checkout.edit(copy.resolve("instabook/src/main/java/org/debugshop/instabook/BookingResource.java"), BEFORE, EDITED);

            var console = Console.of(shop);
            await("a booking by the edited code").atMost(PATIENCE).until(() -> console.traces("attribute", "shop.edited=live").stream()
                    .anyMatch(trace -> trace.rootService().equals("load-generator-instabook")
                            && trace.services().containsAll(List.of("instabook", "instabook-cache"))));
            assertThat(failures(shop)).as("no booking failed, not even during the reload").isEqualTo(failed);
            assertThat(shop.status(LOAD_GENERATOR_INSTABOOK)).as("not restarted").returns(load, Shop.Status::pid);

            signalInterrupt(dev);

            assertThat(dev.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(dev.exitValue()).isEqualTo(130);
            assertThat(Files.readString(output)).contains("The sources of instabook changed since it was packaged");
            assertThat(shop.run("status").out()).doesNotContain("dev mode");
            assertThat(processes("quarkus:dev", copy)).isZero();
            assertThat(processes("-Dshop.process=" + shop.files().resolve("instabook") + " ", copy)).as("processes of the packaged service")
                    .isOne();
            var since = Instant.now();
            shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, 3);
            await("a booking by the packaged code").atMost(PATIENCE)
                    .until(() -> !console.traces("service", INSTABOOK.toString(), "since", since.toString()).isEmpty());
            assertThat(console.traces("attribute", "shop.edited=live", "since", since.toString())).isEmpty();
        }
    }

    private static double failures(Shop shop) {
        return shop.requests(LOAD_GENERATOR_INSTABOOK, "0") + shop.requests(LOAD_GENERATOR_INSTABOOK, "5");
    }

    private static Process startDev(Shop shop, Path output) throws IOException {
        return shop.prepare("dev", "instabook").redirectErrorStream(true).redirectOutput(output.toFile())
                .redirectInput(new File("/dev/null")).start();
    }

    private static void signalInterrupt(Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("/bin/sh", "-c", "kill -INT " + process.pid()).start().waitFor()).isZero();
    }

    /** Returns how many processes of the copy have this text on their command line. */
    private static long processes(String text, Path copy) throws IOException, InterruptedException {
        var ps = new ProcessBuilder("ps", "-ww", "-eo", "args").start();
        try (var lines = ps.inputReader().lines()) {
            return lines.filter(line -> line.contains(text) && line.contains(copy.toString())).count();
        }
    }
}
