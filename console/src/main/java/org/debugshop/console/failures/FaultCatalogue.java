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

/** All failures, in the order of {@code failures.json}. The launcher reads the same file if no console runs. */
@Singleton
final class Failures {

    private final Map<String, Failure> byId = new LinkedHashMap<>();

    /** @throws IllegalStateException if the file doesn't match {@link Failure} */
    Failures(ObjectMapper mapper) {
        try (var file = Failures.class.getResourceAsStream("/failures.json")) {
            var strict = mapper.readerFor(new TypeReference<List<Failure>>() {})
                    .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                            DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);
            for (Failure failure : strict.<List<Failure>>readValue(file)) {
                if (byId.put(failure.id(), failure) != null) {
                    throw new IllegalStateException("failures.json has two failures with the id " + failure.id());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("Cannot read failures.json", e);
        }
    }

    List<Failure> all() {
        return List.copyOf(byId.values());
    }

    Optional<Failure> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }
}
