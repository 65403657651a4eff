package org.debugshop.console.scrape;

import java.util.Optional;
import org.debugshop.console.scrape.Targets.Target;
import org.debugshop.console.store.Exposition;

/** Is called for every scrape on a worker thread. Scrapes of the same target are never concurrent. */
@FunctionalInterface
public interface ScrapeListener {

    /** @param exposition empty if the target didn't answer, or the answer was unreadable */
    void scraped(Target target, long epochMillis, Optional<Exposition> exposition);
}
