package org.debugshop.console.failures;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All faults, in the order of {@code failures/index.json}. The launcher reads the same files if no console runs. */
@Singleton
final class FaultCatalogue {

    private final Map<String, Fault> byId = new LinkedHashMap<>();

    /** @throws IllegalStateException if a file doesn't match {@link Fault} */
    FaultCatalogue(ObjectMapper mapper) {
        var strict = mapper.readerFor(Fault.class).with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
        for (String id : this.<String[]>read(mapper.readerFor(String[].class), "index")) {
            Fault fault = read(strict, id);
            if (!fault.id().equals(id) || byId.put(id, fault) != null) {
                throw new IllegalStateException("failures/" + id + ".json has another id, or is listed twice");
            }
        }
    }

    private <T> T read(ObjectReader reader, String name) {
        try (var file = FaultCatalogue.class.getResourceAsStream("/failures/" + name + ".json")) {
            return reader.readValue(file);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("Cannot read failures/" + name + ".json", e);
        }
    }

    List<Fault> all() {
        return List.copyOf(byId.values());
    }

    Optional<Fault> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }
}
