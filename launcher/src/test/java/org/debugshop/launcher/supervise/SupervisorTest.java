package org.debugshop.launcher.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.supervise.SupervisedService.Timing;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A supervisor in this JVM with stand-ins for the services. It waits milliseconds instead of seconds. */
class SupervisorTest extends InASandbox {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Timing QUICK = new Timing(Duration.ofMillis(20), Duration.ofMillis(50), PATIENCE, Duration.ofMillis(20),
            Duration.ofMillis(20), 3, Duration.ofMillis(20));
    private static final Supervisor.Options OPTIONS = new Supervisor.Options(Instance.DEFAULT_HOST, true, PATIENCE, PATIENCE, QUICK);
    private static final Service CURRENCY = Topology.DEBUG_SHOP.find("currency").orElseThrow();
    private static final Service CHECKOUT = Topology.DEBUG_SHOP.find("checkout").orElseThrow();

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private Supervisor supervisor;

    @AfterEach
    void stop() throws InterruptedException {
        if (supervisor != null) {
            supervisor.kill();
            supervisor.stop();
        }
    }

    private void start(Supervisor.Options options, Service... services) throws IOException, InterruptedException {
        Files.createDirectories(sandbox.instance(offset).directory());
        supervisor = new Supervisor(sandbox.instance(offset), List.of(services), options, lines::add);
        assertThat(supervisor.start()).isTrue();
    }

    @Test
    void shouldKillAServiceThatDoesNotStopInTime() throws Exception {
        sandbox.behave("currency", "stubborn");
        start(new Supervisor.Options(Instance.DEFAULT_HOST, true, PATIENCE, Duration.ofMillis(300), QUICK), CURRENCY, CHECKOUT);
        var processes = supervisor.state().services().stream().map(State.Entry::process).toList();
        assertThat(processes).hasSize(2).allMatch(OsProcess::isAlive);

        supervisor.stop();

        assertThat(processes).noneMatch(OsProcess::isAlive);
        assertThat(State.read(sandbox.instance(offset)).orElseThrow()).returns(State.Phase.STOPPED, State::phase);
        assertThat(sandbox.events()).doesNotContain("ended currency");
    }

    @Test
    void shouldStartNoServiceAfterAStopWasRequested() throws Exception {
        start(OPTIONS, CURRENCY);
        supervisor.stop(List.of(CURRENCY), line -> {});
        var answers = new ArrayList<String>();

        supervisor.requestStop();

        assertThat(supervisor.start(List.of(CURRENCY, CHECKOUT), answers::add)).isFalse();
        assertThat(answers).containsExactly("This instance is being stopped; nothing is started any more.");
        assertThat(supervisor.state().services()).extracting(State.Entry::name, State.Entry::state)
                .containsExactly(tuple("currency", State.Condition.STOPPED));
    }

    @Test
    void shouldNotStartAServiceThatIsAlreadyRetired() throws Exception {
        var changes = new ArrayList<State.Entry>();
        var service = new SupervisedService(CURRENCY, sandbox.instance(offset), Instance.DEFAULT_HOST, _ -> true, true, QUICK,
                (before, after) -> changes.add(after));

        service.retire(PATIENCE);
        service.start();

        assertThat(changes).isEmpty();
        assertThat(service.entry()).returns(State.Condition.STOPPED, State.Entry::state);
    }

    @Test
    void shouldRestartADeadProcessWithGrowingDelays() throws Exception {
        start(OPTIONS, CURRENCY);
        sandbox.behave("currency", "broken");

        kill();

        await().atMost(PATIENCE).until(() -> deaths().size() >= 4);
        assertThat(entry().state()).isIn(State.Condition.RESTARTING, State.Condition.STARTING);
        sandbox.behave("currency", "");
        await().atMost(PATIENCE).until(() -> lines.contains("currency is ready again"));
        assertThat(deaths()).startsWith("currency died: killed by signal 9, next attempt in 0.02 s",
                "currency died: exit code 3, next attempt in 0.04 s",
                "currency died: exit code 3, next attempt in 0.05 s",
                "currency died: exit code 3, next attempt in 0.05 s");
        assertThat(entry()).returns(State.Condition.READY, State.Entry::state).returns(deaths().size(), State.Entry::restarts);
    }

    @Test
    void shouldStartAgainWithTheFirstDelayAfterAHealthyTime() throws Exception {
        var soonHealthy = new Timing(QUICK.firstDelay(), QUICK.longestDelay(), Duration.ZERO, QUICK.lookWhileStarting(),
                QUICK.lookWhileReady(), QUICK.missedLooksToUnready(), QUICK.patienceWhenPaused());
        start(new Supervisor.Options(Instance.DEFAULT_HOST, true, PATIENCE, PATIENCE, soonHealthy), CURRENCY);

        for (var restarts = 1; restarts <= 2; restarts++) {
            var expected = restarts;
            kill();
            await().atMost(PATIENCE).until(() -> entry().restarts() == expected && entry().state() == State.Condition.READY);
        }

        assertThat(deaths()).hasSize(2).containsOnly("currency died: killed by signal 9, next attempt in 0.02 s");
    }

    @Test
    void shouldDoubleTheDelayFromOneToThirtySeconds() {
        assertThat(Stream.iterate(Timing.STANDARD.firstDelay(), Timing.STANDARD::delayAfter).limit(7))
                .extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void shouldPrintThatAServiceIsNoLongerReadyAndThatItIsReadyAgain() throws Exception {
        start(OPTIONS, CURRENCY);
        sandbox.behave("currency", "unready");
        await().atMost(PATIENCE).until(() -> entry().state() == State.Condition.UNREADY);
        assertThat(lines).containsExactly("currency is not ready any more: /health/ready fails");

        sandbox.behave("currency", "");

        await().atMost(PATIENCE).until(() -> entry().state() == State.Condition.READY);
        await().atMost(PATIENCE).until(() -> lines.contains("currency is ready again"));
        assertThat(entry().restarts()).isZero();
    }

    @Test
    void shouldNotRestartADeadProcessIfRestartsAreOff() throws Exception {
        start(new Supervisor.Options(Instance.DEFAULT_HOST, false, PATIENCE, PATIENCE, QUICK), CURRENCY);

        kill();

        await().atMost(PATIENCE).until(() -> lines.contains("currency failed: killed by signal 9"));
        assertThat(entry().state()).isEqualTo(State.Condition.FAILED);
    }

    private State.Entry entry() {
        return supervisor.state().find("currency").orElseThrow();
    }

    private List<String> deaths() {
        return lines.stream().filter(line -> line.startsWith("currency died")).toList();
    }

    private void kill() {
        entry().process().kill();
    }
}
