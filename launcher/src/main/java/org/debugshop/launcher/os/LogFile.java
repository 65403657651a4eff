package org.debugshop.launcher.os;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The file that a process writes its output to by itself, so that nothing is lost when the launcher dies.
 * On disk there are at most two of {@link #LIMIT} bytes each (plus what is written between two looks): {@code x.log} and {@code x.log.1}.
 */
public record LogFile(Path path) {

    public static final long LIMIT = 10L * 1024 * 1024;
    private static final int TAIL_BYTES = 512 * 1024;

    /** A fresh file for a new run; the run before stays as {@code .1}. */
    public void startNew() throws IOException {
        Files.createDirectories(path.getParent());
        if (Files.exists(path)) {
            Files.move(path, previous(), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.createFile(path);
    }

    /**
     * Copies the last {@code limit} bytes aside and empties the file once it is larger than that. The writer has it open for
     * appending, so it goes on at the new end; lines written between the copy and the emptying are lost.
     */
    public void rotateOver(long limit) throws IOException {
        if (!Files.exists(path) || Files.size(path) <= limit) {
            return;
        }
        try (var file = new RandomAccessFile(path.toFile(), "rw"); var copy = Files.newOutputStream(previous())) {
            var start = Math.max(0, file.length() - limit);
            file.getChannel().transferTo(start, limit, Channels.newChannel(copy));
            file.setLength(0);
        }
    }

    /** The last {@code count} lines, looked for in the last half megabyte; none when there is no file. */
    public List<String> lastLines(int count) throws IOException {
        return Files.exists(path) ? lastLines(count, Files.size(path)) : List.of();
    }

    /** The last {@code count} lines of the first {@code end} bytes, whatever was written behind them meanwhile. */
    public List<String> lastLines(int count, long end) throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        var start = Math.max(0, end - TAIL_BYTES);
        try (var in = Files.newInputStream(path)) {
            in.skip(start); // a file that was emptied meanwhile has less
            var bytes = in.readNBytes((int) (end - start));
            var lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            var from = Math.max(start > 0 ? 1 : 0, lines.size() - count);
            return lines.subList(Math.min(from, lines.size()), lines.size());
        }
    }

    public Path previous() {
        return path.resolveSibling(path.getFileName() + ".1");
    }
}
