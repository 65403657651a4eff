package org.debugshop.defaults.routes;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.debugshop.defaults.Sha256;

/**
 * The logged-in users whose name is the key of an intercept. An edge learns a user's name when an authentication service admits the user,
 * and then recognizes the same credentials, also on requests that need no authentication. Thread-safe.
 */
@Singleton
public class Logins {

    private static final int MAX = 1000;

    /** The names by hash of the credentials, the one that was not used for the longest time first. */
    private final Map<String, String> names = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MAX;
        }
    });

    /**
     * Learns the name of the user of the current request, who was admitted. If there is an intercept with that key, the request has it from
     * now on.
     *
     * @param authorization the header of that name
     * @param name the user's name; null if it isn't known
     */
    public void learn(String authorization, String name) {
        if (authorization != null && name != null && isKey(name)) {
            names.put(hash(authorization), name);
            RouteBaggage.add(name);
        }
    }

    /** Returns the key of a user. @param authorization null if there is none */
    Optional<String> key(String authorization) {
        return authorization == null || names.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(names.get(hash(authorization))).filter(Logins::isKey);
    }

    private static boolean isKey(String name) {
        return Routes.live().filter(routes -> routes.hasKey(name)).isPresent();
    }

    private static String hash(String authorization) {
        return Sha256.hex(authorization.getBytes(UTF_8));
    }
}
