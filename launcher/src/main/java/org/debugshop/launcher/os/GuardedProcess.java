package org.debugshop.launcher.os;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process with all processes that it starts, which end with this JVM at the latest, even if that is killed. A shell guards them: it
 * waits until its standard input ends, whose other end only this JVM holds.
 */
public final class GuardedProcess implements AutoCloseable {

    /** Sends a signal to the session of the process, or, if there is no setsid(1), to the process only. */
    private static final String SIGNAL = "s() { kill -s \"$1\" -- \"-$2\" 2>/dev/null || kill -s \"$1\" \"$2\" 2>/dev/null; }; ";
    /** Ends the processes. Those that still run after ten seconds are killed. */
    private static final String END = SIGNAL + "s TERM \"$1\"; i=0; "
            + "while [ $i -lt 100 ] && s 0 \"$1\"; do sleep 0.1; i=$((i+1)); done; s KILL \"$1\"; :";
    private static final String GUARD = "trap '' HUP INT TERM; cat >/dev/null; " + END;

    private final Process process;
    private final Process guard;

    private GuardedProcess(Process process, Process guard) {
        this.process = process;
        this.guard = guard;
    }

    /** @param builder of a {@linkplain OsProcess#detached detached} process */
    public static GuardedProcess start(ProcessBuilder builder) throws IOException {
        var process = builder.start();
        try {
            return new GuardedProcess(process, shell(GUARD, process.pid()).start());
        } catch (IOException noShell) {
            process.destroyForcibly();
            throw noShell;
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns how it has ended. */
    public String ending() {
        var code = process.exitValue();
        return code > 128 ? "killed by signal " + (code - 128) : "exit code " + code;
    }

    /** Ends the processes, and returns when they are gone. */
    @Override
    public void close() throws IOException {
        try {
            shell(END, process.pid()).start().waitFor();
            process.waitFor(OsProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            guard.destroyForcibly();
        }
    }

    private static ProcessBuilder shell(String script, long pid) {
        return new ProcessBuilder(List.of("/bin/sh", "-c", script, "sh", Long.toString(pid)))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
    }
}
