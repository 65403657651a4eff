package org.debugshop.launcher.instance;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The variables of {@code ./shop} that services and engines inherit: those that programs need on this system, and the settings in
 * {@link #SETTINGS}. All others are removed, such as another project's {@code REDIS_URL}, {@code OTEL_SERVICE_NAME}, or an IDE's JVM
 * options.
 * To pass any other variable to the services, users put {@value #PREFIX} before its name; the prefix is removed.
 */
final class InheritedEnvironment {

    /** The prefix of variables that are always passed on. */
    static final String PREFIX = "SHOP_";

    /** Settings of the services that users may set. docs/troubleshooting.md explains each. */
    static final Set<String> SETTINGS = Set.of("ADMIN_PASSWORD", "DELAY_BETWEEN_REQUESTS", "DELAY_BETWEEN_USERS", "DEPLOYMENT_ENVIRONMENT",
            "EDGE_AUTH_SERVICE", "FAULTS", "INSTABOOK_API_TOKEN", "LOG_LEVEL", "MAX_LOGS", "MAX_SPANS", "MEMBERS", "OIDC_AUDIENCE",
            "OIDC_ISSUER",
            "ORDER_RETENTION",
            "OTLP_CORS_ORIGINS",
            "RATE", "RESERVATION_TTL", "RESTOCK", "TOKEN_KEY", "TOKEN_KEY_MAX_AGE", "TOKEN_TTL", "UPSTREAM_TIMEOUT", "USERS");

    private static final Set<String> OF_THE_SYSTEM = Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE",
            "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "JAVA_HOME");
    /** Prefixes of variables that programs need, including Maven in dev mode. */
    private static final Set<String> BEGINNINGS_OF_THE_SYSTEM = Set.of("LC_", "XDG_", "MAVEN_", "MVNW_");

    private InheritedEnvironment() {}

    /** Removes variables that a service must not inherit. @param environment the environment of a process that is about to start */
    static void clean(Map<String, String> environment) {
        var meant = new TreeMap<String, String>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && name.length() > PREFIX.length()) {
                meant.put(name.substring(PREFIX.length()), value);
            }
        });
        environment.keySet().removeIf(name -> !SETTINGS.contains(name) && !OF_THE_SYSTEM.contains(name)
                && BEGINNINGS_OF_THE_SYSTEM.stream().noneMatch(name::startsWith));
        environment.putAll(meant);
    }
}
