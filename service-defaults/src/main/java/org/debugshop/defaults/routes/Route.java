package org.debugshop.defaults.routes;

import java.net.URI;
import java.util.Set;

/**
 * A way to another copy of a service. It has either a weight or a key.
 *
 * @param revision another number for each change
 * @param service the service whose requests are routed
 * @param url the base URL of the other copy: scheme, host and port
 * @param weight the percentage of shoppers whose requests go there; 0 if it has a key
 * @param key the key of the requests that go there; null if it has a weight
 * @param mirror whether the usual copy answers, and the other one only gets a copy of each request
 * @param unsafe whether requests that change something are mirrored, too
 * @param events whether the other copy also processes the events with the key
 * @param end when it ends, by {@link System#nanoTime()}
 */
public record Route(String id, long revision, String service, URI url, int weight, String key, boolean mirror, boolean unsafe,
        boolean events, long end) {

    /** RFC 9110, section 9.2.1. */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    boolean isLive() {
        return end - System.nanoTime() > 0;
    }

    /** Returns the address of a request at the other copy. @param uri its address at the usual copy */
    public URI address(URI uri) {
        var query = uri.getRawQuery();
        return URI.create(url.getScheme() + "://" + url.getRawAuthority() + uri.getRawPath() + (query == null ? "" : "?" + query));
    }

    /** Returns whether requests with this method are mirrored. */
    public boolean mirrors(String method) {
        return unsafe || SAFE.contains(method);
    }
}
