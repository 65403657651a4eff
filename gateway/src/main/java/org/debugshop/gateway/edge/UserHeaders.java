package org.debugshop.gateway.edge;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.Set;

/**
 * The headers that name the user of a request. Only {@link EdgeAuthentication} sets them: those of callers are removed from every
 * request.
 */
@Singleton
public class UserHeaders {

    /** The user's id. */
    public static final String ID = "X-User-Id";
    /** The user's name; absent if the authentication service returns none. */
    public static final String NAME = "X-User-Name";

    private static final String PREFIX = "X-User-";
    private static final int BEFORE_ALL = -2000;

    void route(@Observes Router router) {
        router.route().order(BEFORE_ALL).handler(request -> {
            removeFrom(request.request().headers());
            request.next();
        });
    }

    static boolean isUserHeader(String name) {
        return name.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
    }

    private static void removeFrom(MultiMap headers) {
        Set<String> names = null; // usually there are none
        for (var header : headers) {
            if (isUserHeader(header.getKey())) {
                names = names == null ? new HashSet<>() : names;
                names.add(header.getKey());
            }
        }
        if (names != null) {
            names.forEach(headers::remove);
        }
    }
}
