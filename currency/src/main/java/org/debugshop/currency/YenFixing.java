package org.debugshop.currency;

import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Stands for the official rate of the yen, which is read from a file that is on a slow disk. */
@Singleton
class YenFixing {

    /** How long a file that was read is good enough. */
    private static final long FRESH = TimeUnit.SECONDS.toNanos(2);

    private final Faults faults;
    private final AtomicLong readAt = new AtomicLong(System.nanoTime() - FRESH);

    YenFixing(Faults faults) {
        this.faults = faults;
    }

    /** Reads the file again if it was read some time ago. This takes long, and blocks the calling thread. */
    void readIfOld() {
        var before = readAt.get();
        if (faults.blockedLoop().isOn() && System.nanoTime() - before >= FRESH && readAt.compareAndSet(before, System.nanoTime())) {
            read((long) faults.blockedLoop().strength());
            readAt.set(System.nanoTime());
        }
    }

    private static void read(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
