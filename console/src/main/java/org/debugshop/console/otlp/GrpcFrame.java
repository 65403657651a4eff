package org.debugshop.console.otlp;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.Locale;

/**
 * A message of <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC</a> in the body of an HTTP/2 request:
 *
 * <pre>
 * byte    0           1        5
 *         compressed? length   message
 * </pre>
 *
 * A call of OTLP has one message. Vert.x's own gRPC server isn't used: it collects a message before it passes it on, so the bytes
 * of all calls together would have no bound. Apart from this frame, it would do little for such a call.
 */
record GrpcFrame(boolean compressed, byte[] message) {

    static final String CONTENT_TYPE = "application/grpc";
    private static final int PREFIX_BYTES = 5;

    /** Returns whether this is a gRPC call, which requires HTTP/2. */
    static boolean isIn(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && request.version() == HttpVersion.HTTP_2 && switch (type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)) {
            case CONTENT_TYPE, CONTENT_TYPE + "+proto" -> true;
            default -> false;
        };
    }

    /** @throws IOException if the body isn't exactly one message */
    static GrpcFrame parse(Buffer body) throws IOException {
        if (body.length() < PREFIX_BYTES) {
            throw new IOException("it has no gRPC message");
        }
        if (body.getUnsignedInt(1) != body.length() - PREFIX_BYTES) {
            throw new IOException("it is not one gRPC message of the length that it gives");
        }
        return new GrpcFrame(body.getByte(0) != 0, body.getBytes(PREFIX_BYTES, body.length()));
    }

    /** Returns the body for this message, without compression. */
    static Buffer of(byte[] message) {
        return Buffer.buffer(PREFIX_BYTES + message.length).appendByte((byte) 0).appendInt(message.length).appendBytes(message);
    }
}
