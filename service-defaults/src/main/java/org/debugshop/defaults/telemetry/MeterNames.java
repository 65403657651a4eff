package org.debugshop.defaults.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Objects;

/** Completes the names of the framework's meters for clients without a name: {@code .current} becomes {@code sql.client.current}. */
final class MeterNames {

    @Produces
    @Singleton
    MeterFilter clients() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().startsWith(".")
                        ? id.withName(Objects.requireNonNullElse(id.getTag("clientType"), "other") + ".client" + id.getName())
                        : id;
            }
        };
    }
}
