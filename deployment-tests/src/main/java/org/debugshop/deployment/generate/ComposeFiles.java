package org.debugshop.deployment.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Service.Setting;
import org.debugshop.launcher.topology.Topology;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;

/** The services in the Compose files. Whatever surrounds them, the engines for example, is written by hand. */
final class ComposeFiles {

    /** The defaults of secrets on a laptop, by the key that the chart has for them. */
    private static final Map<String, String> SECRETS = Map.of("api-token", "instabook-secret-token-2024", "admin-password", "");

    /** What Compose passes to the load generators, and the chart leaves at the program's default. */
    private static final List<Map.Entry<String, String>> PACE = List.of(
            Map.entry("DELAY_BETWEEN_USERS", "2.0"), Map.entry("DELAY_BETWEEN_REQUESTS", "3.0"));

    private static final String REDIS = "redis";

    private final Topology topology;
    private final ChartValues chart;

    ComposeFiles(Topology topology, ChartValues chart) {
        this.topology = topology;
        this.chart = chart;
    }

    /** What all services have in common. */
    List<String> base() {
        return List.of("x-service: &service", "  <<: *container", "  mem_limit: " + megabytes(chart.text("defaults", "resources", "limits",
                "memory")));
    }

    List<String> services() {
        var lines = new ArrayList<String>();
        for (var service : topology.applications()) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(service(service));
        }
        return lines;
    }

    /** The whole of {@code docker-compose.override.yaml}: how the images are built. */
    List<String> builds() {
        var services = topology.applications().stream().flatMap(service -> Stream.of(
                "  " + service.name() + ":",
                "    build:",
                "      context: .",
                "      args:",
                "        SERVICE: " + service.module()));
        return Stream.concat(Stream.of("services:"), services).toList();
    }

    /** All but the console send their telemetry to the Collector. */
    List<String> sendersToCollector() {
        return topology.applications().stream().filter(service -> !service.takesOtlp())
                .map(service -> "  " + service.name() + ": *to-collector").toList();
    }

    private List<String> service(Service service) {
        var values = chart.service(service.name());
        var lines = new ArrayList<>(List.of(
                "  " + service.name() + ":",
                "    <<: *service",
                "    image: " + passed("REPOSITORY", chart.text("global", "repository")) + ":" + service.module() + "-"
                        + passed("TAG", chart.text("global", "tag"))));
        var memory = values.text("resources", "limits", "memory");
        if (!memory.isEmpty()) {
            lines.add("    mem_limit: " + megabytes(memory));
        }
        lines.add("    ports:");
        service.ports().forEach(port -> lines.add("      - ${BIND:-127.0.0.1}:" + port + ":" + port));
        var database = service.settings().values().stream().anyMatch(Setting.Database.class::isInstance);
        var common = database ? "[*environment, *database]" : "*environment";
        var environment = environment(service, values);
        if (environment.isEmpty() && !database) {
            lines.add("    environment: " + common);
        } else {
            lines.add("    environment:");
            lines.add("      <<: " + common);
            environment.forEach((variable, value) -> lines.add("      " + variable + ": " + value));
        }
        var dependencies = dependencies(service, values);
        if (!dependencies.isEmpty()) {
            lines.add("    depends_on:");
            dependencies.forEach(other -> lines.addAll(List.of("      " + other + ":", "        condition: service_healthy")));
        }
        return lines;
    }

    /** The variables that only this service gets, with their values as YAML. */
    private Map<String, String> environment(Service service, ChartValues values) {
        var environment = new LinkedHashMap<String, String>();
        service.settings().forEach((variable, setting) -> {
            switch (setting) {
                case Setting.Reference(var other, var path, var called, var _) -> {
                    // A page that is only linked to is for browsers, which find it where its port is published.
                    var host = called || service.takesOtlp() ? other : "localhost";
                    environment.put(variable, scalar("http://" + host + ":" + port(other) + path));
                }
                case Setting.Database(var server, var name, var _) ->
                    environment.put(variable, scalar("postgresql://" + server + ":" + port(server) + "/" + name));
                case Setting.Broker(var broker) -> environment.put(variable, scalar(broker + ":" + port(broker)));
                case Setting.AllServices _ -> environment.put(variable, allServices());
                case Setting.Port(var port) when port == service.port() -> environment.put(variable, scalar(Integer.toString(port)));
                case Setting.Text(var text) when !variable.equals("DATABASE_USER") -> environment.put(variable, scalar(text));
                // Both are in *database; further ports are the program's defaults.
                case Setting.Text _,Setting.Password _,Setting.Port _ -> {}
            }
        });
        values.map("secrets").forEach((variable, key) -> {
            if (!SECRETS.containsKey(key)) {
                throw new IllegalStateException("ComposeFiles.SECRETS has no default of " + key + ", which " + service.name() + " needs");
            }
            environment.put(variable, scalar(passed(variable, SECRETS.get(key))));
            if (key.equals("admin-password")) {
                environment.put("ALLOWED_HOSTS", scalar(service.name() + ",${ALLOWED_HOSTS:-localhost}"));
            }
        });
        if (usesRedis(values)) {
            environment.put("REDIS_URL", scalar("redis://" + REDIS + ":6379"));
        }
        // What only the chart has can be set from outside, but for addresses, which follow from the ports.
        values.map("env").forEach((variable, value) -> environment.putIfAbsent(variable,
                scalar(value.startsWith("http://") ? value : passed(variable, value))));
        if (service.load()) {
            PACE.forEach(pace -> environment.put(pace.getKey(), scalar(passed(pace.getKey(), pace.getValue()))));
        }
        return environment;
    }

    /**
     * A service waits for its engines; one without engines waits for the services that it calls. The others start side by side, since each
     * of them can be ready without those that it calls.
     */
    private List<String> dependencies(Service service, ChartValues values) {
        var engines = service.settings().values().stream().<String>mapMulti((setting, add) -> {
            switch (setting) {
                case Setting.Database(var server, var _, var _) -> add.accept(server);
                case Setting.Broker(var broker) -> add.accept(broker);
                default -> {}
            }
        });
        var needed = Stream.concat(engines, usesRedis(values) ? Stream.of(REDIS) : Stream.empty()).toList();
        return !needed.isEmpty() ? needed : service.settings().values().stream().<String>mapMulti((setting, add) -> {
            if (setting instanceof Setting.Reference(var other, var _, var called, var _) && called) {
                add.accept(other);
            }
        }).distinct().toList();
    }

    private static boolean usesRedis(ChartValues values) {
        return values.text(REDIS).equals("true");
    }

    /** Folded over several lines, without spaces between them. */
    private String allServices() {
        return topology.applications().stream().map(each -> each.name() + "=http://" + each.name() + ":" + each.port())
                .collect(Collectors.joining(",\\\n        ", "\"", "\""));
    }

    private int port(String service) {
        return topology.find(service)
                .orElseThrow(() -> new IllegalStateException("Topology.java has no service " + service + ", which another one refers to"))
                .port();
    }

    /** A variable of the shell or of {@code .env}, with a default. */
    private static String passed(String variable, String otherwise) {
        return "${" + variable + ":-" + otherwise + "}";
    }

    private static String megabytes(String memory) {
        if (!memory.matches("\\d+Mi")) {
            throw new IllegalStateException("A memory limit of helm-chart/values.yaml is '" + memory + "', but must be like 256Mi");
        }
        return memory.replace("Mi", "m");
    }

    /** A text as a YAML scalar, in quotes only if it would be read as something else without them. */
    private static String scalar(String text) {
        try {
            if (text.equals(new Yaml().load(text))) {
                return text;
            }
        } catch (YAMLException notPlain) {
            // then in quotes
        }
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
