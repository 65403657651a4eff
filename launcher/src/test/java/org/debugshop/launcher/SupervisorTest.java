package org.debugshop.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
            var supervisor = new Supervisor(instance, services, impatient, line -> {});

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

    @Test
    void shouldStartNothingOnceAStopWasRequested() throws Exception {
        var sandbox = new Sandbox(directory);
        try {
            var instance = sandbox.instance(sandbox.freeOffset());
            Files.createDirectories(instance.directory());
            var currency = Topology.DEBUG_SHOP.find("currency").orElseThrow();
            var checkout = Topology.DEBUG_SHOP.find("checkout").orElseThrow();
            var options = new Supervisor.Options(Instance.DEFAULT_HOST, true, Duration.ofSeconds(60), Duration.ofSeconds(60));
            var supervisor = new Supervisor(instance, List.of(currency), options, line -> {});
            assertThat(supervisor.start()).isTrue();
            supervisor.stop(List.of(currency), line -> {});
            var answers = new ArrayList<String>();

            supervisor.requestStop();

            assertThat(supervisor.start(List.of(currency, checkout), answers::add)).isFalse();
            assertThat(answers).containsExactly("This instance is being stopped; nothing is started any more.");
            assertThat(supervisor.state().services()).extracting(State.Entry::name, State.Entry::state)
                    .containsExactly(tuple("currency", State.Condition.STOPPED));
            supervisor.stop();
        } finally {
            sandbox.close();
        }
    }

    @Test
    void shouldNotStartAServiceThatAStopHasPassed() throws Exception {
        var sandbox = new Sandbox(directory);
        try {
            var instance = sandbox.instance(sandbox.freeOffset());
            var changes = new ArrayList<State.Entry>();
            var service = new SupervisedService(Topology.DEBUG_SHOP.find("currency").orElseThrow(), instance, Instance.DEFAULT_HOST,
                    _ -> true, true,
                    (before, after) -> changes.add(after));

            service.retire(Duration.ofSeconds(60));
            service.start();

            assertThat(changes).isEmpty();
            assertThat(service.entry()).returns(State.Condition.STOPPED, State.Entry::state);
        } finally {
            sandbox.close();
        }
    }
}
