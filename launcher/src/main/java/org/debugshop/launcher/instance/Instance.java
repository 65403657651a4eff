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
 * @param directory the folder with all its files
 * @param offset 0 to {@link #MAX_OFFSET}, added to every port
 * @param telemetry where telemetry is sent; used only if services are started
 */
public record Instance(Path checkout, Path directory, int offset, Topology topology, Telemetry telemetry) {

    public static final int MAX_OFFSET = 50_000;

    /** What is added to a service's name for its canary. */
    public static final String CANARY = "-canary";

    public static final String DEFAULT_HOST = "127.0.0.1";

    /** Returns the instance of this checkout with this offset. Its directory is {@code .shop/<offset>/}. */
    public Instance(Path checkout, int offset, Topology topology) {
        this(checkout, checkout.resolve(".shop").resolve(Integer.toString(offset)), offset, topology);
    }

    public Instance(Path checkout, Path directory, int offset, Topology topology) {
        this(checkout, directory, offset, topology, Telemetry.standard(offset));
    }

    public Instance with(Telemetry other) {
        return new Instance(checkout, directory, offset, topology, other);
    }

    /** Returns this instance with the packages of another checkout. Its files stay where they are. */
    public Instance from(Path otherCheckout) {
        return new Instance(otherCheckout, directory, offset, topology, telemetry);
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

    /** Returns a sentence for each port that is not free at {@code host}, with the port and the process that holds it. */
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

    /** Returns whether browsers would reach another server at localhost, because it listens on IPv6's loopback address. */
    private static boolean isShadowed(String host, int port) {
        return (host.equals(DEFAULT_HOST) || host.equals("0.0.0.0")) && Ports.isTakenOnIpv6Loopback(port);
    }

    /** Returns the URL of a service that listens on {@code host}, for other processes on this machine. */
    public String url(Service service, String host) {
        return url(service.port(), host);
    }

    public Path jar(Service service) {
        return checkout.resolve(service.module())
                .resolve(service.kind() == Service.Kind.QUARKUS
                        ? "target/quarkus-app/quarkus-run.jar"
                        : "target/" + service.module() + ".jar");
    }

    /** Returns the folder with the data of an engine. */
    public Path data(String name) {
        return directory().resolve(name);
    }

    /** Returns a text that only the command lines of this service in this instance contain. */
    public String marker(String name) {
        return "shop.process=" + directory().resolve(name);
    }

    /** Like {@link #url(Service, String)}, for one of a service's ports, which is given without the offset. */
    String url(int basePort, String host) {
        var reachable = switch (host) {
            case DEFAULT_HOST, "0.0.0.0", "::", "[::]" -> "localhost";
            default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
        return "http://" + reachable + ":" + port(basePort);
    }
}
