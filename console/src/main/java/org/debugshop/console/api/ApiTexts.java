package org.debugshop.console.api;

/** Descriptions in OpenAPI that several questions or answers share. */
final class ApiTexts {

    static final String SINCE = "A duration before now, such as 90s, 5m or 1h30m, or an RFC 3339 time; all that is kept, if missing";
    static final String UNTIL = "Likewise: then or before";
    static final String LIMIT = "1 to 1000, default 100";
    static final String CURSOR = "The cursor of the page before; stays good while data arrives. "
            + "A trace comes again if a late span made its start earlier meanwhile";

    static final String TEXTS = "The values that are no text as text, exactly as a search for key=value finds them";
    static final String LEFT_OUT = "How many spans have arrived and are not kept, because the trace is too large";
    static final String RESOURCE_LEFT_OUT = "How many attributes of the resource are missing";
    static final String ALTERED = "How it differs from what was sent; null if it does not";

    private ApiTexts() {}
}
