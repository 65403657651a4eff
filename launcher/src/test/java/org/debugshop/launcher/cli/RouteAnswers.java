package org.debugshop.launcher.cli;

/** What the console answers about routes. */
final class RouteAnswers {

    static final String NONE = "{\"time\":\"2026-05-01T10:00:00Z\",\"routes\":[]}";
    private static final String ROUTE = """
            {"id":"%s","service":"instabook-cache","url":"http://localhost:1","weight":%s,"key":%s,"mirror":false,"unsafe":false,"events":false,
            "owner":"bob@desk, pid 7","version":"1.0.0-canary","lease_seconds":10,"since":"2026-05-01T10:00:00Z",
            "expires":"2026-05-01T10:00:10Z","instances":2,"acknowledged":%d,"missing":[%s]}""";

    private RouteAnswers() {}

    static String intercept(String id, String key) {
        return ROUTE.formatted(id, "null", '"' + key + '"', 2, "");
    }

    static String canary(int weight) {
        return ROUTE.formatted("instabook-cache-canary", weight, "null", 2, "");
    }

    /** Not all instances use the route. */
    static String partly(int weight) {
        return ROUTE.formatted("instabook-cache-canary", weight, "null", 1, "\"instabook i-2\"");
    }

    static String all(String route) {
        return "{\"time\":\"2026-05-01T10:00:00Z\",\"routes\":[" + route + "]}";
    }
}
