package org.debugshop.launcher.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.launcher.topology.Service;

/**
 * What is started as a service.
 *
 * @param checkout the copy of the project whose package is started
 * @param environment more variables for the process, which have precedence
 * @param version its {@code service.version}, if it is another one than that of the package
 */
public record Release(Path checkout, Map<String, String> environment, Optional<String> version) {

    private static final String ATTRIBUTES = "OTEL_RESOURCE_ATTRIBUTES";
    private static final String VERSION = "service.version";

    public Release {
        environment = new LinkedHashMap<>(environment);
    }

    /** Returns what is usually started. */
    public static Release usual(Instance instance) {
        return new Release(instance.checkout(), Map.of(), Optional.empty());
    }

    /** Returns the same under its usual version. */
    public Release withoutVersion() {
        return new Release(checkout, environment, Optional.empty());
    }

    /** Returns the version of the package, which is in the manifest of its jar; empty if it is not packaged. */
    public static Optional<String> packaged(Instance instance, Service service) throws IOException {
        var jar = instance.jar(service);
        if (!Files.exists(jar)) {
            return Optional.empty();
        }
        try (var file = new JarFile(jar.toFile())) {
            return Optional.ofNullable(file.getManifest())
                    .map(manifest -> manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION));
        }
    }

    /** Adds its variables to the environment of a process. */
    public void addTo(Map<String, String> variables) {
        variables.putAll(environment);
        version.ifPresent(own -> variables.merge(ATTRIBUTES, VERSION + "=" + own, (given, added) -> Stream.of(given, added)
                .filter(text -> !text.isBlank()).collect(Collectors.joining(","))));
    }

    /** Describes the difference from what is usually started; null if there is none. The values of variables may be secret. */
    public String note(Instance instance) {
        var words = new ArrayList<String>();
        version.ifPresent(own -> words.add("version " + own));
        if (!checkout.equals(instance.checkout())) {
            words.add("from " + checkout);
        }
        if (!environment.isEmpty()) {
            words.add("with " + String.join(", ", List.copyOf(environment.keySet())));
        }
        return words.isEmpty() ? null : String.join(", ", words);
    }
}
