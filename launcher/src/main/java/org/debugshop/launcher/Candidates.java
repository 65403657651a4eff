package org.debugshop.launcher;

import java.util.Iterator;

/** Words that a shell may complete. */
final class Candidates {

    private Candidates() {}

    /** The names of all failures. */
    static final class Failures implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Failure.ids().iterator();
        }
    }
}
