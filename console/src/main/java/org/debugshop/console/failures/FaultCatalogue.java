package org.debugshop.console.failures;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All faults, in the order of {@code failures.json}. The launcher reads the same file if no console runs. */
@Singleton
final class FaultCatalogue {

    private final Map<String, Fault> byId = new LinkedHashMap<>();

    /** @throws IllegalStateException if the file doesn't match {@link Fault} */
    FaultCatalogue(ObjectMapper mapper) {
        try (var file = FaultCatalogue.class.getResourceAsStream("/failures.json")) {
            var strict = mapper.readerFor(new TypeReference<List<Fault>>() {})
                    .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                            DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);
            for (Fault fault : strict.<List<Fault>>readValue(file)) {
                if (byId.put(fault.id(), fault) != null) {
                    throw new IllegalStateException("failures.json has two failures with the id " + fault.id());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("Cannot read failures.json", e);
        }
    }

    List<Fault> all() {
        return List.copyOf(byId.values());
    }

    Optional<Fault> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }
}
