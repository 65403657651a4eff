package org.debugshop.launcher.instance;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;

/**
 * One running copy of the system: a checkout and a port offset.
 *
 * @param checkout absolute path of the project's root
 * @param directory what holds everything that it leaves on disk
 * @param offset 0 to {@link #MAX_OFFSET}, added to every port
 * @param telemetry where it goes; the standard unless services are started
 */
public record Instance(Path checkout, Path directory, int offset, Topology topology, Telemetry telemetry) {

    public static final int MAX_OFFSET = 50_000;

    public static final String DEFAULT_HOST = "127.0.0.1";

    /** The instance of this checkout with this offset; its directory is {@code .shop/<offset>/}. */
    public Instance(Path checkout, int offset, Topology topology) {
        this(checkout, checkout.resolve(".shop").resolve(Integer.toString(offset)), offset, topology);
    }

    public Instance(Path checkout, Path directory, int offset, Topology topology) {
        this(checkout, directory, offset, topology, Telemetry.standard(offset));
    }

    public Instance with(Telemetry other) {
        return new Instance(checkout, directory, offset, topology, other);
    }

    public Path log(String name) {
        return directory().resolve("logs").resolve(name + ".log");
    }

    public int port(int basePort) {
        return switch (basePort) {
            case Topology.OTLP_PORT -> telemetry.otlpPort();
            case Topology.OTLP_GRPC_PORT -> telemetry.otlpGrpcPort();
            default -> basePort + offset;
        };
    }

    /** A sentence for each port that the service cannot listen on at {@code host}: which port, and which process holds it. */
    public List<String> takenPorts(Service service, String host) {
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

    /** The URL at which others on this machine reach a service that listens on {@code host}. */
    public String url(Service service, String host) {
        return url(service.port(), host);
    }

    public Path jar(Service service) {
        return checkout.resolve(service.module())
                .resolve(service.kind().isEngine() ? "target/" + service.module() + ".jar" : "target/quarkus-app/quarkus-run.jar");
    }

    /** The folder with the data of an engine of this name. */
    public Path data(String name) {
        return directory().resolve(name);
    }

    /** A text that only the command lines of this service of this instance have. */
    public String marker(String name) {
        return "shop.process=" + directory().resolve(name);
    }

    /** As {@link #url(Service, String)}, for one of a service's ports, without the offset. */
    String url(int basePort, String host) {
        var reachable = switch (host) {
            case DEFAULT_HOST, "0.0.0.0", "::", "[::]" -> "localhost";
            default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
        return "http://" + reachable + ":" + port(basePort);
    }
}
