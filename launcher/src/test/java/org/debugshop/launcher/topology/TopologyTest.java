package org.debugshop.launcher.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.instance.ServiceEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyTest {

    @TempDir
    private static Path directory;

    private final Instance instance = new Instance(directory, 100, Topology.DEBUG_SHOP);

    @Test
    void shouldGiveEachProcessItsOwnPorts() {
        assertThat(Topology.DEBUG_SHOP.services().stream().flatMap(service -> service.ports().stream())).doesNotHaveDuplicates();
        assertThat(Topology.DEBUG_SHOP.names()).doesNotHaveDuplicates();
    }

    @Test
    void shouldRunOnlyExistingModules() throws IOException {
        var modules = Files.readString(Path.of("..", "pom.xml"));
        assertThat(Topology.DEBUG_SHOP.services())
                .allSatisfy(service -> assertThat(modules).contains("<module>" + service.module() + "</module>"));
    }

    @Test
    void shouldStartABareServiceInTheSameWayForEachApplication() throws IOException {
        var modules = Files.readString(Path.of("..", "pom.xml"));
        var bare = Topology.BARE.services();

        assertThat(modules).contains("<module>bench/bare</module>");
        assertThat(bare).extracting(Service::name).doesNotHaveDuplicates().doesNotContainAnyElementsOf(Topology.DEBUG_SHOP.names());
        assertThat(bare).extracting(Service::port)
                .containsExactlyElementsOf(Topology.DEBUG_SHOP.applications().stream().map(Service::port).toList());
        assertThat(bare)
                .allSatisfy(service -> assertThat(flags(service)).isEqualTo(flags(Topology.DEBUG_SHOP.find("gateway").orElseThrow())));
    }

    @Test
    void shouldEndAProcessThatRunsOutOfMemory() throws IOException {
        assertThat(Topology.DEBUG_SHOP.applications())
                .allSatisfy(service -> assertThat(flags(service)).contains("-XX:+ExitOnOutOfMemoryError"));
        assertThat(Files.readAllLines(Path.of("..", "docker", "java.options"))).contains("-XX:+ExitOnOutOfMemoryError");
    }

    private List<String> flags(Service service) throws IOException {
        return new LaunchCommand(instance, service).in(Mode.PACKAGED).stream()
                .filter(argument -> argument.startsWith("-X") && !argument.contains("AOTCache")).toList();
    }

    @Test
    void shouldShiftEveryPortOfAnEnvironment() {
        assertThat(new ServiceEnvironment(instance, "127.0.0.1", _ -> false)
                .of(Topology.DEBUG_SHOP.find("checkout").orElseThrow(), Mode.PACKAGED))
                .containsEntry("DATABASE_URL", "").containsEntry("DATABASE_PASSWORD", "").containsEntry("KAFKA_BOOTSTRAP_SERVERS", "");
        var ports = Topology.DEBUG_SHOP.services().stream().flatMap(service -> service.ports().stream())
                .map(port -> Integer.toString(port)).collect(Collectors.toSet());
        for (var service : Topology.DEBUG_SHOP.services()) {
            assertThat(new ServiceEnvironment(instance, "127.0.0.1", _ -> true).of(service, Mode.PACKAGED).values())
                    .allSatisfy(value -> assertThat(value.split("[^0-9]+")).doesNotContainAnyElementsOf(ports));
        }
    }

    @ParameterizedTest
    @CsvSource({"50, 50", "'', 13", "' ', 13", ", 13"})
    void shouldPreferTheNumberOfUsersThatIsSetToTheDefault(String set, String used) {
        var environment = new HashMap<String, String>();
        environment.put("LOAD_PROFILE", "instabook");
        if (set != null) {
            environment.put("USERS", set);
        }

        new ServiceEnvironment(instance, "127.0.0.1", _ -> true).addTo(environment,
                Topology.DEBUG_SHOP.find("load-generator").orElseThrow(),
                Mode.PACKAGED);

        assertThat(environment).containsEntry("USERS", used).containsEntry("LOAD_PROFILE", "shop");
    }

    @ParameterizedTest
    @CsvSource(nullValues = "nobody", value = {
            "currency, checkout inventory payments gateway load-generator",
            "gateway, load-generator",
            "instabook-cache, instabook load-generator-instabook",
            "instabook, load-generator-instabook",
            "console, nobody",
            "load-generator, nobody"})
    void shouldFindTheServicesThatWaitForAService(String service, String waiting) {
        assertThat(Topology.DEBUG_SHOP.waitingFor(Topology.DEBUG_SHOP.find(service).orElseThrow())).extracting(Service::name)
                .isEqualTo(waiting == null ? List.of() : List.of(waiting.split(" ")));
    }

    @ParameterizedTest
    @CsvSource({
            "127.0.0.1, http://localhost:8188/admin",
            "0.0.0.0, http://localhost:8188/admin",
            "192.0.2.5, http://192.0.2.5:8188/admin",
            "2001:db8::1, http://[2001:db8::1]:8188/admin"})
    void shouldLinkToOtherServicesAtTheirHost(String host, String url) {
        var service = Service.quarkus("one", 8070).linksTo("OTHER", "other", "/admin");
        var topology = new Topology(List.of(service, Service.quarkus("other", 8088)));

        assertThat(new ServiceEnvironment(new Instance(Path.of("/somewhere"), 100, topology), host, _ -> true)
                .of(service, Mode.PACKAGED))
                .containsEntry("OTHER", url)
                .containsEntry("HOST", host)
                .containsEntry("PORT", "8170");
    }
}
