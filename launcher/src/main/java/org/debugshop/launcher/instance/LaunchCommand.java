package org.debugshop.launcher.instance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Service;

/**
 * The command line that starts a service of an instance. It contains the {@linkplain Instance#marker marker} by which the process is
 * recognised later, and the absolute path of the program.
 */
public record LaunchCommand(Instance instance, Service service) {

    /** The programs in {@code engines/}. */
    private static final String KAFKA = "org.debugshop.engines.Kafka";
    private static final String EXPORTER = "org.debugshop.engines.Exporter";
    /** Kafka unmaps its files by a method about which newer JVMs warn. */
    private static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

    public List<String> in(Mode mode) throws IOException {
        if (service.kind() == Service.Kind.POSTGRES) {
            return PostgresServer.of(instance, service).command();
        }
        return switch (mode.kind()) {
            case PACKAGED -> {
                var cache = aotCache();
                yield java(cache.isFresh() ? List.of("-XX:AOTCache=" + cache.file()) : List.of());
            }
            // No cache: with a debugger, the JVM refuses it and prints lines that are not JSON.
            case DEBUG -> java(List.of("-agentlib:jdwp=transport=dt_socket,server=y,quiet=y,suspend=" + (mode.suspended() ? "y" : "n")
                    + ",address=127.0.0.1:" + mode.debugPort()));
            case DEV -> DevMode.command(instance, service, mode.debugPort());
        };
    }

    /** Like {@link #in}, but for a JVM that writes an AOT cache when it ends. */
    public List<String> forTraining() {
        return java(List.of("-XX:AOTCacheOutput=" + aotCache().unfinished()));
    }

    /**
     * Returns a command that must have ended before the service can start. Empty if there is nothing to prepare.
     *
     * @throws IOException with a sentence for the user if the service could not start
     */
    public List<String> preparation() throws IOException {
        if (service.kind() != Service.Kind.POSTGRES) {
            return List.of();
        }
        var server = PostgresServer.of(instance, service);
        server.settle();
        return server.isPrepared() ? List.of() : server.preparation();
    }

    /**
     * Prepares a process with one of these commands. It has its own session, it inherits only the variables that a service may have, and
     * its
     * output is appended to the service's log.
     */
    public ProcessBuilder process(List<String> command) {
        var builder = OsProcess.detached(command)
                .directory(instance.checkout().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(instance.log(service.name()).toFile()));
        InheritedEnvironment.clean(builder.environment());
        return builder;
    }

    /** Returns the cache for this command's jar and flags, which may not exist. */
    public AotCache aotCache() {
        return new AotCache(instance.jar(service), jvmFlags());
    }

    /** Returns the path of {@code java} of this JVM. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private List<String> java(List<String> flags) {
        var jar = instance.jar(service).toString();
        var program = switch (service.kind()) {
            case KAFKA -> List.of(UNSAFE, "-Xlog:disable", "-cp", jar, KAFKA, instance.data(service.name()).toString(),
                    Instance.DEFAULT_HOST, Integer.toString(instance.port(service.port())),
                    Integer.toString(instance.port(service.controllerPort())));
            case EXPORTER -> List.of(UNSAFE, "-Xlog:disable", "-cp", jar, EXPORTER);
            case QUARKUS, POSTGRES -> List.of("-jar", jar);
        };
        return Stream.of(List.of(java()), jvmFlags(), flags, List.of("-D" + instance.marker(service.name())), program)
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Returns flags that make a JVM small and quick to start: one collector thread, one compiler. The young generation is an eighth of the
     * heap, because the objects of a request soon become garbage. The heap starts at three eighths of its limit and grows if live data need
     * more. A process that runs out of memory ends, as in a container, and is restarted, because some of its threads would be dead.
     */
    private List<String> jvmFlags() {
        var heap = service.heapMegabytes();
        return List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError",
                "-Xmx" + heap + "m", "-Xms" + heap * 3 / 8 + "m", "-Xmn" + heap / 8 + "m");
    }
}
