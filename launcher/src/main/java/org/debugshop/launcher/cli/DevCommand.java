package org.debugshop.launcher.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.LogTail;
import org.debugshop.launcher.os.Signals;
import org.debugshop.launcher.supervise.ControlCommands;
import org.debugshop.launcher.terminal.LogLine;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Service;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "dev", description = {"Run a service from its sources, with live reload",
        "",
        "Quarkus dev mode replaces the packaged service. The others keep running, and telemetry arrives as before. Edit a file of the "
                + "service or of service-defaults, and the next request runs the change. Dev mode looks for changes at most every two "
                + "seconds. A debugger can also attach, to the port that is printed.",
        "",
        "Shows the service's log until Ctrl-C, which starts the packaged service again. ./shop restart builds the changes into it. From "
                + "another terminal, ./shop dev --off ends dev mode.",
        ""}, footer = {"", "Examples:",
                "  ./shop dev gateway",
                "  ./shop dev --off gateway     from another terminal"}, exitCodeList = {"0:another command ended dev mode, or --off did",
                        "1:it did not start, the message says why, or nothing is up", Shop.ENDED + ", and the packaged service runs again"})
final class DevCommand implements Callable<Integer> {

    private static final Duration LOOK = Duration.ofMillis(200);

    @Mixin
    private InstanceOptions common;

    @Option(names = "--off", description = "Put the packaged service back.")
    private boolean off;

    @Parameters(paramLabel = "SERVICE", completionCandidates = Candidates.Services.class, description = "Which one; ./shop status has the names.")
    private String name;

    private final Terminal terminal = Terminal.current();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var service = common.application(name);
        var found = RunningInstance.find(common.instance(), List.of(name));
        if (found.isEmpty()) {
            return Shop.FAILED;
        }
        var running = found.get();
        if (off) {
            return putBack(running, service);
        }
        common.checkout().withSources("dev");
        var signal = new AtomicInteger();
        var interrupted = new CountDownLatch(1);
        Signals.onEnding(number -> {
            if (!signal.compareAndSet(0, number)) {
                Runtime.getRuntime().halt(128 + number); // the launcher still executes the request
            }
            interrupted.countDown();
        });
        var code = follow(running, service, interrupted);
        if (signal.get() != 0) {
            System.out.println();
            putBack(running, service);
            return 128 + signal.get();
        }
        return code;
    }

    /** Returns when it is interrupted, when dev mode has ended, or when dev mode did not start. */
    private int follow(RunningInstance running, Service service, CountDownLatch interrupted) throws IOException, InterruptedException {
        var tail = new LogTail(running.instance().log(service.name()));
        tail.lastLines(0);
        System.out.println("Starting " + service.name() + " in dev mode; Ctrl-C puts the packaged one back");
        var started = new FutureTask<>(() -> running.ask("dev", List.of(service.name()), line -> {
            if (interrupted.getCount() > 0) {
                System.out.println(line); // later lines answer the request to end dev mode
            }
        }));
        Thread.ofVirtual().name("dev").start(started);
        do {
            for (var line : tail.newLines()) {
                LogLine.parse(line).styled(terminal).forEach(System.out::println);
            }
            if (started.isDone()) {
                if (result(started) != Shop.OK) {
                    if (interrupted.getCount() > 0) {
                        putBack(running, service);
                    }
                    return Shop.FAILED;
                }
                var state = State.read(running.instance()).orElseThrow();
                if (state.phase() == State.Phase.UP && !state.launcher().isAlive()) {
                    System.err.println("shop: The launcher of this instance was killed; ./shop down stops what it left.");
                    return Shop.FAILED;
                }
                if (state.phase() != State.Phase.UP || !state.find(service.name()).map(State.Entry::isInDevMode).orElse(false)) {
                    System.out.println(service.name() + " is not in dev mode any more.");
                    return Shop.OK;
                }
            }
        } while (!interrupted.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        return Shop.OK;
    }

    private static int putBack(RunningInstance running, Service service) throws IOException, InterruptedException {
        var code = running.ask("dev", List.of(service.name(), ControlCommands.OFF));
        running.warnIfStale(service);
        return code;
    }

    private static int result(FutureTask<Integer> done) throws IOException, InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException failure) {
            throw new IOException(failure.getCause().getMessage(), failure.getCause());
        }
    }
}
