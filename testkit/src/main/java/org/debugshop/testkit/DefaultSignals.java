package org.debugshop.testkit;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lets signals reach a process that is started from here. What a script starts in its background ignores SIGINT, and SIGHUP below
 * nohup(1); all that it starts inherits this, and a JVM leaves a signal alone that it was started to ignore.
 */
public final class DefaultSignals {

    private static final List<String> ENV = List.of("env", "--default-signal=HUP,INT,TERM");

    /** What goes before a command: GNU's env(1), and nothing where that is missing, as on macOS. */
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
