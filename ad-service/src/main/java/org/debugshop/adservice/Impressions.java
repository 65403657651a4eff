package org.debugshop.adservice;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.debugshop.defaults.controls.Fault;

/** Stands for a list of who has seen which ads, in a map that grows with each request. */
@Singleton
class Impressions {

    private static final double MEGABYTE = 1024 * 1024;
    /** The limit of what one request adds after a pause, in seconds. */
    private static final double LONGEST = 2;
    private static final int ENTRY = 64 * 1024;

    private final Fault leak;
    // What follows is guarded by this.
    private final Map<UUID, byte[]> seen = new HashMap<>();
    private long last = System.nanoTime();

    Impressions(Faults faults) {
        this.leak = faults.memoryLeak().with(new Fault.Effect() {

            @Override
            public Uni<Void> begin(double strength) {
                return Uni.createFrom().voidItem();
            }

            @Override
            public Uni<Void> end() {
                forget();
                return Uni.createFrom().voidItem();
            }
        });
    }

    /** Adds as much as is due since the last request. */
    void add() {
        if (!leak.isOn()) {
            return;
        }
        synchronized (this) {
            var now = System.nanoTime();
            var entries = Math.clamp(now - last, 0, LONGEST * 1e9) / 1e9 * leak.strength() * MEGABYTE / ENTRY;
            if (entries >= 1 && leak.isOn()) {
                last = now;
                for (var i = 0; i < (int) entries; i++) {
                    seen.put(UUID.randomUUID(), new byte[ENTRY]);
                }
            }
        }
    }

    synchronized int size() {
        return seen.size();
    }

    private synchronized void forget() {
        if (!seen.isEmpty()) {
            seen.clear();
            // The old generation would be collected only when it is full.
            System.gc();
        }
    }
}
