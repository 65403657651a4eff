package org.debugshop.console.otlp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

/**
 * Copies a request without some of its records: spans, log records or metrics. Groups that become empty are left out; everything
 * else is copied as it is. In all signals, the groups of resources are field 1 of the request, the groups of scopes are field 2 of
 * those, and the records are field 2 of these:
 *
 * <pre>
 * ExportTraceServiceRequest   1 ResourceSpans   1 resource
 *                                               2 ScopeSpans   1 scope
 *                                                              2 span
 * </pre>
 */
final class Excerpt {

    private static final int[] FIELDS = {1, 2, 2};
    private static final int BYTES = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String[] names;
    private final BitSet without;
    private int position;

    /** @param without the positions of the records that are left out, in the order of the request */
    private Excerpt(Signal signal, BitSet without) {
        names = switch (signal) {
            case TRACES -> new String[]{"resourceSpans", "scopeSpans", "spans"};
            case LOGS -> new String[]{"resourceLogs", "scopeLogs", "logRecords"};
            case METRICS -> new String[]{"resourceMetrics", "scopeMetrics", "metrics"};
        };
        this.without = without;
    }

    /**
     * Copies a request.
     *
     * @param request not compressed
     * @param without the positions of the records that are left out, in the order of the request
     * @return empty if no record is left
     */
    static Optional<byte[]> of(Signal signal, Encoding encoding, byte[] request, BitSet without) throws IOException {
        var excerpt = new Excerpt(signal, without);
        if (encoding == Encoding.PROTOBUF) {
            return Optional.ofNullable(excerpt.protobuf(request, 0));
        }
        JsonNode tree = JSON.readTree(request);
        return excerpt.json(tree, 0) ? Optional.of(JSON.writeValueAsBytes(tree)) : Optional.empty();
    }

    /** Returns a copy of a request (level 0), of a group of a resource (1) or of a scope (2); null if no record is left. */
    private byte[] protobuf(byte[] message, int level) throws IOException {
        var copy = new ByteArrayOutputStream(message.length);
        var out = CodedOutputStream.newInstance(copy);
        var in = CodedInputStream.newInstance(message);
        boolean any = false;
        for (int begin = 0; !in.isAtEnd(); begin = in.getTotalBytesRead()) {
            int tag = in.readTag();
            if (tag != (FIELDS[level] << 3 | BYTES)) {
                in.skipField(tag);
                out.writeRawBytes(message, begin, in.getTotalBytesRead() - begin);
                continue;
            }
            byte[] child = in.readByteArray();
            byte[] kept = level < 2 ? protobuf(child, level + 1) : without.get(position++) ? null : child;
            if (kept != null) {
                out.writeByteArray(FIELDS[level], kept);
                any = true;
            }
        }
        out.flush();
        return any ? copy.toByteArray() : null;
    }

    /** Removes records from a request (level 0), from a group of a resource (1) or of a scope (2). Returns whether any is left. */
    private boolean json(JsonNode message, int level) {
        boolean any = false;
        for (var children = message.path(names[level]).iterator(); children.hasNext();) {
            JsonNode child = children.next();
            if (level < 2 ? json(child, level + 1) : !without.get(position++)) {
                any = true;
            } else {
                children.remove();
            }
        }
        return any;
    }
}
