package org.debugshop.console.otlp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Fails as soon as more than a given number of bytes has been read, because a small gzip body may unpack to gigabytes. */
final class BoundedInputStream extends FilterInputStream {

    /** The input is longer than the limit. */
    static final class TooLongException extends IOException {
        TooLongException(long bound) {
            super("the unpacked body is over " + bound + " bytes");
        }
    }

    private final long bound;
    private long read;

    BoundedInputStream(InputStream in, long bound) {
        super(in);
        this.bound = bound;
    }

    @Override
    public int read() throws IOException {
        int b = super.read();
        count(b < 0 ? 0 : 1);
        return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        count(Math.max(0, n));
        return n;
    }

    @Override
    public long skip(long length) throws IOException {
        long n = super.skip(length);
        count(n);
        return n;
    }

    private void count(long n) throws TooLongException {
        read += n;
        if (read > bound) {
            throw new TooLongException(bound);
        }
    }
}
