package org.debugshop.engines;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Prepares what {@code postgres} needs to run: its binaries, and a cluster with databases, whose owner has a password.
 * {@code Postgres <binaries> <data> <user> <password file> <database>...}
 *
 * <p>Each of the two is made beside its place and moved there when it is whole, so that one that was cut short is made anew.
 */
public final class Postgres {

    private final Path binaries;

    private Postgres(Path binaries) {
        this.binaries = binaries;
    }

    /** @param arguments where the binaries are to be, where the data, whose they are, a file with the password, and the databases' names */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var all = List.of(arguments);
        var postgres = new Postgres(Path.of(all.get(0)));
        postgres.unpack();
        postgres.initialize(Path.of(all.get(1)), all.get(2), Path.of(all.get(3)), all.subList(4, all.size()));
    }

    private void unpack() throws IOException {
        if (Files.isDirectory(binaries)) {
            return;
        }
        Files.createDirectories(binaries.getParent());
        var unfinished = Files.createTempDirectory(binaries.getParent(), binaries.getFileName() + ".unfinished");
        try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive())))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(tar, entry, unfinished.resolve(entry.getName()).normalize(), unfinished);
            }
        }
        move(unfinished, binaries);
    }

    /** The archive is the only one of its kind on the class path: that of this machine's system. */
    private static InputStream archive() throws IOException {
        for (var system : List.of("linux-x86_64", "linux-arm_64", "darwin-x86_64", "darwin-arm_64")) {
            var archive = Postgres.class.getResourceAsStream("/postgres-" + system + ".txz");
            if (archive != null) {
                return archive;
            }
        }
        throw new IOException(
                "There are no binaries of PostgreSQL for " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                        + "; ./shop up --memory does without.");
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target, Path root) throws IOException {
        if (!target.startsWith(root)) {
            throw new IOException("An entry leaves its archive: " + entry.getName());
        }
        Files.createDirectories(entry.isDirectory() ? target : target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
            Files.copy(tar, target);
            if ((entry.getMode() & 0100) != 0) {
                Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    private void initialize(Path data, String user, Path passwordFile, List<String> databases) throws IOException, InterruptedException {
        if (Files.isDirectory(data)) {
            return;
        }
        Files.createDirectories(data.getParent());
        var unfinished = Files.createTempDirectory(data.getParent(), data.getFileName() + ".unfinished");
        run(List.of(), "initdb", "--pgdata", unfinished.toString(), "--username", user, "--pwfile", passwordFile.toString(),
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-instructions");
        run(databases.stream().map(database -> "create database " + database).toList(), "postgres", "--single", "-D", unfinished.toString(),
                "postgres");
        move(unfinished, data);
    }

    /** Runs a program of PostgreSQL, which refuses to be root; with a line each on its standard input. */
    private void run(List<String> input, String program, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(unprivileged());
        command.add(binaries.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
        try (var in = process.outputWriter()) {
            for (var line : input) {
                in.write(line + "\n");
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException(program + " ended with exit code " + process.exitValue());
        }
    }

    /** In a user namespace of its own, root is nobody in particular (user_namespaces(7)), and the files are still its. */
    private static List<String> unprivileged() {
        return "root".equals(System.getProperty("user.name")) ? List.of("unshare", "-U") : List.of();
    }

    /** Two who make the same make it alike: who comes second throws its own away. */
    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException impossible) {
            throw impossible;
        } catch (IOException exists) {
            if (!Files.isDirectory(to)) {
                throw exists;
            }
            remove(from);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
