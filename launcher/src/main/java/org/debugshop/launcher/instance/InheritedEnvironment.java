package org.debugshop.launcher.instance;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The part of the environment of {@code ./shop} that services and engines inherit: what programs need on this system, and what is
 * meant for them. All else stays outside: another project's {@code REDIS_URL}, {@code OTEL_SERVICE_NAME}, an IDE's options for each JVM.
 * A variable that is to reach the services all the same begins with {@value #PREFIX}, which is taken off.
 */
final class InheritedEnvironment {

    /** The prefix of a variable that the services get in any case. */
    static final String PREFIX = "SHOP_";

    /** Variables that services read and the launcher leaves to the user; docs/troubleshooting.md explains each. */
    static final Set<String> SETTINGS = Set.of("ADMIN_PASSWORD", "DELAY_BETWEEN_REQUESTS", "DELAY_BETWEEN_USERS", "DEPLOYMENT_ENVIRONMENT",
            "INSTABOOK_API_TOKEN", "LOG_LEVEL", "MAX_LOGS", "MAX_SPANS", "ORDER_RETENTION", "OTLP_CORS_ORIGINS", "RATE", "RESERVATION_TTL",
            "RESTOCK", "UPSTREAM_TIMEOUT", "USERS");

    private static final Set<String> OF_THE_SYSTEM = Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE",
            "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "JAVA_HOME");
    /** Also Maven's, which runs a service in dev mode. */
    private static final Set<String> BEGINNINGS_OF_THE_SYSTEM = Set.of("LC_", "XDG_", "MAVEN_", "MVNW_");

    private InheritedEnvironment() {}

    /** Takes away what a service must not inherit. @param environment of a process that is about to start, which this changes */
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
