package org.debugshop.launcher.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A signal, as a terminal or kill(1) sends it. */
public enum Signal {
    HUP, INT, TERM, STOP;

    /** A call of GNU's env(1). Without that program, as on macOS, commands are started unchanged. */
    private static final List<String> BY_DEFAULT = List.of("env", "--default-signal=HUP,INT,TERM");
    private static final boolean HAS_DEFAULT = succeeds(BY_DEFAULT);

    public void send(long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + this, Long.toString(pid)).start().waitFor()).isZero();
    }

    /**
     * Returns a command whose process reacts to signals. A shell starts background jobs with SIGINT ignored, and nohup(1) ignores SIGHUP.
     * All child processes inherit this, and a JVM installs no handler for a signal that is ignored when it starts.
     */
    static List<String> reaching(List<String> command) {
        var prefixed = new ArrayList<>(HAS_DEFAULT ? BY_DEFAULT : List.of());
        prefixed.addAll(command);
        return prefixed;
    }

    private static boolean succeeds(List<String> env) {
        var command = new ArrayList<>(env);
        command.add("true");
        try {
            return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException noSuchCommand) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
