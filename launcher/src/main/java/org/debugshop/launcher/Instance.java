package org.debugshop.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One running copy of the system: a checkout and a port offset.
 *
 * @param checkout absolute path of the project's root
 * @param directory what holds everything that it leaves on disk
 * @param offset 0 to {@link #MAX_OFFSET}, added to every port
 * @param telemetry where it goes; only who starts services needs to know
 */
record Instance(Path checkout, Path directory, int offset, Topology topology, Telemetry telemetry) {

    static final int MAX_OFFSET = 50_000;

    static final String DEFAULT_HOST = "127.0.0.1";

    /** The program in {@code engines/}. */
    private static final String KAFKA = "org.debugshop.engines.Kafka";
    /** Kafka unmaps its files in a way of which newer JVMs warn. */
    private static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

    /** The instance of this checkout with this offset; its directory is {@code .shop/<offset>/}. */
    Instance(Path checkout, int offset, Topology topology) {
        this(checkout, checkout.resolve(".shop").resolve(Integer.toString(offset)), offset, topology);
    }

    Instance(Path checkout, Path directory, int offset, Topology topology) {
        this(checkout, directory, offset, topology, Telemetry.standard(offset));
    }

    Instance with(Telemetry other) {
        return new Instance(checkout, directory, offset, topology, other);
    }

    Path log(String name) {
        return directory().resolve("logs").resolve(name + ".log");
    }

    int port(int basePort) {
        return switch (basePort) {
            case Topology.OTLP_PORT -> telemetry.otlpPort();
            case Topology.OTLP_GRPC_PORT -> telemetry.otlpGrpcPort();
            default -> basePort + offset;
        };
    }

    /** A sentence for each port that the service cannot listen on at {@code host}: which port, and which process holds it. */
    List<String> takenPorts(Service service, String host) {
        return service.ports().stream()
                .map(this::port)
                .flatMap(port -> {
                    var where = !Ports.isFree(host, port)
                            ? ""
                            : isShadowed(host, port) ? " at [::1], which localhost stands for too," : null;
                    return Stream.ofNullable(where)
                            .map(_ -> "port " + port + " (" + service.name() + ") is taken" + where + " by "
                                    + Ports.describeHolder(port));
                })
                .toList();
    }

    /** Whether a browser that asks for localhost would reach another server, which listens on IPv6's loopback address only. */
    private static boolean isShadowed(String host, int port) {
        return (host.equals(DEFAULT_HOST) || host.equals("0.0.0.0")) && Ports.isTakenOnIpv6Loopback(port);
    }

    /** Where others on this machine reach a service that listens on {@code host}. */
    String url(Service service, String host) {
        return url(service.port(), host);
    }

    /** As {@link #environment(Service, String, boolean)}, with a console. */
    Map<String, String> environment(Service service, String host) {
        return environment(service, host, true);
    }

    /**
     * What a service's environment holds besides what it inherits.
     *
     * @param host the address that all services listen on
     * @param console whether there is a console to send telemetry to
     */
    Map<String, String> environment(Service service, String host, boolean console) {
        return environment(service, Mode.PACKAGED, host, name -> console || !topology.find(name).orElseThrow().takesOtlp());
    }

    /**
     * As {@link #environment(Service, String, boolean)}, for a process in this mode.
     *
     * @param present whether a service of this name is part of what runs
     */
    Map<String, String> environment(Service service, Mode mode, String host, Predicate<String> present) {
        if (service.kind().isEngine()) {
            return Map.of();
        }
        var console = topology.services().stream().anyMatch(each -> each.takesOtlp() && present.test(each.name()));
        var environment = new TreeMap<>(mode.environment());
        if (mode.kind() == Mode.Kind.DEV) {
            environment.putAll(DevMode.environment());
        }
        environment.put("PORT", Integer.toString(port(service.port())));
        environment.put("HOST", host);
        environment.putAll(telemetry.ofExporter(console, url(Topology.OTLP_PORT, host)));
        if (service.takesOtlp()) {
            environment.putAll(telemetry.asEnvironment());
        }
        service.settings().forEach((variable, setting) -> environment.put(variable, switch (setting) {
            case Service.Setting.Text(String value) -> value;
            case Service.Setting.Port(int port) -> Integer.toString(port(port));
            case Service.Setting.Reference(String name, String path, boolean _, boolean optional) ->
                optional && !present.test(name) ? "" : url(topology.find(name).orElseThrow(), host) + path;
            case Service.Setting.Database(String server, String name, boolean _) ->
                present.test(server) ? "postgresql://localhost:" + port(topology.find(server).orElseThrow().port()) + "/" + name : "";
            case Service.Setting.Password(String server) ->
                present.test(server) ? PostgresServer.of(this, topology.find(server).orElseThrow()).password() : "";
            case Service.Setting.Broker(String broker) ->
                present.test(broker) ? "localhost:" + port(topology.find(broker).orElseThrow().port()) : "";
            case Service.Setting.AllServices() -> topology.applications().stream()
                    .map(each -> each.name() + "=" + url(each, host))
                    .collect(Collectors.joining(","));
        }));
        return environment;
    }

    Path jar(Service service) {
        return checkout.resolve(service.module())
                .resolve(service.kind().isEngine() ? "target/" + service.module() + ".jar" : "target/quarkus-app/quarkus-run.jar");
    }

    /** What an engine of this name keeps, in a folder of its own. */
    Path data(String name) {
        return directory().resolve(name);
    }

    /** What the service has learnt in a {@link Training}. */
    AotCache aotCache(Service service) {
        return new AotCache(jar(service), jvmFlags(service));
    }

    /** The command line, with the {@link #marker}, by which the process is recognised again, and an absolute path to what it runs. */
    List<String> command(Service service, Mode mode) throws IOException {
        if (service.kind() == Service.Kind.POSTGRES) {
            return PostgresServer.of(this, service).command();
        }
        return switch (mode.kind()) {
            case PACKAGED -> {
                var cache = aotCache(service);
                yield java(service, cache.isFresh() ? List.of("-XX:AOTCache=" + cache.file()) : List.of());
            }
            // Without the cache: the JVM refuses it under a debugger, in lines that are no JSON.
            case DEBUG ->
                java(service, List.of("-agentlib:jdwp=transport=dt_socket,server=y,quiet=y,suspend=" + (mode.suspended() ? "y" : "n")
                        + ",address=127.0.0.1:" + mode.debugPort()));
            case DEV -> DevMode.command(this, service, mode.debugPort());
        };
    }

    /**
     * What has to run, and end, before the process can be started; empty when there is nothing to prepare.
     *
     * @throws IOException with a sentence for the user if it could not start
     */
    List<String> preparation(Service service) throws IOException {
        if (service.kind() != Service.Kind.POSTGRES) {
            return List.of();
        }
        var server = PostgresServer.of(this, service);
        server.settle();
        return server.isPrepared() ? List.of() : server.preparation();
    }

    /** As {@link #command}, for a JVM that writes a cache when it ends. */
    List<String> trainingCommand(Service service) {
        return java(service, List.of("-XX:AOTCacheOutput=" + aotCache(service).unfinished()));
    }

    private List<String> java(Service service, List<String> flags) {
        var program = service.kind() == Service.Kind.KAFKA
                ? List.of(UNSAFE, "-Xlog:disable", "-cp", jar(service).toString(), KAFKA, data(service.name()).toString(), DEFAULT_HOST,
                        Integer.toString(port(service.port())),
                        Integer.toString(port(service.controllerPort())))
                : List.of("-jar", jar(service).toString());
        return Stream.of(List.of(java()), jvmFlags(service), flags, List.of("-D" + marker(service.name())), program)
                .flatMap(List::stream)
                .toList();
    }

    /** The JVM that runs this. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * A JVM that is small and quick to start: one collector thread, one compiler. The young generation is an eighth of the heap, since
     * what a request leaves is soon garbage; the rest begins at a quarter and grows when what lives needs it.
     * A process without memory ends, as in a container, and is started again: half of its threads would be gone.
     */
    private static List<String> jvmFlags(Service service) {
        var heap = service.heapMegabytes();
        return List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError",
                "-Xmx" + heap + "m", "-Xms" + heap * 3 / 8 + "m", "-Xmn" + heap / 8 + "m");
    }

    /** What stands in the command line of no process but this service of this instance. */
    String marker(String name) {
        return "shop.process=" + directory().resolve(name);
    }

    private String url(int basePort, String host) {
        var reachable = switch (host) {
            case DEFAULT_HOST, "0.0.0.0", "::", "[::]" -> "localhost";
            default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
        return "http://" + reachable + ":" + port(basePort);
    }
}
