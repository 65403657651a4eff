package org.debugshop.console.otlp;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.Locale;

/**
 * A message as <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC</a> has it in the body of an HTTP/2 request:
 *
 * <pre>
 * byte    0           1        5
 *         compressed? length   message
 * </pre>
 *
 * Each call of OTLP has one. Vert.x's own gRPC server is not used, because it collects a message before it hands over anything, so that
 * nothing would bound the bytes of all calls together; and beyond this frame there is little that it would do for a call like this.
 */
record GrpcFrame(boolean compressed, byte[] message) {

    static final String CONTENT_TYPE = "application/grpc";
    private static final int PREFIX_BYTES = 5;

    /** Whether this is a gRPC call, which comes over HTTP/2 only. */
    static boolean isIn(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && request.version() == HttpVersion.HTTP_2 && switch (type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)) {
            case CONTENT_TYPE, CONTENT_TYPE + "+proto" -> true;
            default -> false;
        };
    }

    /** @throws IOException if the body is not one message */
    static GrpcFrame parse(Buffer body) throws IOException {
        if (body.length() < PREFIX_BYTES) {
            throw new IOException("it has no gRPC message");
        }
        if (body.getUnsignedInt(1) != body.length() - PREFIX_BYTES) {
            throw new IOException("it is not one gRPC message of the length that it gives");
        }
        return new GrpcFrame(body.getByte(0) != 0, body.getBytes(PREFIX_BYTES, body.length()));
    }

    /** The body with this message, not compressed. */
    static Buffer of(byte[] message) {
        return Buffer.buffer(PREFIX_BYTES + message.length).appendByte((byte) 0).appendInt(message.length).appendBytes(message);
    }
}
