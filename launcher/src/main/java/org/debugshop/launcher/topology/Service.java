package org.debugshop.launcher.topology;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One process of the {@link Topology}, as data. The methods that return a service return a changed copy.
 *
 * @param name what it is called everywhere: in the topology, in {@code ./shop} and as {@code service.name}
 * @param kind what kind of program it is
 * @param module the Maven module that it is built from
 * @param port where it listens, also for health checks, in an instance without an offset
 * @param heapMegabytes how large the JVM's heap may grow
 * @param load whether it only makes traffic, so that {@code --without-load} leaves it out
 * @param settings the variables that it gets in addition to those of every service
 * @param overridable which of these are only defaults: if users set the variable, their value counts
 * @param page the page that a person opens, if there is one
 */
public record Service(String name, Kind kind, String module, int port, int heapMegabytes, boolean load, Map<String, Setting> settings,
        Set<String> overridable, Optional<Page> page) {

    public enum Kind {
        /** An application of ours, {@code target/quarkus-app/quarkus-run.jar}. */
        QUARKUS,
        /** A broker of Apache Kafka, which is its own controller. */
        KAFKA,
        /** A server of PostgreSQL: no JVM. */
        POSTGRES,
        /** A program of {@code engines/} that serves metrics of the others. */
        EXPORTER;

        /** Whether it is a program of others, in which services keep their data. */
        public boolean isEngine() {
            return this == KAFKA || this == POSTGRES;
        }
    }

    /** The value of an environment variable, before an instance's ports are known. */
    public sealed interface Setting {
        /** The same text everywhere. */
        record Text(String value) implements Setting {}

        /** A port of this service, shifted by the instance's offset. */
        record Port(int port) implements Setting {}

        /**
         * The URL of another service, {@code path} appended.
         *
         * @param called whether it is there to be asked, and not only linked to
         * @param optional whether it is blank where there is no such service
         */
        record Reference(String service, String path, boolean called, boolean optional) implements Setting {}

        /** A database of the PostgreSQL server, as a URL; blank where there is no server. @param required whether it cannot do without */
        record Database(String server, String name, boolean required) implements Setting {}

        /** The password of the PostgreSQL server's owner; blank where there is no server. */
        record Password(String server) implements Setting {}

        /** {@code host:port} of a Kafka broker; blank where there is none. */
        record Broker(String broker) implements Setting {}

        /** {@code name=url,...} of every service of the topology, and of the exporter if it is part of the system. */
        record AllServices() implements Setting {}
    }

    /** @param what the page in a word or two, @param path where it is under the service's URL */
    public record Page(String what, String path) {}

    /** The owner of all databases. */
    public static final String DATABASE_USER = "shop";

    private static final String ENGINES = "engines";
    private static final int BROKER_HEAP = 96;
    private static final String DATABASES = "DATABASES";
    private static final String CONTROLLER = "CONTROLLER_PORT";

    public Service {
        // Not Map.copyOf, which forgets the order: files are generated in it.
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        overridable = Set.copyOf(overridable);
    }

    /** A Quarkus application in the folder of the same name. */
    public static Service quarkus(String name, int port) {
        return new Service(name, Kind.QUARKUS, name, port, 64, false, Map.of(), Set.of(), Optional.empty());
    }

    /** A server of PostgreSQL with these databases. */
    static Service postgres(String name, int port, String... databases) {
        return new Service(name, Kind.POSTGRES, ENGINES, port, 0, false, Map.of(DATABASES, new Setting.Text(String.join(" ", databases))),
                Set.of(), Optional.empty());
    }

    /** A broker of Apache Kafka, and the port of its controller. */
    static Service kafka(String name, int port, int controllerPort) {
        return new Service(name, Kind.KAFKA, ENGINES, port, BROKER_HEAP, false, Map.of(CONTROLLER, new Setting.Port(controllerPort)),
                Set.of(), Optional.empty());
    }

    /** An exporter of the metrics of the engines, with the heap of the broker, because both use the same AOT cache. */
    static Service exporter(String name, int port) {
        return new Service(name, Kind.EXPORTER, ENGINES, port, BROKER_HEAP, false, Map.of(), Set.of(), Optional.empty());
    }

    /** It is built from another module than the one of its name. */
    Service from(String otherModule) {
        return changed(draft -> draft.module = otherModule);
    }

    Service heap(int megabytes) {
        return changed(draft -> draft.heapMegabytes = megabytes);
    }

    /** It only makes traffic. */
    Service asLoad() {
        return changed(draft -> draft.load = true);
    }

    Service page(String what, String path) {
        return changed(draft -> draft.page = Optional.of(new Page(what, path)));
    }

    Service set(String variable, String value) {
        return with(variable, new Setting.Text(value));
    }

    /** The setting of this variable is only a default: if users set the variable, their value counts. */
    Service overridable(String variable) {
        return changed(draft -> draft.overridable.add(variable));
    }

    /** It calls the other service, at the URL in this variable, and waits for the answers. */
    Service calls(String variable, String service) {
        return with(variable, new Setting.Reference(service, "", true, false));
    }

    /** It calls the other service if that is part of the system; if not, the variable is blank. */
    Service callsIfPresent(String variable, String service) {
        return callsIfPresent(variable, service, "");
    }

    /** The same for a single path of the other service, which is part of the URL. */
    Service callsIfPresent(String variable, String service, String path) {
        return with(variable, new Setting.Reference(service, path, true, true));
    }

    /** It keeps its data in this database of this server, and cannot do without. */
    Service database(String server, String database) {
        return database(new Setting.Database(server, database, true));
    }

    /** It keeps its data in this database if the server is part of the system, in memory if not. */
    Service databaseIfPresent(String server, String database) {
        return database(new Setting.Database(server, database, false));
    }

    private Service database(Setting.Database database) {
        return with("DATABASE_URL", database)
                .with("DATABASE_USER", new Setting.Text(DATABASE_USER))
                .with("DATABASE_PASSWORD", new Setting.Password(database.server()));
    }

    /** It sends or reads events through this broker, if that is part of the system. */
    Service events(String broker) {
        return with("KAFKA_BOOTSTRAP_SERVERS", new Setting.Broker(broker));
    }

    /** It shows people a link to a page of the other service. */
    Service linksTo(String variable, String service, String path) {
        return with(variable, new Setting.Reference(service, path, false, false));
    }

    /** It must know whether the other service is part of the system, although it doesn't call it itself; if not, the variable is blank. */
    Service knows(String variable, String service) {
        return with(variable, new Setting.Reference(service, "", false, true));
    }

    /** Whether it calls the service of this name and waits for its answers. */
    boolean waitsFor(String service) {
        return settings.values().stream()
                .anyMatch(setting -> setting instanceof Setting.Reference(var other, var _, var called, var _) && called
                        && other.equals(service));
    }

    Service scrapesAll(String variable) {
        return with(variable, new Setting.AllServices());
    }

    /** Its own port under a second name. */
    Service listensOn(String variable) {
        return with(variable, new Setting.Port(port));
    }

    /** It listens on a second port, which it finds in this variable. */
    Service alsoListensOn(String variable, int otherPort) {
        return with(variable, new Setting.Port(otherPort));
    }

    /** Returns another copy of this service, which runs beside it. @param otherPort without an offset */
    public Service copy(String otherName, int otherPort) {
        return new Service(otherName, kind, module, otherPort, heapMegabytes, load, settings, overridable, Optional.empty());
    }

    /** Every port that it binds, its own first, without an offset. */
    public List<Integer> ports() {
        var ports = new ArrayList<Integer>(List.of(port));
        for (var setting : settings.values()) {
            if (setting instanceof Setting.Port(int other) && other != port) {
                ports.add(other);
            }
        }
        return ports;
    }

    /** Whether it is an engine, or cannot do without one. */
    public boolean needsEngines() {
        return kind.isEngine() || settings.values().stream()
                .anyMatch(setting -> setting instanceof Setting.Database(var _, var _, var required) && required);
    }

    /** The names of a PostgreSQL server's databases. */
    public List<String> databases() {
        return List.of(((Setting.Text) settings.get(DATABASES)).value().split(" "));
    }

    /** The port of a Kafka broker's controller. */
    public int controllerPort() {
        return ((Setting.Port) settings.get(CONTROLLER)).port();
    }

    /** Whether it is the console, which the others send their telemetry to. */
    public boolean takesOtlp() {
        return ports().contains(Topology.OTLP_PORT);
    }

    private Service with(String variable, Setting setting) {
        return changed(draft -> draft.settings.put(variable, setting));
    }

    /** A copy of this service with one difference. */
    private Service changed(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.service();
    }

    /** A service that is being changed. */
    private static final class Draft {
        private final Service original;
        private String module;
        private int heapMegabytes;
        private boolean load;
        private final Map<String, Setting> settings;
        private final Set<String> overridable;
        private Optional<Page> page;

        private Draft(Service original) {
            this.original = original;
            module = original.module;
            heapMegabytes = original.heapMegabytes;
            load = original.load;
            settings = new LinkedHashMap<>(original.settings);
            overridable = new HashSet<>(original.overridable);
            page = original.page;
        }

        private Service service() {
            return new Service(original.name, original.kind, module, original.port, heapMegabytes, load, settings, overridable, page);
        }
    }
}
