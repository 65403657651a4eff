package org.debugshop.bench.load;

import java.io.IOException;
import java.util.List;

/** What a benchmark found out. */
interface Result {

    /** Returns everything as text for people. */
    String table();

    /** Returns everything as a JSON object. */
    String json() throws IOException;

    /** Returns a sentence for each kind of error that occurred. */
    List<String> failures();
}
