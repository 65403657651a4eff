package org.debugshop.launcher.instance;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;

/**
 * The environment variables that the launcher sets for the services of an instance.
 *
 * @param host the address that all services listen on
 * @param present returns whether a service of this name is part of the instance
 */
public record ServiceEnvironment(Instance instance, String host, Predicate<String> present) {

    /** Returns the variables of a service. Empty for an engine, which has its settings on the command line. */
    public Map<String, String> of(Service service, Mode mode) {
        if (service.kind().isEngine()) {
            return Map.of();
        }
        var environment = new TreeMap<>(mode.environment());
        if (mode.kind() == Mode.Kind.DEV) {
            environment.putAll(DevMode.environment());
        }
        environment.put("PORT", Integer.toString(instance.port(service.port())));
        environment.put("HOST", host);
        environment.putAll(instance.telemetry().ofExporter(hasConsole(), instance.url(Topology.OTLP_PORT, host)));
        console().ifPresent(console -> environment.put("CONTROL_URL", instance.url(console, host)));
        if (service.takesOtlp()) {
            environment.putAll(instance.telemetry().asEnvironment());
        }
        service.settings().forEach((variable, setting) -> environment.put(variable, value(setting)));
        return environment;
    }

    /**
     * Adds the variables of a service to those that it inherits. An inherited value counts if the service's own is only a default. A blank
     * one is none.
     */
    public void addTo(Map<String, String> inherited, Service service, Mode mode) {
        // Without a console here, there may be one elsewhere.
        inherited.putIfAbsent("CONTROL_URL", "");
        of(service, mode).forEach((variable, value) -> {
            if (!service.overridable().contains(variable) || inherited.getOrDefault(variable, "").isBlank()) {
                inherited.put(variable, value);
            }
        });
    }

    private boolean hasConsole() {
        return console().isPresent();
    }

    private Optional<Service> console() {
        return instance.topology().services().stream().filter(service -> service.takesOtlp() && present.test(service.name())).findFirst();
    }

    private String value(Service.Setting setting) {
        return switch (setting) {
            case Service.Setting.Text(String text) -> text;
            case Service.Setting.Port(int port) -> Integer.toString(instance.port(port));
            case Service.Setting.Reference(String name, String path, boolean _, boolean optional) ->
                optional && !present.test(name) ? "" : instance.url(find(name), host) + path;
            case Service.Setting.Database(String server, String name, boolean _) ->
                present.test(server) ? "postgresql://" + localAddress(server) + "/" + name : "";
            case Service.Setting.Password(String server) ->
                present.test(server) ? PostgresServer.of(instance, find(server)).password() : "";
            case Service.Setting.Broker(String broker) -> present.test(broker) ? localAddress(broker) : "";
            case Service.Setting.AllServices() -> instance.topology().services().stream()
                    .filter(service -> service.kind() == Service.Kind.QUARKUS
                            || service.kind() == Service.Kind.EXPORTER && present.test(service.name()))
                    .map(service -> service.name() + "=" + instance.url(service, host))
                    .collect(Collectors.joining(","));
        };
    }

    /** Returns the address of an engine. Engines always listen on localhost. */
    private String localAddress(String engine) {
        return "localhost:" + instance.port(find(engine).port());
    }

    private Service find(String name) {
        return instance.topology().find(name).orElseThrow();
    }
}
