package org.debugshop.bench.load;

import java.time.Duration;

/** Prints the current step on standard error. On a terminal it overwrites one line, elsewhere it prints a line for each step. */
final class Progress {

    private final boolean live;
    private final long began = System.nanoTime();

    Progress(boolean live) {
        this.live = live;
    }

    void step(String format, Object... values) {
        var passed = Duration.ofNanos(System.nanoTime() - began);
        var text = "%2d:%02d  %s".formatted(passed.toMinutes(), passed.toSecondsPart(), format.formatted(values));
        if (live) {
            System.err.print("\r\u001b[K" + text);
            System.err.flush();
        } else {
            System.err.println(text);
        }
    }

    /** Clears the line, so that the next output starts at its beginning. */
    void end() {
        if (live) {
            System.err.print("\r\u001b[K");
            System.err.flush();
        }
    }
}
