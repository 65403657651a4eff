package org.debugshop.launcher.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.LogFile;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Failures around a supervised process: of its log, its environment and the launcher's log. */
class SupervisedServiceTest extends InASandbox {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Service CURRENCY = Topology.DEBUG_SHOP.find("currency").orElseThrow();

    @Test
    @Tag("nightly")
    void shouldKeepAProcessRunningIfItsLogCannotBeRotated() throws Exception {
        var service = service(_ -> true);
        try {
            service.log().startNew();
            var inTheWay = Files.createDirectory(service.log().previous()); // stands for a full disk
            Files.createFile(inTheWay.resolve("file"));
            service.start();
            await().atMost(PATIENCE).until(() -> service.entry().state() == State.Condition.READY);

            grow(service.log().path());
            sandbox.behave("currency", "unready");
            await().atMost(PATIENCE).until(() -> service.entry().state() == State.Condition.UNREADY); // after three failed health checks
            Files.delete(inTheWay.resolve("file"));
            Files.delete(inTheWay);

            await().atMost(PATIENCE).until(() -> Files.isRegularFile(service.log().previous()));
            assertThat(service.entry().process().isAlive()).isTrue();
        } finally {
            service.stop(Duration.ofSeconds(10));
        }
    }

    @Test
    void shouldReportWhyAServiceHasNoEnvironment() throws Exception {
        var service = service(_ -> {
            throw new UncheckedIOException("The password cannot be kept", new NoSuchFileException("/a"));
        });
        service.log().startNew();

        service.start();

        await().atMost(PATIENCE).until(() -> service.entry().state() == State.Condition.FAILED);
        assertThat(service.entry().note()).isEqualTo("The password cannot be kept: cannot use /a: it is not there");
    }

    @Test
    @Tag("nightly")
    void shouldLimitTheSizeOfTheLaunchersLog() throws Exception {
        assertThat(sandbox.run("up", "-d", "--only", "currency", "--port-offset", n)).returns(0, Outcome::code);
        var log = new LogFile(sandbox.instance(offset).log("launcher"));
        grow(log.path());

        assertThat(ProcessHandle.of(sandbox.status(offset, "currency").pid()).orElseThrow().destroyForcibly()).isTrue();

        await().atMost(PATIENCE).until(() -> Files.readString(log.path()).contains("is ready again"));
        assertThat(log.path()).isRegularFile();
        assertThat(Files.size(log.path())).isLessThan(LogFile.LIMIT);
        assertThat(Files.size(log.previous())).isEqualTo(LogFile.LIMIT);
    }

    private SupervisedService service(Predicate<String> present) throws IOException {
        var instance = sandbox.instance(offset);
        Files.createDirectories(instance.directory());
        return new SupervisedService(CURRENCY, instance, Instance.DEFAULT_HOST, present, true, SupervisedService.Timing.STANDARD,
                (_, _) -> {});
    }

    private static void grow(Path log) throws IOException {
        try (var file = new RandomAccessFile(log.toFile(), "rw")) {
            file.setLength(LogFile.LIMIT + 1000);
        }
    }
}
