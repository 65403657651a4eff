package org.debugshop.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

    @TempDir
    Path directory;

    @Test
    void shouldKillAServiceThatDoesNotEndWhenAsked() throws Exception {
        var sandbox = new Sandbox(directory);
        try {
            sandbox.behave("currency", "stubborn");
            var instance = sandbox.instance(sandbox.freeOffset());
            Files.createDirectories(instance.directory());
            var services = List.of(Topology.DEBUG_SHOP.find("currency").orElseThrow(), Topology.DEBUG_SHOP.find("checkout").orElseThrow());
            var impatient = new Supervisor.Options(Instance.DEFAULT_HOST, true, Duration.ofSeconds(60), Duration.ofMillis(300));
            var supervisor = new Supervisor(instance, services, impatient, line -> { });

            assertThat(supervisor.start()).isTrue();
            var processes = supervisor.state().services().stream().map(State.Entry::process).toList();
            assertThat(processes).hasSize(2).allMatch(OsProcess::isAlive);
            supervisor.stop();

            assertThat(processes).noneMatch(OsProcess::isAlive);
            assertThat(State.read(instance).orElseThrow()).returns(State.Phase.STOPPED, State::phase);
            assertThat(sandbox.events()).contains("ended checkout").doesNotContain("ended currency");
        } finally {
            sandbox.close();
        }
    }
}
