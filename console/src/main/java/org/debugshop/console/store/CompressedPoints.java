package org.debugshop.console.store;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The values of one series, one per tick, in a few bytes each and without loss. The oldest chunk of {@value #CHUNK_TICKS} ticks is
 * dropped as a whole. In a chunk, each value is stored as the bits that differ from the previous one (XOR), without the zero bytes
 * at either end. Unchanged values, the most common ones, take one byte for up to sixteen:
 *
 * <pre>
 * values  3.0                5.0        5.0 5.0     (missing)
 * bits    4008000000000000   401400..   same same   7ff8000000000000 (NaN)
 * XOR     4008000000000000   001c00..   0    0      3fec000000000000
 * bytes   62 40 08           61 1c      10          62 3f ec
 *         │└─ 2 bytes follow            │└─ 0: unchanged
 *         └─ 6 zero bytes after them    └─ 1 + 1 times
 * </pre>
 */
final class CompressedPoints {

    static final int CHUNK_TICKS = 64;

    /** The number of chunks that always covers {@value SeriesStore#WINDOW_TICKS} ticks. */
    private static final int MAX_CHUNKS = SeriesStore.WINDOW_TICKS / CHUNK_TICKS + 2;

    private static final int CHUNK_BYTES = 48;
    private static final int MAX_RUN = 16;

    private static final class Chunk {
        final long firstTick;
        int ticks;
        byte[] bytes = new byte[8];
        int length;
        int lastHeader = -1;
        long lastBits;

        Chunk(long firstTick) {
            this.firstTick = firstTick;
        }

        void append(double value) {
            long bits = Double.doubleToLongBits(value);
            long difference = bits ^ lastBits;
            if (difference == 0) {
                appendUnchanged();
            } else {
                int zerosAfter = Long.numberOfTrailingZeros(difference) / 8;
                int count = 8 - zerosAfter - Long.numberOfLeadingZeros(difference) / 8;
                ensureRoom(1 + count);
                lastHeader = length;
                bytes[length++] = (byte) (zerosAfter << 4 | count);
                for (int i = count - 1; i >= 0; i--) {
                    bytes[length++] = (byte) (difference >>> 8 * (zerosAfter + i));
                }
            }
            lastBits = bits;
            ticks++;
        }

        private void appendUnchanged() {
            boolean inRun = lastHeader >= 0 && (bytes[lastHeader] & 0xF) == 0;
            int run = inRun ? (bytes[lastHeader] >> 4 & 0xF) + 1 : 0;
            if (inRun && run < MAX_RUN) {
                bytes[lastHeader] = (byte) (run << 4);
            } else {
                ensureRoom(1);
                lastHeader = length;
                bytes[length++] = 0;
            }
        }

        private void ensureRoom(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
            }
        }

        void forEach(long fromTick, Visitor visitor) {
            long bits = 0;
            long tick = firstTick;
            for (int i = 0; i < length;) {
                int header = bytes[i++];
                int count = header & 0xF;
                int times = 1;
                if (count == 0) {
                    times = (header >> 4 & 0xF) + 1;
                } else {
                    long difference = 0;
                    for (int end = i + count; i < end; i++) {
                        difference = difference << 8 | bytes[i] & 0xFF;
                    }
                    bits ^= difference << 8 * (header >> 4 & 0xF);
                }
                double value = Double.longBitsToDouble(bits);
                for (; times > 0; times--, tick++) {
                    if (tick >= fromTick) {
                        visitor.visit(tick, value);
                    }
                }
            }
        }
    }

    /** Receives a value and its tick. */
    @FunctionalInterface
    interface Visitor {
        void visit(long tick, double value);
    }

    private static final long NONE = Long.MIN_VALUE;

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>(4);
    private long newestTick = NONE;
    /** In no chunk yet, so that a later value of the same tick can replace it. */
    private double newest;

    /**
     * Appends a value. Skipped ticks get the value NaN. If the newest tick already has a value, the new one replaces it: a program that
     * ends pushes its last values soon after those before. Values of older ticks are ignored.
     *
     * @param tight whether to drop the oldest chunk before starting a new one
     */
    void append(long tick, double value, boolean tight) {
        if (tick < newestTick) {
            return;
        }
        if (newestTick == NONE || tick - newestTick > SeriesStore.WINDOW_TICKS) {
            chunks.clear();
        } else {
            for (; newestTick < tick; newestTick++) {
                store(newest, tight);
                newest = Double.NaN;
            }
        }
        newestTick = tick;
        newest = value;
    }

    private void store(double value, boolean tight) {
        Chunk last = chunks.peekLast();
        if (last == null || last.ticks == CHUNK_TICKS) {
            if (last != null) {
                last.bytes = Arrays.copyOf(last.bytes, last.length);
            }
            if (chunks.size() == MAX_CHUNKS || tight && last != null) {
                chunks.removeFirst();
            }
            last = new Chunk(newestTick);
            chunks.add(last);
        }
        last.append(value);
    }

    /** Returns the tick of the last value. */
    long newestTick() {
        return newestTick;
    }

    /** Visits the values from this tick on, oldest first, without missing ones. */
    void forEach(long fromTick, Visitor visitor) {
        for (Chunk chunk : chunks) {
            if (chunk.firstTick + chunk.ticks > fromTick) {
                chunk.forEach(fromTick, (tick, value) -> {
                    if (!Double.isNaN(value)) {
                        visitor.visit(tick, value);
                    }
                });
            }
        }
        if (newestTick >= fromTick && !Double.isNaN(newest)) {
            visitor.visit(newestTick, newest);
        }
    }

    int bytes() {
        int bytes = 0;
        for (Chunk chunk : chunks) {
            bytes += CHUNK_BYTES + chunk.bytes.length;
        }
        return bytes;
    }
}
