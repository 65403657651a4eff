package org.debugshop.launcher.instance;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.topology.Mode;

/**
 * The state of an instance, which its launcher keeps in {@code .shop/<offset>/state.json} for the other commands.
 * The file stays if the launcher is killed, and is needed most then.
 *
 * @param launcher the launcher that supervises the instance, or did
 * @param startedAt the start of the launcher, in milliseconds since the epoch
 * @param host the address that the services listen on
 * @param phase the state of the whole instance
 * @param failure a message for the user if the instance failed; null otherwise
 * @param services in the order of start
 * @param otlpPort the console's port for OTLP/HTTP
 * @param forwardedTo another receiver of all telemetry; null if there is none
 */
public record State(OsProcess launcher, long startedAt, String host, Phase phase, String failure, List<Entry> services, int otlpPort,
        String forwardedTo) {

    public enum Phase {
        STARTING, UP, STOPPING, STOPPED, FAILED
    }

    public enum Condition {
        /** The process runs and has not answered {@code /health/ready} yet. */
        STARTING,
        /** {@code /health/ready} answers 200. */
        READY,
        /** The process runs and was ready, but its health check fails now. */
        UNREADY,
        /** The process has a debugger and does not answer: it is at a breakpoint, or waits for the debugger. */
        PAUSED,
        /** The process died; the next attempt waits for its back-off to pass. */
        RESTARTING,
        /** The process died, or never became ready, and is not started again. */
        FAILED,
        /** The process got a signal to end. */
        STOPPING,
        /** It does not run, and will not be restarted. */
        STOPPED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One service.
     *
     * @param process null while there is none
     * @param since when the process started, milliseconds since the epoch; 0 while there is none
     * @param restarts how often a process that died was replaced
     * @param note a remark for the reader, such as an exit code; null if there is none
     * @param mode how it is started
     */
    public record Entry(String name, Condition state, int port, OsProcess process, long since, int restarts, String note, Mode mode) {

        public Entry(String name, Condition state, int port, OsProcess process, long since, int restarts, String note) {
            this(name, state, port, process, since, restarts, note, Mode.PACKAGED);
        }

        public boolean isInDevMode() {
            return mode != null && mode.kind() == Mode.Kind.DEV;
        }
    }

    public Optional<Entry> find(String service) {
        return services.stream().filter(entry -> entry.name().equals(service)).findFirst();
    }

    public static Path file(Instance instance) {
        return instance.directory().resolve("state.json");
    }

    /** Returns the last state of the instance; empty if there is none. Throws an exception if the file is damaged. */
    public static Optional<State> read(Instance instance) throws IOException {
        try {
            return Optional.of(JSON.std.beanFrom(State.class, Files.readAllBytes(file(instance))));
        } catch (NoSuchFileException neverStarted) {
            return Optional.empty();
        } catch (JacksonException unreadable) {
            throw new IOException(file(instance) + " is not what a launcher writes. Remove it, then ./shop down stops what may still run.");
        }
    }

    /** Replaces the file in one step, so that a reader never sees half of it. */
    public void write(Instance instance) throws IOException {
        var file = file(instance);
        var next = file.resolveSibling("state.json.new");
        Files.write(next, JSON.std.asBytes(this));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
