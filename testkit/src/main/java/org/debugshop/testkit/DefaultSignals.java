package org.debugshop.testkit;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes processes that tests start react to signals. A shell starts background jobs with SIGINT ignored, and nohup(1) ignores SIGHUP.
 * All child processes inherit this, and a JVM installs no handler for a signal that is ignored when it starts.
 */
public final class DefaultSignals {

    private static final List<String> ENV = List.of("env", "--default-signal=HUP,INT,TERM");

    /** The words to put before a command: a call of GNU's env(1). Empty if there is no such program, as on macOS. */
    public static final List<String> PREFIX = isKnown() ? ENV : List.of();

    private DefaultSignals() {}

    private static boolean isKnown() {
        try {
            return new ProcessBuilder(Stream.concat(ENV.stream(), Stream.of("true")).toList())
                    .redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException noSuchCommand) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
