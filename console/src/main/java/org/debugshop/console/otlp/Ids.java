package org.debugshop.console.otlp;

import java.nio.ByteBuffer;
import org.debugshop.console.store.TraceId;

/** Trace and span ids as bytes, big-endian as in W3C Trace Context. */
final class Ids {

    static final byte[] ABSENT = {};

    private Ids() {}

    static boolean isTraceId(byte[] id) {
        return id.length == 16 && traceId(id).isValid();
    }

    static boolean isSpanId(byte[] id) {
        return id.length == 8 && spanId(id) != 0;
    }

    static TraceId traceId(byte[] id) {
        ByteBuffer buffer = ByteBuffer.wrap(id);
        return new TraceId(buffer.getLong(), buffer.getLong());
    }

    static long spanId(byte[] id) {
        return ByteBuffer.wrap(id).getLong();
    }
}
