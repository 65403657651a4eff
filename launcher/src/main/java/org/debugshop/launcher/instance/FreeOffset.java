package org.debugshop.launcher.instance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Collections;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.topology.Topology;

/**
 * A port offset at which all ports are free. One more port is kept open as long as the offset is in use. Other processes see by it that
 * the offset is taken, even before anything listens on the ports of the system. The system tests use the same port for this.
 *
 * <p>Two systems whose offsets differ by a multiple of 100 have no port in common. All ports are below 32768. From there on, Linux gives
 * ports to outgoing connections, so a free one may be taken a moment later.
 */
public record FreeOffset(int value, ServerSocket claim) implements AutoCloseable {

    private static final int CLAIM = 8079;
    private static final int FIRST = 10_000;
    private static final int LAST = 19_900;
    private static final int STEP = 100;

    /** Takes any free offset. Empty if none is free. */
    public static Optional<FreeOffset> take(Topology topology) {
        var candidates = IntStream.rangeClosed(FIRST / STEP, LAST / STEP).mapToObj(step -> step * STEP).collect(Collectors.toList());
        Collections.shuffle(candidates);
        return candidates.stream().flatMap(candidate -> take(topology, candidate).stream()).findFirst();
    }

    /** Takes this offset. Empty if it is not free. */
    static Optional<FreeOffset> take(Topology topology, int candidate) {
        try {
            var taken = new FreeOffset(candidate, new ServerSocket(CLAIM + candidate, 1, InetAddress.getLoopbackAddress()));
            if (topology.services().stream().flatMap(service -> service.ports().stream())
                    .allMatch(port -> Ports.isFree(Instance.DEFAULT_HOST, port + candidate))) {
                return Optional.of(taken);
            }
            taken.close();
            return Optional.empty();
        } catch (IOException claimed) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            claim.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
