package org.debugshop.launcher.instance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Service;

/**
 * A copy of a service that a developer runs beside the packaged one.
 *
 * @param service the copy as a service of its own, with the packaged one's settings
 * @param original the name of the packaged service
 * @param host where it listens
 * @param version its own {@code service.version}
 * @param debugPort the port on which dev mode waits for a debugger
 * @param environment the variables of services of this instance
 * @param more variables because it is a copy
 */
public record LocalCopy(Instance instance, Service service, String original, String key, String host, String version, int debugPort,
        ServiceEnvironment environment, Map<String, String> more) {

    /** What makes a key that no event has: then the copy reads events in groups of its own, and processes none. */
    private static final String WITHOUT_EVENTS = ".without-events";
    private static final int FIRST_DEBUG_PORT = 5005;
    private static final int PORTS_TO_TRY = 100;
    private static final int ID_DIGITS = 12;

    /** Prepares a copy, on ports that are free. */
    public static LocalCopy of(Instance instance, Service original, String key, boolean events, State state) throws IOException {
        var host = state.host();
        var name = original.name() + "-intercept-" + key;
        var copy = original.copy(name, Ports.free(host) - instance.offset());
        var version = Release.packaged(instance, original).orElse("0") + "-" + key;
        return new LocalCopy(instance, copy, original.name(), key, host, version, debugPort(instance, state),
                new ServiceEnvironment(instance, host, service -> state.find(service).isPresent()),
                Map.of("INTERCEPT_KEY", events ? key : key + WITHOUT_EVENTS));
    }

    public int port() {
        return instance.port(service.port());
    }

    public String url() {
        return urlOf(service);
    }

    public String urlOf(Service other) {
        return instance.url(other, host);
    }

    public Path log() {
        return instance.log(service.name());
    }

    /** Returns the id of its route: the same for the same service and key. */
    public String routeId() {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest((original + " " + key).getBytes(UTF_8));
            return "intercept-" + HexFormat.of().formatHex(hash).substring(0, ID_DIGITS);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Prepares Quarkus dev mode of the sources in a checkout, with the variables that services inherit. */
    public ProcessBuilder devMode(Path checkout) throws IOException {
        var mode = Mode.dev(debugPort);
        var launch = new LaunchCommand(instance.from(checkout), service);
        return withVariables(launch.process(launch.in(mode)), mode);
    }

    /** Prepares a program of the developer, with all variables of the developer. */
    public ProcessBuilder command(List<String> line, Path folder) {
        var builder = OsProcess.detached(line).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        return withVariables(builder, Mode.PACKAGED);
    }

    private ProcessBuilder withVariables(ProcessBuilder builder, Mode mode) {
        environment.addTo(builder.environment(), service, mode);
        new Release(instance.checkout(), more, Optional.of(version)).addTo(builder.environment());
        return builder;
    }

    /** Returns the first port from 5005 on that is free and that no service of this instance uses. */
    private static int debugPort(Instance instance, State state) throws IOException {
        var first = instance.port(FIRST_DEBUG_PORT);
        return IntStream.range(first, first + PORTS_TO_TRY)
                .filter(port -> state.services().stream().noneMatch(entry -> entry.mode() != null && entry.mode().debugPort() == port)
                        && instance.topology().services().stream().noneMatch(other -> other.ports().stream().map(instance::port)
                                .anyMatch(own -> own == port))
                        && Ports.isFree(Instance.DEFAULT_HOST, port))
                .findFirst()
                .orElseThrow(() -> new IOException("None of the ports " + first + " to " + (first + PORTS_TO_TRY - 1)
                        + " is free for the debugger."));
    }
}
