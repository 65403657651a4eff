package org.debugshop.console.otlp;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Unpacks zstd (RFC 8878). The library is native code. It is loaded for the first body, which takes a moment because the library is
 * copied into the directory for temporary files; most senders use gzip.
 *
 * <p>A frame declares its window size, which is the memory needed to unpack it. That memory is allocated outside the heap, and
 * freed when the stream is closed.
 */
final class ZstdBody extends InputStream {

    /** The logarithm of 8 MiB, the window size that RFC 8878 recommends to support. */
    private static final int MAX_WINDOW_LOG = 23;

    private final ZstdInputStreamNoFinalizer frames;

    private ZstdBody(ZstdInputStreamNoFinalizer frames) {
        this.frames = frames;
    }

    /** @throws LinkageError if there is no library for this machine, or it can't be loaded */
    static InputStream of(byte[] body) throws IOException {
        if (body.length == 0) {
            throw new IOException("its zstd ends too early");
        }
        return new ZstdBody(new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(body)).setLongMax(MAX_WINDOW_LOG));
    }

    @Override
    public int read() throws IOException {
        var single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            return frames.read(buffer, offset, length);
        } catch (ZstdIOException unreadable) {
            throw new IOException(sentence(unreadable), unreadable);
        }
    }

    private static String sentence(ZstdIOException unreadable) {
        if (unreadable.getErrorCode() == Zstd.errFrameParameterWindowTooLarge()) {
            return "its zstd needs a window of more than 8 MiB";
        }
        return "Truncated source".equals(unreadable.getMessage())
                ? "its zstd ends too early"
                : "its zstd is damaged: " + unreadable.getMessage();
    }

    @Override
    public void close() throws IOException {
        frames.close();
    }
}
