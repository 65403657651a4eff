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
 * A port offset that no process on this machine uses. A port beside those of the system is held as long, by which another process that
 * looks for an offset sees that this one is taken before anything listens on the ports themselves. The system tests do the same with
 * the same port.
 *
 * <p>Two systems whose offsets differ by a multiple of 100 have no port in common. All ports lie below 32768: above it, Linux takes
 * the ports of outgoing connections from, and a free one could be theirs a moment later.
 */
public record FreeOffset(int value, ServerSocket claim) implements AutoCloseable {

    private static final int CLAIM = 8079;
    private static final int FIRST = 10_000;
    private static final int LAST = 19_900;
    private static final int STEP = 100;

    /** Empty when none is free. */
    public static Optional<FreeOffset> take(Topology topology) {
        var candidates = IntStream.rangeClosed(FIRST / STEP, LAST / STEP).mapToObj(step -> step * STEP).collect(Collectors.toList());
        Collections.shuffle(candidates);
        return candidates.stream().flatMap(candidate -> take(topology, candidate).stream()).findFirst();
    }

    /** Empty when this one is not. */
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
