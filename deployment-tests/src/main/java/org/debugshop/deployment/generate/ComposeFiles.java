package org.debugshop.deployment.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Service.Setting;
import org.debugshop.launcher.topology.Topology;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;

/** Generates the services in the Compose files. The rest of the files, such as the engines, is written by hand. */
final class ComposeFiles {

    /** The defaults of secrets on a laptop, by their keys in the chart. */
    private static final Map<String, String> SECRETS = Map.of("api-token", "instabook-secret-token-2024", "admin-password", "",
            "token-key", "");

    /** Variables of the load generators that only Compose passes on. In the chart the program's defaults apply. */
    private static final List<Map.Entry<String, String>> PACE = List.of(Map.entry("USERS", "1"),
            Map.entry("DELAY_BETWEEN_USERS", "2.0"), Map.entry("DELAY_BETWEEN_REQUESTS", "3.0"));

    /** Where the console sends all telemetry too; nowhere by default. */
    private static final List<String> FORWARDING = List.of("FORWARD_OTLP_ENDPOINT", "FORWARD_OTLP_HEADERS");

    private static final String REDIS = "redis";

    private final Topology topology;
    private final ChartValues chart;

    ComposeFiles(Topology topology, ChartValues chart) {
        this.topology = topology;
        this.chart = chart;
    }

    /** Returns the settings that all services share. */
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

    /** Returns the content of {@code docker-compose.override.yaml}: how the images are built. */
    List<String> builds() {
        var services = topology.applications().stream().flatMap(service -> Stream.of(
                "  " + service.name() + ":",
                "    build:",
                "      context: .",
                "      args:",
                "        SERVICE: " + service.module()));
        return Stream.concat(Stream.of("services:"), services).toList();
    }

    /** Returns the settings that make all services except the console send their telemetry to the Collector. */
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
        Stream.of(values.text("resources", "limits", "memory"), values.text("base", "resources", "limits", "memory"))
                .filter(memory -> !memory.isEmpty()).findFirst().ifPresent(memory -> lines.add("    mem_limit: " + megabytes(memory)));
        if (service.takesOtlp()) {
            // Docker's default is noexec, and the console unpacks its library for zstd there.
            lines.addAll(List.of("    tmpfs:", "      - /tmp:exec"));
        }
        lines.add("    ports:");
        service.ports().forEach(port -> lines.add("      - ${BIND:-127.0.0.1}:${" + variable(service, port) + "-" + port + "}:" + port));
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

    /** Returns the variable for the port at which one of a service's ports is published. If it is blank, Docker takes any free port. */
    private static String variable(Service service, int port) {
        return service.settings().entrySet().stream().filter(entry -> entry.getValue().equals(new Setting.Port(port)))
                .map(Map.Entry::getKey).filter(name -> port != service.port()).findFirst()
                .orElseGet(() -> service.name().toUpperCase(Locale.ROOT).replace('-', '_') + "_PORT");
    }

    /** Returns the variables of this service that not all services have, with their values as YAML. */
    private Map<String, String> environment(Service service, ChartValues values) {
        var environment = new LinkedHashMap<String, String>();
        service.settings().forEach((variable, setting) -> {
            var overridable = service.overridable().contains(variable);
            switch (setting) {
                case Setting.Reference(var other, var path, var called, var _) -> {
                    // A page that is only linked to is opened by browsers, so its address is the published port.
                    environment.put(variable, scalar(called || service.takesOtlp()
                            ? orPassed(overridable, variable, "http://" + other + ":" + port(other) + path)
                            : passed(variable, "http://localhost:" + port(other) + path)));
                }
                case Setting.Database(var server, var name, var _) ->
                    environment.put(variable, scalar("postgresql://" + server + ":" + port(server) + "/" + name));
                case Setting.Broker(var broker) -> environment.put(variable, scalar(broker + ":" + port(broker)));
                case Setting.AllServices _ -> environment.put(variable, allServices());
                case Setting.Port(var port) when port == service.port() -> environment.put(variable, scalar(Integer.toString(port)));
                case Setting.Text(var text) when !variable.equals("DATABASE_USER") ->
                    environment.put(variable, scalar(orPassed(overridable, variable, text)));
                // Text and password are in *database. The program's defaults apply to further ports.
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
        // Pages are opened by browsers, so their addresses have the published ports.
        values.map("links").forEach((variable, to) -> {
            var path = to.split("(?=/)", 2);
            environment.putIfAbsent(variable,
                    scalar(passed(variable, "http://localhost:" + port(path[0]) + (path.length > 1 ? path[1] : ""))));
        });
        // Settings that only the chart has can be overridden by a variable.
        values.map("env").forEach((variable, value) -> environment.putIfAbsent(variable, scalar(passed(variable, value))));
        if (service.takesOtlp()) {
            FORWARDING.forEach(variable -> environment.put(variable, scalar(passed(variable, ""))));
        }
        if (service.load()) {
            PACE.forEach(pace -> environment.putIfAbsent(pace.getKey(), scalar(passed(pace.getKey(), pace.getValue()))));
        }
        return environment;
    }

    /**
     * Returns the services and engines that a service waits for. A service with engines waits for its engines, and one without engines
     * for the services that it calls. All others start at the same time, because each can be ready without the services that it calls.
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

    /**
     * Returns the scrape targets as a quoted YAML text over several lines. The line breaks are escaped, so they are not part of the text.
     */
    private String allServices() {
        return topology.applications().stream().map(service -> service.name() + "=http://" + service.name() + ":" + service.port())
                .collect(Collectors.joining(",\\\n        ", "\"", "\""));
    }

    private int port(String service) {
        return topology.find(service)
                .orElseThrow(() -> new IllegalStateException("Topology.java has no service " + service + ", which another one refers to"))
                .port();
    }

    /** Returns a reference to a variable of the shell or of {@code .env}, with a default. */
    private static String passed(String variable, String otherwise) {
        return "${" + variable + ":-" + otherwise + "}";
    }

    /** Returns a value, or if it is only a default, a reference to the variable that overrides it. */
    private static String orPassed(boolean overridable, String variable, String value) {
        return overridable ? passed(variable, value) : value;
    }

    private static String megabytes(String memory) {
        if (!memory.matches("\\d+Mi")) {
            throw new IllegalStateException("A memory limit of helm-chart/values.yaml is '" + memory + "', but must be like 256Mi");
        }
        return memory.replace("Mi", "m");
    }

    /** Returns a text as a YAML scalar, in quotes only if it would be read as another type without them. */
    private static String scalar(String text) {
        try {
            if (text.equals(new Yaml().load(text))) {
                return text;
            }
        } catch (YAMLException notPlain) {
            // not valid YAML without quotes
        }
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
