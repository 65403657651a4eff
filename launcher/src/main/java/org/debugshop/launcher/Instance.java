package org.debugshop.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One running copy of the system: a checkout and a port offset. Everything it leaves on disk is under {@code .shop/<offset>/}.
 *
 * @param checkout absolute path of the project's root
 * @param offset 0 to {@link #MAX_OFFSET}, added to every port
 */
record Instance(Path checkout, int offset, Topology topology) {

    static final int MAX_OFFSET = 50_000;

    static final String DEFAULT_HOST = "127.0.0.1";

    private static final List<String> JVM_FLAGS =
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+UseCompactObjectHeaders");

    Path directory() {
        return checkout.resolve(".shop").resolve(Integer.toString(offset));
    }

    Path log(String name) {
        return directory().resolve("logs").resolve(name + ".log");
    }

    int port(int basePort) {
        return basePort + offset;
    }

    /** Where others on this machine reach a service that listens on {@code host}. */
    String url(Service service, String host) {
        return url(service.port(), host);
    }

    /**
     * What a service's environment holds besides what it inherits.
     *
     * @param host the address that all services listen on
     */
    Map<String, String> environment(Service service, String host) {
        var environment = new TreeMap<String, String>();
        environment.put("PORT", Integer.toString(port(service.port())));
        environment.put("HOST", host);
        environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", url(Topology.OTLP_PORT, host));
        service.settings().forEach((variable, setting) -> environment.put(variable, switch (setting) {
            case Service.Setting.Text(String value) -> value;
            case Service.Setting.Port(int port) -> Integer.toString(port(port));
            case Service.Setting.Reference(String name, String path) -> url(topology.find(name).orElseThrow(), host) + path;
            case Service.Setting.AllServices() -> topology.services().stream()
                .map(each -> each.name() + "=" + url(each, host))
                .collect(Collectors.joining(","));
        }));
        return environment;
    }

    Path jar(Service service) {
        return checkout.resolve(service.module()).resolve("target/quarkus-app/quarkus-run.jar");
    }

    /** The command line, with an absolute path to the jar and the {@link #marker}, by which the process is recognised again. */
    List<String> command(Service service) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(java));
        command.addAll(JVM_FLAGS);
        command.addAll(List.of("-Xmx" + service.heap(), marker(service.name()), "-jar", jar(service).toString()));
        return command;
    }

    /** An argument that no process has but this service of this instance. */
    String marker(String name) {
        return "-Dshop.process=" + directory().resolve(name);
    }

    private String url(int basePort, String host) {
        var reachable = switch (host) {
            case DEFAULT_HOST, "0.0.0.0", "::", "[::]" -> "localhost";
            default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
        return "http://" + reachable + ":" + port(basePort);
    }
}
