package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.testkit.Service.INSTABOOK;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.debugshop.testkit.Booking;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Shop.Outcome;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./shop package} makes an archive that needs only a JDK. This class runs first, because it makes the AOT caches of all services,
 * which let those start quickly that later tests start.
 */
@Order(1)
@Tag("nightly")
class PackageIT {

    private final Shop shop = new Shop(Shop.thisCheckout(), 0);

    @TempDir
    Path directory;

    @Test
    void shouldRunFromAnEmptyFolderWithItsOwnCachesAndWithoutABuild() throws Exception {
        var archive = directory.resolve("shop.tar.gz");
        assertThat(shop.runOnCheckout("package", "-o", archive.toString())).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("shop.tar.gz, ");
        var elsewhere = Files.createDirectory(directory.resolve("else where"));
        unpack(archive, elsewhere);
        assertThat(elsewhere.toFile().list()).hasSize(1);
        var unpacked = elsewhere.resolve(elsewhere.toFile().list()[0]).toRealPath();
        assertThat(unpacked.toFile().list()).containsExactlyInAnyOrderElementsOf(
                Stream.concat(Stream.of("shop", "README.md", "LICENSE", "docs", "launcher", "engines"), applications()).toList());

        try (var own = OwnShop.prepare(unpacked)) {
            assertThat(own.up("--only", "instabook,instabook-cache").out()).doesNotContain("Building", "AOT");

            var sessions = own.shop().url(INSTABOOK) + "/booking/session";
            assertThat(Http.post(sessions, Booking.session("packed")).status()).isEqualTo(201);
            assertThat(Http.text(sessions + "/packed")).contains("booking-1");
            for (var process : own.shop().status().values().stream().filter(status -> status.pid() != null).toList()) {
                assertThat(mapped(process.pid())).as(process.name())
                        .anyMatch(file -> file.startsWith(unpacked.toString()) && file.endsWith(".aot"));
            }
            assertThat(own.shop().run("dev", "instabook")).returns(1, Outcome::code).extracting(Outcome::err).asString()
                    .contains("without its sources");
            for (var command : List.of("test", "package")) {
                assertThat(own.shop().runOnCheckout(command)).returns(1, Outcome::code).extracting(Outcome::err).asString()
                        .contains("without its sources");
            }
        }
        assertThat(unpacked.resolve(".shop/training")).doesNotExist();
    }

    @Test
    void shouldReportThatTheArchiveCannotBeWritten() throws IOException {
        var file = Files.createFile(directory.resolve("file"));

        var outcome = shop.runOnCheckout("package", "-o", file.resolve("shop.tar.gz").toString());

        assertThat(outcome).returns(1, Outcome::code);
        assertThat(outcome.err()).contains(file.toString()).doesNotContain("Exception");
        assertThat(shop.checkout().resolve(".shop/package")).doesNotExist();
    }

    /** Returns the folders of the services. A folder is a service if its POM builds a Quarkus application. */
    private Stream<String> applications() throws IOException {
        var applications = new ArrayList<String>();
        try (var poms = Files.newDirectoryStream(shop.checkout(), folder -> Files.exists(folder.resolve("pom.xml")))) {
            for (var folder : poms) {
                if (Files.readString(folder.resolve("pom.xml")).contains("<artifactId>quarkus-maven-plugin</artifactId>")) {
                    applications.add(folder.getFileName().toString());
                }
            }
        }
        assertThat(applications).contains("gateway");
        return applications.stream();
    }

    private static void unpack(Path archive, Path folder) throws IOException, InterruptedException {
        var tar = new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString()).inheritIO().start();
        assertThat(tar.waitFor()).isZero();
    }

    /** Returns the files that a process has mapped into its memory (proc(5), maps). */
    private static List<String> mapped(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "maps")).stream()
                .map(line -> line.contains(File.separator) ? line.substring(line.indexOf('/')) : null).filter(Objects::nonNull).distinct()
                .toList();
    }
}
