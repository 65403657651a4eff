package org.debugshop.console.scrape;

import java.util.Optional;
import org.debugshop.console.scrape.Targets.Target;
import org.debugshop.console.store.Exposition;

/** Is told of every scrape, on a worker thread; of one target, one after the other. */
@FunctionalInterface
public interface ScrapeListener {

    /** @param exposition empty if the target gave none, or none that can be read */
    void scraped(Target target, long epochMillis, Optional<Exposition> exposition);
}
