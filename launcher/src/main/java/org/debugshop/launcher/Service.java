package org.debugshop.launcher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One process of the {@link Topology}, as data. The methods that return a service return a changed copy.
 *
 * @param name what it is called everywhere: in the topology, in {@code ./shop} and as {@code service.name}
 * @param module the Maven module whose {@code target/quarkus-app/quarkus-run.jar} it runs
 * @param port where it listens, and answers {@code GET /health/ready}, in an instance without an offset
 * @param heapMegabytes how large the JVM's heap may grow
 * @param load whether it only makes traffic, so that {@code --without-load} leaves it out
 * @param settings what its environment holds besides what every service gets, by variable
 * @param page the page that a person opens, if there is one
 */
record Service(String name, String module, int port, int heapMegabytes, boolean load, Map<String, Setting> settings, Optional<Page> page) {

    /** The value of an environment variable, before an instance's ports are known. */
    sealed interface Setting {
        /** The same text everywhere. */
        record Text(String value) implements Setting {}

        /** A port of this service, shifted by the instance's offset. */
        record Port(int port) implements Setting {}

        /** The URL of another service, {@code path} appended. @param called whether it is there to be asked, and not only linked to */
        record Reference(String service, String path, boolean called) implements Setting {}

        /** {@code name=url,...} of every service of the topology. */
        record AllServices() implements Setting {}
    }

    /** @param what the page in a word or two, @param path where it is under the service's URL */
    record Page(String what, String path) {}

    Service {
        settings = Map.copyOf(settings);
    }

    /** A Quarkus application in the folder of the same name. */
    static Service quarkus(String name, int port) {
        return new Service(name, name, port, 64, false, Map.of(), Optional.empty());
    }

    Service from(String otherModule) {
        return new Service(name, otherModule, port, heapMegabytes, load, settings, page);
    }

    Service heap(int megabytes) {
        return new Service(name, module, port, megabytes, load, settings, page);
    }

    Service isLoad() {
        return new Service(name, module, port, heapMegabytes, true, settings, page);
    }

    Service page(String what, String path) {
        return new Service(name, module, port, heapMegabytes, load, settings, Optional.of(new Page(what, path)));
    }

    Service set(String variable, String value) {
        return with(variable, new Setting.Text(value));
    }

    /** It calls the other, and waits for the answers. */
    Service refersTo(String variable, String service) {
        return with(variable, new Setting.Reference(service, "", true));
    }

    /** It shows people the way to a page of the other. */
    Service linksTo(String variable, String service, String path) {
        return with(variable, new Setting.Reference(service, path, false));
    }

    boolean calls(String service) {
        return settings.values().stream()
            .anyMatch(setting -> setting instanceof Setting.Reference(var other, var _, var called) && called && other.equals(service));
    }

    Service scrapesAll(String variable) {
        return with(variable, new Setting.AllServices());
    }

    /** Its own port under a second name. */
    Service listensOn(String variable) {
        return with(variable, new Setting.Port(port));
    }

    Service listensAlsoOn(String variable, int otherPort) {
        return with(variable, new Setting.Port(otherPort));
    }

    /** Every port that it binds, its own first, without an offset. */
    List<Integer> ports() {
        var ports = new ArrayList<Integer>(List.of(port));
        for (var setting : settings.values()) {
            if (setting instanceof Setting.Port(int other) && other != port) {
                ports.add(other);
            }
        }
        return ports;
    }

    /** Whether it is the console, which the others send their telemetry to. */
    boolean takesOtlp() {
        return ports().contains(Topology.OTLP_PORT);
    }

    private Service with(String variable, Setting setting) {
        var all = new LinkedHashMap<>(settings);
        all.put(variable, setting);
        return new Service(name, module, port, heapMegabytes, load, all, page);
    }
}
