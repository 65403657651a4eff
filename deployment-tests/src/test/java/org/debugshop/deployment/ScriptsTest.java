package org.debugshop.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs {@code build-and-push.sh} with a stand-in for Docker, and checks the modules of the build. */
class ScriptsTest {

    private static final List<String> SERVICES = Topology.DEBUG_SHOP.applications().stream().map(Service::module).distinct().toList();

    private static final String OURS = "<groupId>org\\.debugshop</groupId>\\s*<artifactId>(.+)</artifactId>";

    @TempDir
    private Path directory;

    private record Outcome(int code, String out, String err) {}

    private Outcome run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Chart.CHECKOUT.resolve("build-and-push.sh").toString()));
        command.addAll(List.of(arguments));
        var out = directory.resolve("out").toFile();
        var err = directory.resolve("err").toFile();
        var builder = new ProcessBuilder(command).redirectOutput(out).redirectError(err);
        builder.environment().keySet().removeAll(List.of("REPOSITORY", "VERSION", "PLATFORMS"));
        builder.environment().putAll(environment);
        return new Outcome(builder.start().waitFor(), Files.readString(out.toPath()), Files.readString(err.toPath()));
    }

    /** Returns a PATH that starts with a folder with this script as {@code docker}. */
    private Map<String, String> docker(String script) throws IOException {
        var docker = directory.resolve("docker");
        Files.writeString(docker, "#!/bin/sh\n" + script + "\n", UTF_8);
        assertThat(docker.toFile().setExecutable(true)).isTrue();
        return Map.of("PATH", directory + ":" + System.getenv("PATH"), "REPOSITORY", "ghcr.io/somebody/shop");
    }

    @Test
    void shouldOnlyPrintTheCommandForEachService() throws Exception {
        var printed = run(Map.of("REPOSITORY", "ghcr.io/somebody/shop", "VERSION", "1.2.3"), "--dry-run");

        assertThat(printed.code()).isZero();
        assertThat(printed.out().lines()).hasSize(SERVICES.size()).allSatisfy(line -> assertThat(line)
                .startsWith("docker buildx build --file Dockerfile ").contains("--platform linux/amd64\\,linux/arm64 --push"));
        for (var service : SERVICES) {
            assertThat(printed.out()).contains("SERVICE=" + service + " ",
                    " --tag ghcr.io/somebody/shop:" + service + "-1.2.3 --tag ghcr.io/somebody/shop:" + service + "-latest ");
        }
    }

    @Test
    void shouldBuildForThisPlatformOrOthersOrNatively() throws Exception {
        assertThat(run(Map.of("PLATFORMS", "linux/arm64"), "--dry-run", "gateway").out()).hasLineCount(1)
                .contains("--platform linux/arm64 --push");
        assertThat(run(Map.of(), "--dry-run", "--load", "gateway").out()).contains(" --load ").doesNotContain("--push", "--platform");
        assertThat(run(Map.of("VERSION", "2"), "--dry-run", "--native", "gateway").out()).contains("--file Dockerfile.native",
                ":gateway-2-native ", ":gateway-latest-native ");
        assertThat(run(Map.of("VERSION", "2"), "--dry-run", "--no-latest", "gateway").out()).contains(":gateway-2 ")
                .doesNotContain("latest");
    }

    @Test
    void shouldHaveAFolderForEachService() {
        assertThat(SERVICES).allSatisfy(
                service -> assertThat(Chart.CHECKOUT.resolve(service).resolve("src/main/resources/application.properties")).exists());
    }

    /** Otherwise a parallel build starts the tests while a module is still being built, and {@code ./shop up} builds it a second time. */
    @Test
    void shouldPackageEveryModuleBeforeTheSystemTestsBegin() throws IOException {
        var withoutProcesses = Set.of("native-rules", "service-defaults", "testkit", "distribution", "deployment-tests", "system-tests");
        assertThat(names("pom.xml", "<module>(?:.*/)?(.+)</module>")).filteredOn(module -> !withoutProcesses.contains(module))
                .contains("gateway", "bare")
                .isSubsetOf(names("distribution/pom.xml", OURS));
        assertThat(names("system-tests/pom.xml", OURS)).contains("distribution");
    }

    private static List<String> names(String pom, String pattern) throws IOException {
        return Pattern.compile(pattern).matcher(Files.readString(Chart.CHECKOUT.resolve(pom))).results().map(name -> name.group(1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gatway          | There is no service 'gatway'
            --fast          | There is no option --fast
            gateway         | REPOSITORY is not set
            """)
    void shouldRefuseAWrongCommandLine(String argument, String sentence) throws Exception {
        var refused = run(Map.of(), argument);

        assertThat(refused).returns(2, Outcome::code).returns("", Outcome::out);
        assertThat(refused.err()).startsWith("build-and-push.sh: ").contains(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 2", "x:y", "-1", ".", "a/b"})
    void shouldRefuseAVersionThatIsNotAValidTag(String version) throws Exception {
        assertThat(run(Map.of("VERSION", version), "--dry-run", "gateway")).returns(2, Outcome::code).extracting(Outcome::err).asString()
                .contains("VERSION");
    }

    @Test
    void shouldReportMissingBuildxOrEngine() throws Exception {
        assertThat(run(docker("exit 1"), "gateway")).returns(2, Outcome::code).extracting(Outcome::err).asString()
                .contains("docker has no buildx");
        assertThat(run(docker("[ \"$1\" = buildx ]"), "gateway")).returns(2, Outcome::code).extracting(Outcome::err).asString()
                .contains("No Docker Engine answers");
    }

    @Test
    void shouldBuildTheOtherImagesAndFailIfOneFails() throws Exception {
        var calls = directory.resolve("calls");
        var outcome = run(docker("echo \"$*\" >>" + calls + "; case \"$*\" in *SERVICE=currency*) exit 1;; esac"), "gateway", "currency",
                "checkout");

        assertThat(outcome).returns(1, Outcome::code);
        assertThat(outcome.err()).contains("Not built or not pushed: currency\n");
        assertThat(Files.readString(calls)).contains("SERVICE=gateway", "SERVICE=currency", "SERVICE=checkout");
    }

    @Test
    void shouldListTheServicesOfTheTopology() throws Exception {
        assertThat(run(Map.of(), "--list").out().lines()).containsExactlyInAnyOrderElementsOf(SERVICES);
    }

    @Test
    void shouldPrintItsUsage() throws Exception {
        var help = run(Map.of(), "--help");
        assertThat(help.code()).isZero();
        assertThat(Stream.of("--native", "--load", "--no-latest", "--dry-run", "--list", "REPOSITORY", "VERSION", "PLATFORMS"))
                .allSatisfy(word -> assertThat(help.out()).contains(word));
    }
}
