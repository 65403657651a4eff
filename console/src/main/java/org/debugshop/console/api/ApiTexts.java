package org.debugshop.console.api;

/** OpenAPI descriptions that several requests or answers share. */
final class ApiTexts {

    static final String SINCE = "A duration before now, such as 90s, 5m or 1h30m, or an RFC 3339 time; default: everything that is stored";
    static final String UNTIL = "The end, in the same format as since";
    static final String LIMIT = "1 to 1000, default 100";
    static final String CURSOR = "The cursor of the previous page. It stays valid while data arrives. "
            + "A trace is repeated if a late span has moved its start to an earlier time";

    static final String TEXTS = "The values that are not text, in the form that a search for key=value finds";
    static final String LEFT_OUT = "How many spans were dropped because the trace is too large";
    static final String RESOURCE_LEFT_OUT = "How many attributes of the resource are missing";
    static final String ALTERED = "How this differs from what was sent; null if it is the same";

    private ApiTexts() {}
}
