package org.debugshop.console.api;

/** What OpenAPI says of parameters that several questions have. */
final class ApiTexts {

    static final String SINCE = "A duration before now, such as 90s, 5m or 1h30m, or an RFC 3339 time; all that is kept, if missing";
    static final String UNTIL = "Likewise: then or before";
    static final String LIMIT = "1 to 1000, default 100";
    static final String CURSOR = "The cursor of the page before; stays good while data arrives. "
            + "A trace comes again if a late span made its start earlier meanwhile";

    private ApiTexts() {}
}
