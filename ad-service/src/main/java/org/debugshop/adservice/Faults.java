package org.debugshop.adservice;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.controls.Release;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault deployment;

    Faults(Controls controls, Release release) {
        deployment = controls.fault("innocent-deploy").with(new Deployment(release.isNext(),
                () -> Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()), Quarkus::asyncExit));
    }

    /**
     * A new version is deployed: the process ends, and what runs it (the launcher, Compose or Kubernetes) starts it again. From then on
     * telemetry names the next version. It works as the one before, so it is never the cause of anything, but next to another fault it
     * looks like one.
     */
    Fault deployment() {
        return deployment;
    }
}
