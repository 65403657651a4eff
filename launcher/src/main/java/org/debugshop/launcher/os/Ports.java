package org.debugshop.launcher.os;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ports of this machine, and the processes that listen on them. */
public final class Ports {

    /** The blocked ports of https://fetch.spec.whatwg.org/#port-blocking from 8080 on, because pages have no lower ports. */
    public static final Set<Integer> REFUSED_BY_BROWSERS = Set.of(10_080);

    private static final String LISTEN = "0A";
    private static final int SHOWN_OF_A_COMMAND = 160;
    private static final int LOOPBACK_TIMEOUT_MS = 500;
    private static final int FIRST_FREE = 30_000;
    private static final int FIRST_OUTGOING = 32_768;
    private static final int ATTEMPTS = 200;

    private Ports() {}

    /** Returns whether a server socket can be bound to the port now. */
    public static boolean isFree(String host, int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /**
     * Returns a port that is free now, for a process that starts later: one that Linux gives to no outgoing connection, and that no offset
     * of the tests uses.
     */
    public static int free(String host) throws IOException {
        for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
            var port = ThreadLocalRandom.current().nextInt(FIRST_FREE, FIRST_OUTGOING);
            if (isFree(host, port)) {
                return port;
            }
        }
        throw new IOException("No port from " + FIRST_FREE + " to " + (FIRST_OUTGOING - 1) + " is free.");
    }

    /** Returns whether a server accepts connections at IPv6's loopback address. */
    public static boolean isTakenOnIpv6Loopback(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName("::1"), port), LOOPBACK_TIMEOUT_MS);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    /** Describes the process that listens on the port, for the user. */
    public static String describeHolder(int port) {
        return holder(port).map(pid -> {
            var command = OsProcess.commandLine(pid);
            var shown = command.length() <= SHOWN_OF_A_COMMAND ? command : command.substring(0, SHOWN_OF_A_COMMAND) + "…";
            return "pid " + pid + ": " + shown;
        }).orElse("a process that this user may not see");
    }

    /**
     * Returns the pid of the process that listens on the port: from {@code /proc} on Linux, from lsof(8) elsewhere. Empty if the system
     * does
     * not show it, for example if the process belongs to another user.
     */
    public static Optional<Long> holder(int port) {
        try {
            return Files.isReadable(Path.of("/proc/net/tcp")) ? fromProc(port) : fromLsof(port);
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }

    private static Optional<Long> fromProc(int port) throws IOException {
        var sockets = Stream.concat(listening("/proc/net/tcp", port), listening("/proc/net/tcp6", port)).collect(Collectors.toSet());
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        return ProcessHandle.allProcesses().map(ProcessHandle::pid).filter(pid -> hasOpen(pid, sockets)).findFirst();
    }

    /** Returns the sockets in a table of proc(5), with their names in {@code /proc/<pid>/fd}: {@code socket:[inode]}. */
    private static Stream<String> listening(String table, int port) throws IOException {
        var local = ":%04X".formatted(port);
        var path = Path.of(table);
        return !Files.isReadable(path)
                ? Stream.of()
                : Files.readAllLines(path).stream()
                        .map(line -> line.strip().split("\\s+"))
                        .filter(field -> field[1].endsWith(local) && field[3].equals(LISTEN))
                        .map(field -> "socket:[" + field[9] + "]");
    }

    private static boolean hasOpen(long pid, Set<String> sockets) {
        try (var descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return descriptors.anyMatch(descriptor -> sockets.contains(target(descriptor)));
        } catch (IOException | RuntimeException notOurs) {
            return false;
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static Optional<Long> fromLsof(int port) throws IOException {
        var command = List.of("lsof", "-nP", "-t", "-iTCP:" + port, "-sTCP:LISTEN");
        var lsof = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (var out = lsof.inputReader()) {
            return out.lines().findFirst().map(Long::parseLong);
        } finally {
            try {
                if (!lsof.waitFor(5, TimeUnit.SECONDS)) {
                    lsof.destroyForcibly();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
