package org.debugshop.console.api;

import org.debugshop.console.store.Alteration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How a span or log record differs from what was sent. */
record Altered(int valuesLeftOut, int charactersLeftOut,
        @Schema(nullable = true, description = "Which invalid time was replaced; for a log record it is START") Alteration.Replaced timeReplaced) {

    /** Returns null if nothing differs. */
    static Altered of(Alteration alteration) {
        return alteration.equals(Alteration.NONE)
                ? null
                : new Altered(alteration.valuesLeftOut(), alteration.charactersLeftOut(),
                        alteration.replaced() == Alteration.Replaced.NONE ? null : alteration.replaced());
    }
}
