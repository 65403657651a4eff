package org.debugshop.console.otlp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** How a body is compressed. */
enum Packing {
    IDENTITY {
        @Override
        InputStream unpack(byte[] body) {
            return new ByteArrayInputStream(body);
        }
    },
    GZIP {
        @Override
        InputStream unpack(byte[] body) throws IOException {
            return new BoundedInputStream(new GZIPInputStream(new ByteArrayInputStream(body), BUFFER_BYTES), MAX_UNPACKED_BYTES);
        }
    },
    ZSTD {
        @Override
        InputStream unpack(byte[] body) throws IOException {
            try {
                return new BoundedInputStream(ZstdBody.of(body), MAX_UNPACKED_BYTES);
            } catch (LinkageError noLibrary) {
                throw new UnavailableException(noLibrary);
            }
        }
    };

    /** Bodies of this kind cannot be unpacked on this machine. */
    static final class UnavailableException extends IOException {
        UnavailableException(Throwable cause) {
            super("zstd is not available here", cause);
        }
    }

    static final int MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
    private static final int BUFFER_BYTES = 8192;

    /**
     * Reads {@code Content-Encoding} or {@code grpc-encoding}.
     *
     * @param header may be null; null and blank are {@link #IDENTITY}, and {@code x-gzip} is {@link #GZIP} (RFC 9110, 8.4.1.3)
     * @return empty if it is an encoding that is not supported
     */
    static Optional<Packing> of(String header) {
        return Optional.ofNullable(switch (header == null ? "" : header.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "zstd" -> ZSTD;
            default -> null;
        });
    }

    /**
     * The unpacked body, to be closed. Reading it throws a {@link BoundedInputStream.TooLongException} beyond {@value #MAX_UNPACKED_BYTES}
     * bytes.
     *
     * @throws UnavailableException if this machine cannot unpack it; that is so for {@link #ZSTD} only
     */
    abstract InputStream unpack(byte[] body) throws IOException;

    /** As a header has it; empty if the body is not compressed. */
    Optional<String> header() {
        return this == IDENTITY ? Optional.empty() : Optional.of(name().toLowerCase(Locale.ROOT));
    }
}
