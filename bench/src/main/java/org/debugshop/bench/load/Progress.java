package org.debugshop.bench.load;

import java.time.Duration;

/** Tells on standard error what is going on: one line that is drawn over on a terminal, a line for each step elsewhere. */
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

    /** What is written next has a line of its own. */
    void end() {
        if (live) {
            System.err.print("\r\u001b[K");
            System.err.flush();
        }
    }
}
