package org.debugshop.systemtests.tooling;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.AD_SERVICE;
import static org.debugshop.testkit.Service.CURRENCY;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Shop.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop} with only one or two of the real services. */
class SmallShopIT {

    private static final String SMALL = "currency,ad-service";

    @TempDir
    private Path directory;

    @Test
    void shouldNameTheProcessThatHoldsAPortAndStartNothing() throws IOException {
        try (var own = OwnShop.prepare(); var taken = new ServerSocket(own.shop().port(AD_SERVICE), 1, InetAddress.getLoopbackAddress())) {
            var up = own.shop().run("up", "-d", "--only", SMALL);

            assertThat(up.code()).isOne();
            assertThat(up.all())
                    .contains("port " + taken.getLocalPort() + " (ad-service) is taken by pid " + ProcessHandle.current().pid());
            assertThat(own.shop().listens(CURRENCY)).isFalse();
            assertThat(own.shop().status(CURRENCY)).returns("stopped", Status::state);
        }
    }

    @Test
    void shouldStopEverythingOnCtrlC() throws Exception {
        var output = directory.resolve("up.txt");
        try (var own = OwnShop.prepare()) {
            var launcher = own.shop().prepare("up", "--only", SMALL, "--no-training").redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start();
            await("everything is ready").atMost(PATIENCE).until(() -> Files.readString(output).contains("Ctrl-C stops everything"));
            var pids = own.shop().status().values().stream().map(Status::pid).filter(Objects::nonNull).toList();
            assertThat(pids).contains(launcher.pid()).hasSize(3);
            assertThat(Http.isReady(own.shop().url(CURRENCY))).isTrue();

            signal("INT", launcher.pid());

            assertThat(launcher.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(launcher.exitValue()).isEqualTo(130);
            assertThat(pids).noneMatch(SmallShopIT::isAlive);
            assertThat(own.shop().status().values()).extracting(Status::state).containsOnly("stopped");
        }
    }

    @Test
    void shouldRunFromAFolderWithABlankInItsPath() throws Exception {
        var copy = Files.createDirectory(directory.resolve("a copy"));
        var parts = new ArrayList<>(List.of("cp", "-Rp", "shop", "pom.xml", "service-defaults", "launcher", "currency"));
        parts.add(copy.toString());
        assertThat(new ProcessBuilder(parts).directory(Shop.thisCheckout().toFile()).inheritIO().start().waitFor()).isZero();

        try (var own = OwnShop.prepare(copy.toRealPath())) {
            assertThat(own.up("--only", "currency").out()).doesNotContain("Building");

            assertThat(Http.text(own.shop().url(CURRENCY) + "/convert?to=EUR&amount=10")).contains("\"converted\":8.50");
            assertThat(own.shop().files()).isDirectory();
            assertThat(new Shop(Shop.thisCheckout(), own.shop().offset()).files()).doesNotExist();
            assertThat(own.shop().run("down")).returns(0, Shop.Outcome::code);
            assertThat(own.shop().listens(CURRENCY)).isFalse();
        }
    }

    /** Sends a signal with the shell's own {@code kill}, because the program of this name is not installed everywhere. */
    private static void signal(String name, long pid) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid).redirectErrorStream(true).start();
        assertThat(kill.waitFor()).as(() -> kill.inputReader(UTF_8).lines().toList().toString()).isZero();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }
}
