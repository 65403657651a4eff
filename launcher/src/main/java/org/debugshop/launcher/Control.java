package org.debugshop.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How another {@code ./shop} talks to the launcher that supervises an instance: a Unix domain socket beside the state file.
 * The request is one line, a command and its services; the answer is lines for the user and, last, {@code exit <code>}.
 *
 * <pre>
 *   ▶ restart gateway
 *   ◀ gateway stopped
 *   ◀ gateway ready, http://localhost:8080
 *   ◀ exit 0
 * </pre>
 */
final class Control implements AutoCloseable {

    private static final String EXIT = "exit ";

    /** Carries a request out and returns the exit code. */
    interface Commands {
        int run(String command, List<String> services, Consumer<String> answer) throws IOException, InterruptedException;
    }

    private final ServerSocketChannel server;
    private final Path path;

    private Control(ServerSocketChannel server, Path path) {
        this.server = server;
        this.path = path;
    }

    /** Listens until it is closed, each request on a thread of its own. */
    static Control listen(Instance instance, Commands commands) throws IOException {
        var path = socket(instance);
        Files.deleteIfExists(path);
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.ofVirtual().name("control").start(() -> {
            while (server.isOpen()) {
                try {
                    var caller = server.accept();
                    Thread.ofVirtual().name("control request").start(() -> answer(caller, commands));
                } catch (IOException closed) {
                    return;
                }
            }
        });
        return new Control(server, path);
    }

    /** Sends a request and passes the answer's lines on; empty when no launcher listens. */
    static Optional<Integer> send(Instance instance, String command, List<String> services, Consumer<String> lines) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket(instance)));
            } catch (IOException nobodyThere) {
                return Optional.empty();
            }
            var out = new PrintWriter(Channels.newWriter(channel, StandardCharsets.UTF_8), true);
            out.println((command + " " + String.join(" ", services)).strip());
            var in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(EXIT)) {
                    return Optional.of(Integer.parseInt(line.substring(EXIT.length())));
                }
                lines.accept(line);
            }
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
    }

    private static void answer(SocketChannel caller, Commands commands) {
        try (caller) {
            var in = new BufferedReader(Channels.newReader(caller, StandardCharsets.UTF_8));
            var out = new PrintWriter(Channels.newWriter(caller, StandardCharsets.UTF_8), true);
            var request = in.readLine();
            if (request == null) {
                return;
            }
            var words = List.of(request.split(" "));
            var code = commands.run(words.getFirst(), words.subList(1, words.size()), out::println);
            out.println(EXIT + code);
        } catch (IOException callerGone) {
            // Nobody is left to tell.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Relative to the working directory where that is the checkout: a socket's path may have some hundred bytes only. */
    private static Path socket(Instance instance) {
        var path = instance.directory().resolve("control.sock");
        var here = Path.of("").toAbsolutePath();
        return path.startsWith(here) ? here.relativize(path) : path;
    }
}
