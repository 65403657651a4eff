package org.debugshop.launcher.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.debugshop.launcher.console.FaultView;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.topology.Checkout;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of every command that works on an instance. */
final class InstanceOptions {

    private static final int TYPING_MISTAKES = 3;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    private int offset;

    @Option(names = "--port-offset", paramLabel = "N", defaultValue = "0", description = "Which copy of the system: N, 0 to 50000, is added to every port. Default: ${DEFAULT-VALUE}.")
    void setOffset(int value) {
        if (value < 0 || value > Instance.MAX_OFFSET) {
            throw new ParameterException(command.commandLine(),
                    "--port-offset must be from 0 to " + Instance.MAX_OFFSET + ", not " + value + ".");
        }
        offset = value;
    }

    @Option(names = "--bare", hidden = true, description = "As many bare Quarkus services instead, for ./shop bench.")
    private boolean bare;

    /** The services of the instance. */
    Topology topology() {
        return bare ? Topology.BARE : Topology.DEBUG_SHOP;
    }

    Checkout checkout() {
        return Shop.checkout(command);
    }

    /** Returns another copy of the project. A folder that is none ends the command. @param from as the user named it; null for this copy */
    Checkout checkout(Path from) throws IOException {
        if (from == null) {
            return checkout();
        }
        var folder = checkout().from().resolve(from);
        if (!Files.exists(folder.resolve("shop"))) {
            throw new ParameterException(command.commandLine(), "--from: " + from + " is no copy of this project.");
        }
        return new Checkout(folder.toRealPath());
    }

    Instance instance() {
        return new Instance(checkout().root(), offset, topology());
    }

    /** Returns the services with these names, in the topology's order. An unknown name ends the command with suggestions. */
    List<Service> services(List<String> names) {
        for (var name : names) {
            if (topology().find(name).isEmpty()) {
                throw new ParameterException(command.commandLine(),
                        "There is no service '" + name + "'. " + suggestion(name, topology().names()));
            }
        }
        return topology().services().stream().filter(service -> names.contains(service.name())).toList();
    }

    /** Returns the service with this name. An unknown name, or that of an engine, ends the command. */
    Service application(String name) {
        var service = services(List.of(name)).getFirst();
        if (service.kind() != Service.Kind.QUARKUS) {
            throw new ParameterException(command.commandLine(), name + (service.kind().isEngine()
                    ? " is an engine, and its sources are not here."
                    : " measures the engines, and can be neither debugged nor reloaded."));
        }
        return service;
    }

    /** Returns the service with this name. An unknown name, or that of a service that no other one calls, ends the command. */
    Service routed(String name) {
        var service = services(List.of(name)).getFirst();
        if (service.kind() != Service.Kind.QUARKUS || topology().waitingFor(service).isEmpty()) {
            throw new ParameterException(command.commandLine(), "No service calls " + name + ", so there is no request to route.");
        }
        return service;
    }

    /** Like {@link #routed}, but for requests with a key. Only requests that come from another service have one. */
    Service intercepted(String name) {
        var service = routed(name);
        if (topology().waitingFor(service).stream().allMatch(Service::load)) {
            throw new ParameterException(command.commandLine(),
                    name + " cannot be intercepted: browsers and programs call it, and they use no routes.");
        }
        return service;
    }

    /** Returns the fault with this id. An unknown id ends the command with suggestions. */
    FaultView failure(String id) {
        return FaultView.find(id).orElseThrow(() -> new ParameterException(command.commandLine(),
                "There is no failure '" + id + "'. " + suggestion(id, FaultView.ids())));
    }

    /** Returns the option that selects this instance in another command, with a blank before it; empty if none is needed. */
    String repeated() {
        return offset == 0 ? "" : " --port-offset " + offset;
    }

    /** Returns a suggestion for a mistyped name. */
    static String suggestion(String name, List<String> known) {
        var near = known.stream()
                .filter(candidate -> candidate.contains(name) || distance(candidate, name) <= TYPING_MISTAKES)
                .sorted(Comparator.comparingInt(candidate -> distance(candidate, name)))
                .limit(3)
                .toList();
        return near.isEmpty() || name.isEmpty()
                ? "There are " + String.join(", ", known) + "."
                : "Did you mean " + String.join(" or ", near) + "?";
    }

    /** Returns the Levenshtein distance: how many letters must be inserted, removed or replaced. */
    static int distance(String one, String other) {
        var row = new ArrayList<Integer>();
        for (var j = 0; j <= other.length(); j++) {
            row.add(j);
        }
        for (var i = 1; i <= one.length(); i++) {
            var diagonal = row.set(0, i);
            for (var j = 1; j <= other.length(); j++) {
                var replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row.set(j, Math.min(replaced, 1 + Math.min(row.get(j), row.get(j - 1))));
            }
        }
        return row.getLast();
    }
}
