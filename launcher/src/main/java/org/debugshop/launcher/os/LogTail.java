package org.debugshop.launcher.os;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Follows a file that another process writes, and that may be emptied or replaced meanwhile. */
public final class LogTail {

    private static final int CHUNK = 64 * 1024;

    private final Path path;
    private Object file;
    private long position;

    public LogTail(Path path) {
        this.path = path;
    }

    /** Returns the current last lines. {@link #newLines} continues after them. */
    public List<String> lastLines(int count) throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        file = key();
        position = Files.size(path);
        return new LogFile(path).lastLines(count, position);
    }

    /** Returns the lines that were completed since the last call. */
    public List<String> newLines() throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        var now = key();
        if (!now.equals(file) || Files.size(path) < position) {
            file = now;
            position = 0;
        }
        var lines = new ArrayList<String>();
        try (var channel = FileChannel.open(path)) {
            var buffer = ByteBuffer.allocate(CHUNK);
            while (channel.read(buffer.clear(), position) > 0) {
                // Only complete lines are returned; the rest is read again by the next call. A line that is longer than the buffer is cut.
                var end = buffer.position();
                while (end > 0 && buffer.get(end - 1) != '\n') {
                    end--;
                }
                if (end == 0 && buffer.hasRemaining()) {
                    break;
                }
                end = end == 0 ? buffer.position() : end;
                position += end;
                var text = new String(buffer.array(), 0, end, StandardCharsets.UTF_8);
                text.lines().forEach(lines::add);
            }
        }
        return lines;
    }

    private Object key() throws IOException {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return attributes.fileKey() == null ? attributes.creationTime() : attributes.fileKey();
    }
}
