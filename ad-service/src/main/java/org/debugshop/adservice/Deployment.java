package org.debugshop.adservice;

import io.quarkus.runtime.LaunchMode;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.function.Supplier;
import org.debugshop.defaults.controls.Fault;

/** Ends the process, so that it is started again with the other version, unless it runs the right one. */
final class Deployment implements Fault.Effect {

    /** A process that is younger doesn't end, so that a misunderstanding cannot make it start again and again. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    private final boolean next;
    private final Supplier<Duration> uptime;
    private final Runnable exit;

    /**
     * @param next whether this process runs the next version
     * @param uptime how long it has been running
     * @param exit ends it in order
     */
    Deployment(boolean next, Supplier<Duration> uptime, Runnable exit) {
        this.next = next;
        this.uptime = uptime;
        this.exit = exit;
    }

    @Override
    public Uni<Void> begin(double strength) {
        return run(true);
    }

    @Override
    public Uni<Void> end() {
        return run(false);
    }

    private Uni<Void> run(boolean wanted) {
        if (next == wanted) {
            return Uni.createFrom().voidItem();
        }
        if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
            return Uni.createFrom().failure(new IllegalStateException("Nothing would start it again in dev mode"));
        }
        if (uptime.get().compareTo(SETTLED) < 0) {
            return Uni.createFrom().failure(new IllegalStateException("It was started a moment ago, and waits before it is started again"));
        }
        exit.run();
        return Uni.createFrom().nothing();
    }
}
