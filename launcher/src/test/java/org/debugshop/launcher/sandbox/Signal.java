package org.debugshop.launcher.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a terminal or kill(1) sends to a process. */
public enum Signal {
    HUP, INT, TERM, STOP;

    /** With GNU's env(1); elsewhere, as on macOS, the command is started as it is. */
    private static final List<String> BY_DEFAULT = List.of("env", "--default-signal=HUP,INT,TERM");
    private static final boolean HAS_DEFAULT = succeeds(BY_DEFAULT);

    public void send(long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + this, Long.toString(pid)).start().waitFor()).isZero();
    }

    /**
     * The command, as a process that a signal reaches. What a script starts in its background ignores SIGINT, and SIGHUP below nohup(1);
     * all that it starts inherits this, and a JVM leaves a signal alone that it was started to ignore.
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
