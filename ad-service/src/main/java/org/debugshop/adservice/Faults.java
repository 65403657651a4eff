package org.debugshop.adservice;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault cpuHog;
    private final Fault memoryLeak;

    Faults(Controls controls) {
        cpuHog = controls.fault("cpu-hog", 2);
        memoryLeak = controls.fault("memory-leak", 2);
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
}
