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
 * The file with the output of a process. The process writes it directly, so nothing is lost if the launcher dies. There are at most two
 * files, {@code x.log} and {@code x.log.1}, of {@link #LIMIT} bytes each, plus the output between two checks.
 */
public record LogFile(Path path) {

    public static final long LIMIT = 10L * 1024 * 1024;
    private static final int TAIL_BYTES = 512 * 1024;

    /** Starts an empty file for a new run. The log of the last run is kept as {@code .1}. */
    public void startNew() throws IOException {
        Files.createDirectories(path.getParent());
        if (Files.exists(path)) {
            Files.move(path, previous(), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.createFile(path);
    }

    /**
     * If the file is larger than {@code limit}, copies its last {@code limit} bytes to {@code .1} and empties it. The process has it open
     * for appending, so it continues at the new end. Lines that are written between the copy and the emptying are lost.
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

    /** Returns the last {@code count} lines within the last half megabyte; none if there is no file. */
    public List<String> lastLines(int count) throws IOException {
        return Files.exists(path) ? lastLines(count, Files.size(path)) : List.of();
    }

    /** Returns the last {@code count} lines of the first {@code end} bytes. */
    public List<String> lastLines(int count, long end) throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        var start = Math.max(0, end - TAIL_BYTES);
        try (var in = Files.newInputStream(path)) {
            in.skip(start); // does nothing if the file was emptied meanwhile
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
