package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.Sandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop events} without Kafka. {@code DeadLettersIT} runs it with Kafka. */
class EventsCommandTest {

    @TempDir
    Path directory;

    private Sandbox sandbox;
    private int offset;

    @BeforeEach
    void prepare() throws IOException {
        sandbox = new Sandbox(directory);
        offset = sandbox.freeOffset();
    }

    @AfterEach
    void cleanUp() throws IOException, InterruptedException {
        sandbox.close();
    }

    @Test
    void shouldReportThatNothingIsUp() throws Exception {
        assertThat(sandbox.run(offset, "events", "replay")).returns(1, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .contains("shop: Nothing is up; ./shop up starts everything, ./shop up --only kafka only that.");
    }

    @Test
    void shouldReportThatKafkaDoesNotRun() throws Exception {
        var instance = sandbox.instance(offset);
        Files.createDirectories(instance.directory());
        new State(OsProcess.of(ProcessHandle.current().pid(), "java"), 0, "127.0.0.1", State.Phase.UP, null,
                List.of(new State.Entry("kafka", State.Condition.STOPPED, 9092 + offset, null, 0, 0, null)), 4318, null).write(instance);

        var events = sandbox.run(offset, "events");
        Files.delete(State.file(instance)); // it names this JVM as the launcher, which cleaning up would kill

        assertThat(events).returns(1, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .contains("shop: Kafka does not run in this instance", "./shop start kafka --port-offset " + offset + " starts it.");
    }
}
