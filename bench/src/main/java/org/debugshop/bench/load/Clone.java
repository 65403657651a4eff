package org.debugshop.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A fresh clone of the sources.
 *
 * @param commit the short name of its commit
 */
record Clone(Path folder, String commit) {

    /** Clones a commit of the repository in the current folder. What was in the folder before is deleted. */
    static Clone of(String commit, Path folder) throws IOException, InterruptedException {
        deleteAll(folder);
        Files.createDirectories(folder.getParent());
        run(Path.of("").toAbsolutePath(), "git", "clone", "--quiet", "--no-checkout", ".", folder.toString());
        run(folder, "git", "checkout", "--quiet", "--detach", commit);
        return new Clone(folder, run(folder, "git", "rev-parse", "--short", "HEAD"));
    }

    /** Builds everything that is not built yet, and makes what is missing of the AOT caches. */
    void prepare() throws IOException, InterruptedException {
        run(folder, "./shop", "package");
    }

    /** Returns the bytes in the local Maven repository; it grows if a build downloads something. */
    static long downloaded() throws IOException {
        var bytes = new AtomicLong();
        var repository = Path.of(System.getProperty("user.home"), ".m2", "repository");
        if (Files.isDirectory(repository)) {
            Files.walkFileTree(repository, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    bytes.addAndGet(attributes.size());
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return bytes.get();
    }

    void delete() throws IOException {
        deleteAll(folder);
    }

    private static void deleteAll(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = tree.toList();
        } catch (NoSuchFileException none) {
            return;
        }
        for (var path : all.reversed()) {
            Files.deleteIfExists(path);
        }
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", Arrays.asList(command)) + " failed:\n" + output);
        }
        return output;
    }
}
