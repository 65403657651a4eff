package org.debugshop.launcher.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Service;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {

    private static final List<Service> SERVICES = List.of(Service.quarkus("gateway", 1), Service.quarkus("currency", 2));

    @TempDir
    Path checkout;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private Build build;

    @BeforeEach
    void layOut() throws IOException {
        build = new Build(checkout, new Screen(new Terminal(false, false, 0, 0), new PrintStream(said, true, StandardCharsets.UTF_8)));
        write("pom.xml", 1);
        for (var module : List.of("service-defaults", "gateway", "currency")) {
            write(module + "/pom.xml", 1);
            write(module + "/src/main/java/A.java", 1);
            write(module + "/src/main/java/B.java", 1);
        }
        for (var module : List.of("gateway", "currency")) {
            write(module + "/target/build-started", 10);
            write(module + "/target/quarkus-app/quarkus-run.jar", 20);
        }
        for (var folder : List.of("service-defaults/src/main", "gateway/src/main", "currency/src/main")) {
            touch(folder + "/java", 1);
            touch(folder, 1);
        }
    }

    @Test
    void shouldBuildNothingIfNothingChanged() throws Exception {
        assertThat(build.stale(SERVICES)).isEmpty();
        assertThat(build.run(SERVICES)).isTrue();
        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void shouldBuildTheModuleOfAChangedFile() throws Exception {
        write("gateway/src/main/java/A.java", 30);

        assertThat(build.stale(SERVICES)).containsExactly("gateway");
    }

    @Test
    void shouldBuildAModuleAgainIfAFileChangedDuringTheBuild() throws Exception {
        write("gateway/src/main/java/A.java", 15);

        assertThat(build.stale(SERVICES)).containsExactly("gateway");
    }

    @Test
    void shouldBuildTheModuleOfADeletedFile() throws Exception {
        Files.delete(checkout.resolve("currency/src/main/java/B.java"));

        assertThat(build.stale(SERVICES)).containsExactly("currency");
    }

    @Test
    void shouldBuildAModuleAgainIfItsBuildDidNotFinish() throws Exception {
        touch("currency/target/build-started", 40);

        assertThat(build.stale(SERVICES)).containsExactly("currency");
    }

    @Test
    void shouldBuildAModuleThatWasNeverBuilt() throws Exception {
        Files.delete(checkout.resolve("currency/target/quarkus-app/quarkus-run.jar"));

        assertThat(build.stale(SERVICES)).containsExactly("currency");
    }

    @Test
    void shouldCompareWithTheJarOfAModuleWithoutQuarkus() throws Exception {
        var program = List.of(Service.quarkus("bench", 0));
        write("bench/pom.xml", 1);
        write("bench/target/build-started", 10);
        assertThat(build.stale(program)).containsExactly("bench");

        write("bench/target/bench.jar", 20);
        assertThat(build.stale(program)).isEmpty();

        write("bench/src/main/java/A.java", 30);
        assertThat(build.stale(program)).containsExactly("bench");
    }

    @Test
    void shouldBuildEverythingIfASharedFileChanged() throws Exception {
        write("service-defaults/src/main/java/A.java", 30);
        assertThat(build.stale(SERVICES)).containsExactly("gateway", "currency");
        write("service-defaults/src/main/java/A.java", 1);
        touch("service-defaults/src/main/java", 1);
        assertThat(build.stale(SERVICES)).isEmpty();
        write("pom.xml", 30);
        assertThat(build.stale(SERVICES)).containsExactly("gateway", "currency");
    }

    @Test
    void shouldShowTheCompilersErrorsAndThePathOfTheLog() throws Exception {
        for (var file : List.of("mvnw", ".mvn/wrapper/maven-wrapper.properties")) {
            Files.createDirectories(checkout.resolve(file).getParent());
            Files.copy(Path.of("..").resolve(file), checkout.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.writeString(checkout.resolve("pom.xml"), pom("all", "<packaging>pom</packaging><modules><module>gateway</module></modules>"));
        Files.writeString(checkout.resolve("gateway/pom.xml"), pom("gateway",
                """
                        <build><plugins><plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin></plugins></build>"""));
        Files.writeString(checkout.resolve("gateway/src/main/java/B.java"), "class B { int number = \"text\"; }");

        assertThat(build.run(List.of(SERVICES.getFirst()))).isFalse();

        assertThat(said.toString(StandardCharsets.UTF_8)).contains("Building gateway", "The build failed:",
                "gateway/src/main/java/B.java:[1,24] incompatible types", "the whole log: .shop/build.log");
        assertThat(checkout.resolve(".shop/build.log")).content().contains("BUILD FAILURE");
    }

    private static String pom(String name, String rest) {
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>test</groupId>
                <artifactId>%s</artifactId><version>1</version>
                <properties><maven.compiler.release>25</maven.compiler.release></properties>%s</project>""".formatted(name, rest);
    }

    private void write(String file, int second) throws IOException {
        Files.createDirectories(checkout.resolve(file).getParent());
        Files.writeString(checkout.resolve(file), "");
        touch(file, second);
    }

    private void touch(String file, int second) throws IOException {
        Files.setLastModifiedTime(checkout.resolve(file), FileTime.fromMillis(1_700_000_000_000L + second * 1000L));
    }
}
