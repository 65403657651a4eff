package org.debugshop.launcher.cli;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.debugshop.launcher.instance.Forwarding;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.instance.Telemetry;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of {@code ./shop up} about telemetry. */
final class TelemetryOptions {

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--otlp-endpoint", paramLabel = "URL", description = "Also send all traces, logs and metrics to this OTLP/HTTP receiver: a Collector, Jaeger, a vendor. The console still gets them. "
            + "The variable FORWARD_OTLP_ENDPOINT does the same.")
    private String endpoint;

    @Option(names = "--otlp-header", paramLabel = "NAME=VALUE", description = "A header for that receiver, such as an API key; may be repeated. The variable FORWARD_OTLP_HEADERS does the same. Without either, "
            + "OTEL_EXPORTER_OTLP_HEADERS is used.")
    private List<String> headers = List.of();

    @Option(names = "--otlp-port", paramLabel = "N", description = "The console's port for OTLP/HTTP; the port below it is for OTLP/gRPC. Use this if another program has "
            + "these ports. Default: 4318 + the port offset.")
    private Integer port;

    /** @throws ParameterException if the options contradict each other or cannot work */
    Telemetry telemetry(Instance instance, List<Service> selected) {
        var otlpPort = port == null ? instance.port(Topology.OTLP_PORT) : port;
        if (otlpPort < 2 || otlpPort > 65_535) {
            throw refusal("--otlp-port must be from 2 to 65535, not " + otlpPort + ".");
        }
        var telemetry = new Telemetry(otlpPort, forwarding());
        for (var taken : List.of(otlpPort, telemetry.otlpGrpcPort())) {
            instance.topology().services().stream().filter(service -> instance.port(service.port()) == taken).findFirst()
                    .ifPresent(service -> {
                        throw refusal(
                                "--otlp-port " + otlpPort + (taken == otlpPort ? " is" : " needs " + taken + " for OTLP/gRPC, which is")
                                        + " the port of " + service.name() + ".");
                    });
        }
        if (selected.stream().anyMatch(Service::takesOtlp)
                && telemetry.forwarding().filter(to -> to.isHere(otlpPort) || to.isHere(telemetry.otlpGrpcPort())).isPresent()) {
            throw refusal("--otlp-endpoint is where this instance's console takes OTLP itself. If you have a receiver of your own there, "
                    + "move the console: --otlp-port " + suggestedPort(instance) + ".");
        }
        return telemetry;
    }

    private Optional<Forwarding> forwarding() {
        var url = Objects.requireNonNullElse(endpoint, environment(Telemetry.ENDPOINT));
        var given = environment(Telemetry.HEADERS);
        if (url.isBlank()) {
            if (!headers.isEmpty() || !given.isBlank()) {
                throw refusal("--otlp-header (FORWARD_OTLP_HEADERS) is for --otlp-endpoint, which is missing.");
            }
            return Optional.empty();
        }
        try {
            return Optional.of(Forwarding.parse(url,
                    given.isBlank() && headers.isEmpty() ? environment("OTEL_EXPORTER_OTLP_HEADERS") : given, headers));
        } catch (IllegalArgumentException refused) {
            throw refusal(refused.getMessage());
        }
    }

    boolean namesHeaders() {
        return !headers.isEmpty();
    }

    /** Returns whether a running instance matches the given options. Options that are not given match anything. */
    boolean agreeWith(State state, Telemetry asked) {
        return (port == null || port == state.otlpPort())
                && asked.forwarding().map(Forwarding::toString).filter(to -> !to.equals(state.forwardedTo())).isEmpty();
    }

    /** Returns the ports of the console's receiver that another program holds, unless the user chose them. */
    List<Integer> taken(Instance instance, String host) {
        return port != null
                ? List.of()
                : Stream.of(Topology.OTLP_PORT, Topology.OTLP_GRPC_PORT).map(instance::port)
                        .filter(candidate -> !Ports.isFree(host, candidate))
                        .toList();
    }

    /** Returns advice for the user if another receiver holds the console's port. Empty if the port is free, or if the user chose it. */
    Optional<String> adviceIfTaken(Instance instance, String host) {
        var taken = taken(instance, host);
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        var up = "  ./shop up" + (instance.offset() == 0 ? "" : " --port-offset " + instance.offset()) + " --otlp-port "
                + suggestedPort(instance);
        return Optional.of(
                "Port " + taken.getFirst()
                        + " is where OTLP goes: an OpenTelemetry agent or Collector probably has it. Let it run, and use one of\n"
                        + up + "\n      uses another port\n"
                        + up + " --otlp-endpoint http://localhost:" + instance.port(Topology.OTLP_PORT)
                        + "\n      also sends all telemetry there");
    }

    private static int suggestedPort(Instance instance) {
        return 10_000 + Topology.OTLP_PORT + instance.offset();
    }

    OptionalInt port() {
        return port == null ? OptionalInt.empty() : OptionalInt.of(port);
    }

    private ParameterException refusal(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    private static String environment(String name) {
        return Objects.requireNonNullElse(System.getenv(name), "");
    }
}
