package org.debugshop.bench.load;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.debugshop.bench.load.Instance.Start;

/** The copies that a benchmark has started. All of them are stopped when it ends, also when a failure or Ctrl-C ends it. */
final class Running {

    private final Progress progress;
    private final Deque<Instance> instances = new ArrayDeque<>();

    Running(Progress progress) {
        this.progress = progress;
    }

    /** A benchmark. It returns the exit code of the JVM, and may be interrupted. */
    interface Benchmark {
        int run() throws IOException, InterruptedException;
    }

    Start start(Instance instance, String... options) throws IOException, InterruptedException {
        instances.push(instance);
        return instance.up(options);
    }

    void stop(Instance instance) throws IOException, InterruptedException {
        instance.down();
        instances.remove(instance);
    }

    /** Runs a benchmark on the current thread, stops what it has left running, and ends the JVM. A failure is reported, with the code 1. */
    void runAndExit(Benchmark benchmark) {
        var cleaning = new AtomicBoolean();
        var clean = new CountDownLatch(1);
        var measuring = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            if (cleaning.compareAndSet(false, true)) {
                measuring.interrupt();
            }
            try {
                clean.await();
            } catch (InterruptedException impossible) {
                Thread.currentThread().interrupt();
            }
        }));
        var code = 1;
        try {
            code = benchmark.run();
        } catch (InterruptedException stopped) {
            progress.end();
            System.err.println("Stopping");
        } catch (IOException | IllegalStateException failure) {
            progress.end();
            System.err.println("shop: " + failure.getMessage());
        } finally {
            cleaning.set(true);
            stopAll();
            clean.countDown();
        }
        System.exit(code);
    }

    private void stopAll() {
        while (!instances.isEmpty()) {
            try {
                progress.step("stopping what runs at port offset %d", instances.peek().offset());
                instances.peek().down();
                instances.pop();
            } catch (InterruptedException lateCtrlC) {
                Thread.interrupted(); // the interrupt asks for what happens already, so it is ignored
            } catch (IOException | IllegalStateException failure) {
                System.err.println("shop: " + failure.getMessage());
                instances.pop();
            }
        }
        progress.end();
    }
}
