package org.debugshop.launcher.instance;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.debugshop.launcher.topology.Service;

/**
 * Quarkus dev mode of one service. It has two processes: Maven, and the JVM that Maven starts for the service. Both have the instance's
 * marker.
 *
 * <p>{@code -am} makes service-defaults part of the same build. So it is found without being installed, and dev mode also notices edits
 * of its files.
 */
final class DevMode {

    private DevMode() {}

    static List<String> command(Instance instance, Service service, int debugPort) {
        var marker = "-D" + instance.marker(service.name());
        return List.of(instance.checkout().resolve("mvnw").toString(), "-B", "-ntp", "-q", "-T1", marker, "-pl", service.module(), "-am",
                "quarkus:dev",
                // The packaged application stays unchanged, and so does the time of its build.
                "-Dmaven.antrun.skip=true", "-Denforcer.skip=true", "-Dmaven.test.skip=true", "-DwarnIfBuildGoalMissing=false",
                "-Dquarkus.console.enabled=false", "-Dquarkus.test.continuous-testing=disabled", "-Dquarkus.analytics.disabled=true",
                "-Ddebug=" + debugPort, "-DdebugHost=localhost",
                "-Djvm.args=-Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \"" + marker + "\"");
    }

    static Map<String, String> environment() {
        return Map.of(
                "JAVA_HOME", Path.of(System.getProperty("java.home")).toString(),
                "MAVEN_OPTS", mavenOptions(System.getenv().getOrDefault("MAVEN_OPTS", "")));
    }

    /** Maven only waits while dev mode runs, so it gets a small heap unless the user has chosen one. The last option of a kind counts. */
    static String mavenOptions(String users) {
        return users.contains("-Xmx") ? users : (users + " -Xms16m -Xmx192m").strip();
    }
}
