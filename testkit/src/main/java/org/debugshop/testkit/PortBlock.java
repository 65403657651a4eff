package org.debugshop.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A port offset at which all ports are free. One more port is kept open as long as the offset is in use. Other test runs see by it that
 * the offset is taken, even before the processes listen.
 *
 * <p>All ports are below 32768. From there on, Linux gives ports to outgoing connections.
 */
public record PortBlock(int offset, ServerSocket claim) implements AutoCloseable {

    /** The console's port for OTLP over HTTP, without the offset. */
    public static final int OTLP = 4318;

    private static final int CLAIM = 8079;
    private static final int OTLP_GRPC = 4317;
    private static final int FIRST = 20_000;
    private static final int LAST = 23_600;
    private static final int STEP = 100;

    public static PortBlock take() {
        var offsets = IntStream.rangeClosed(FIRST / STEP, LAST / STEP).mapToObj(step -> step * STEP).collect(Collectors.toList());
        Collections.shuffle(offsets);
        return offsets.stream().flatMap(offset -> take(offset).stream()).findFirst()
                .orElseThrow(() -> new AssertionError("No port offset from " + FIRST + " to " + LAST + " is free"));
    }

    private static Optional<PortBlock> take(int offset) {
        return bind(CLAIM + offset).flatMap(claim -> {
            var ports = Stream.concat(Stream.of(OTLP, OTLP_GRPC), Arrays.stream(Service.values()).map(service -> service.port));
            if (ports.allMatch(port -> isFree(port + offset))) {
                return Optional.of(new PortBlock(offset, claim));
            }
            close(claim);
            return Optional.empty();
        });
    }

    private static Optional<ServerSocket> bind(int port) {
        try {
            return Optional.of(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (IOException taken) {
            return Optional.empty();
        }
    }

    private static boolean isFree(int port) {
        var socket = bind(port);
        socket.ifPresent(PortBlock::close);
        return socket.isPresent();
    }

    @Override
    public void close() {
        close(claim);
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
