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

    private final Fault cpuHog;
    private final Fault memoryLeak;
    private final Fault deployment;

    Faults(Controls controls, Release release) {
        cpuHog = controls.fault("cpu-hog", 2);
        memoryLeak = controls.fault("memory-leak", 2);
        deployment = controls.fault("innocent-deploy").with(new Deployment(release.isNext(),
                () -> Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()), Quarkus::asyncExit));
    }

    /**
     * One ad request in ten that names product 3 starts a job in the background, which burns a core long after the answer and survives its
     * own errors. This service becomes slow, and others on the same machine a bit, but no span shows what the time is used for. The
     * strength is the largest number of such jobs.
     */
    Fault cpuHog() {
        return cpuHog;
    }

    /**
     * Requests for ads leave data in a map that is never cleared. Collections take longer and longer, then the memory is full: the process
     * ends and is started again, and so on. Pages are shown without ads meanwhile. The strength is in megabytes a second.
     */
    Fault memoryLeak() {
        return memoryLeak;
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
