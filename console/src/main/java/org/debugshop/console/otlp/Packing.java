package org.debugshop.console.otlp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** The compression of a body. */
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

    /** This machine can't unpack bodies of this kind. */
    static final class UnavailableException extends IOException {
        UnavailableException(Throwable cause) {
            super("zstd is not available here", cause);
        }
    }

    static final int MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
    private static final int BUFFER_BYTES = 8192;

    /**
     * Parses {@code Content-Encoding} or {@code grpc-encoding}.
     *
     * @param header the value, or null; null and blank mean {@link #IDENTITY}, and {@code x-gzip} means {@link #GZIP} (RFC 9110,
     *        8.4.1.3)
     * @return empty if the encoding isn't supported
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
     * Returns the unpacked body, which must be closed. Reading more than {@value #MAX_UNPACKED_BYTES} bytes throws a
     * {@link BoundedInputStream.TooLongException}.
     *
     * @throws UnavailableException if this machine can't unpack it, which only happens for {@link #ZSTD}
     */
    abstract InputStream unpack(byte[] body) throws IOException;

    /** Returns the value for a header; empty if the body is not compressed. */
    Optional<String> header() {
        return this == IDENTITY ? Optional.empty() : Optional.of(name().toLowerCase(Locale.ROOT));
    }
}
