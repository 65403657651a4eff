package org.debugshop.engines;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Prepares what {@code postgres} needs to run: its binaries, and a cluster with databases, whose owner has a password.
 * {@code Postgres <binaries> <data> <user> <password file> <database>,... [<command prefix to run as another user> ...]}
 *
 * <p>Each of the two is created in a temporary folder, and moved to its place when it is complete, so an interrupted attempt is
 * repeated.
 */
public final class Postgres {

    private static final String UNFINISHED = ".unfinished";
    /** An error in the output of a single-user backend, which exits with 0 even if a command failed. */
    private static final Pattern ERROR = Pattern.compile(".*\\b(ERROR|FATAL|PANIC): .*");

    /** Characters that are special between double quotes. initdb puts its own path between double quotes into a shell command. */
    private static final Pattern UNSAFE_IN_A_SHELL = Pattern.compile("[$`\"\\\\]");

    private final Path binaries;
    private final List<String> prefix;

    private Postgres(Path binaries, List<String> prefix) {
        this.binaries = binaries;
        this.prefix = prefix;
    }

    /**
     * Exits with 0 if both are ready. Otherwise it exits with 1, and prints the reason.
     *
     * @param arguments the folder of the binaries, the folder of the data, the owner of the databases, a file with the password,
     *        the names of the databases, and a command prefix for PostgreSQL, which refuses to run as root
     */
    public static void main(String[] arguments) throws InterruptedException {
        var all = List.of(arguments);
        var postgres = new Postgres(Path.of(all.get(0)), all.subList(5, all.size()));
        try {
            postgres.unpack();
            postgres.initialize(Path.of(all.get(1)), all.get(2), Path.of(all.get(3)), List.of(all.get(4).split(",")));
        } catch (FileSystemException failure) {
            System.out.println("Cannot write " + failure.getMessage());
            System.exit(1);
        } catch (IOException failure) {
            System.out.println(failure.getMessage());
            System.exit(1);
        }
    }

    /** Unpacks the binaries, which all instances of a checkout share. One instance unpacks them, and the others wait. */
    private void unpack() throws IOException {
        if (Files.isDirectory(binaries)) {
            return;
        }
        Files.createDirectories(binaries.getParent());
        var lock = binaries.resolveSibling(binaries.getFileName() + ".lock");
        try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE); var _ = channel.lock()) {
            if (!Files.isDirectory(binaries)) {
                unpackAlone();
            }
        }
    }

    private void unpackAlone() throws IOException {
        removeUnfinished(binaries);
        var unfinished = Files.createTempDirectory(binaries.getParent(), binaries.getFileName() + UNFINISHED);
        unpackInto(unfinished);
        Files.move(unfinished, binaries, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void unpackInto(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive())))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(tar, entry, folder.resolve(entry.getName()).normalize(), folder);
            }
        }
    }

    /** Opens the archive of the binaries. The class path has only that of this machine's system. */
    private static InputStream archive() throws IOException {
        for (var system : List.of("linux-x86_64", "linux-arm_64", "darwin-x86_64", "darwin-arm_64")) {
            var archive = Postgres.class.getResourceAsStream("/postgres-" + system + ".txz");
            if (archive != null) {
                return archive;
            }
        }
        throw new IOException(
                "There are no binaries of PostgreSQL for " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                        + "; ./shop up --memory runs without PostgreSQL.");
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target, Path root) throws IOException {
        if (!target.startsWith(root)) {
            throw new IOException("An entry of the archive has a path outside of it: " + entry.getName());
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
        removeUnfinished(data);
        var unfinished = Files.createTempDirectory(data.getParent(), data.getFileName() + UNFINISHED);
        refuseUnlessPrivate(unfinished, Files.getPosixFilePermissions(unfinished));
        var cluster = unfinished.resolve("cluster"); // created by initdb, so that it belongs to the user that initdb runs as
        initdb(cluster, user, passwordFile);
        run(databases.stream().map(database -> "create database " + database).toList(), binaries, "postgres", "--single", "-D",
                cluster.toString(), "postgres");
        Files.move(cluster, data, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(unfinished);
    }

    private void initdb(Path cluster, String user, Path passwordFile) throws IOException, InterruptedException {
        var temporary = UNSAFE_IN_A_SHELL.matcher(binaries.toString()).find() ? Files.createTempDirectory("debug-shop-postgres") : null;
        try {
            if (temporary != null) {
                unpackInto(temporary);
            }
            run(List.of(), temporary == null ? binaries : temporary, "initdb", "--pgdata", cluster.toString(), "--username", user,
                    "--pwfile", passwordFile.toString(), "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
                    "--no-instructions");
        } finally {
            if (temporary != null) {
                remove(temporary);
            }
        }
    }

    /**
     * Refuses a file system without permissions, such as Windows' in WSL. It shows the folder as readable by everyone, and the
     * server would refuse that.
     */
    static void refuseUnlessPrivate(Path folder, Set<PosixFilePermission> permissions) throws IOException {
        if (!permissions.equals(PosixFilePermissions.fromString("rwx------"))) {
            throw new IOException(
                    "The file system of " + folder.getParent() + " keeps no permissions, which PostgreSQL needs for its data. "
                            + "In WSL, move the checkout out of /mnt into the Linux file system, for example to ~/debug-shop; "
                            + "or ./shop up --memory runs without PostgreSQL.");
        }
    }

    /** Runs a program of PostgreSQL with these lines on its standard input, and passes on its output. */
    private void run(List<String> input, Path programs, String program, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(prefix);
        command.add(programs.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var error = CompletableFuture.supplyAsync(() -> firstError(process), Thread::startVirtualThread);
        try (var in = process.outputWriter()) {
            for (var line : input) {
                in.write(line + "\n");
            }
        } catch (IOException endedBefore) {
            // The exit code or the output has the reason.
        }
        if (process.waitFor() != 0 || error.join().isPresent()) {
            throw new IOException(program + " failed: " + error.join().orElse("exit code " + process.exitValue()));
        }
    }

    private static Optional<String> firstError(Process process) {
        try (var out = process.inputReader()) {
            return out.lines().peek(System.out::println).filter(line -> ERROR.matcher(line).matches()).toList().stream().findFirst();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Removes the folders of interrupted attempts. */
    private static void removeUnfinished(Path place) throws IOException {
        try (var left = Files.newDirectoryStream(place.getParent(), folder -> folder.getFileName().toString()
                .startsWith(place.getFileName() + UNFINISHED))) {
            for (var folder : left) {
                remove(folder);
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
