package org.debugshop.launcher.supervise;

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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.debugshop.launcher.instance.Instance;

/**
 * The Unix domain socket beside the state file, by which another {@code ./shop} gives commands to the launcher that supervises an instance.
 * The request is one line, a command and its services; the answer is lines for the user and, last, {@code exit <code>}.
 * While a request takes its time an empty line follows each second, so that a launcher that is busy differs from a suspended one.
 *
 * <pre>
 *   ▶ restart gateway
 *   ◀ gateway stopped
 *   ◀ gateway ready, http://localhost:8080
 *   ◀ exit 0
 * </pre>
 */
public final class ControlSocket implements AutoCloseable {

    /** The exit codes that end an answer, which are also those of {@code ./shop}. */
    public static final int OK = 0;
    public static final int FAILED = 1;

    private static final String EXIT = "exit ";
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);
    /** A launcher that is silent for this long is suspended, or will never answer. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** Carries a request out and returns the exit code. */
    interface Commands {
        int run(String command, List<String> services, Consumer<String> answer) throws IOException, InterruptedException;
    }

    private final ServerSocketChannel server;
    private final Path path;

    private ControlSocket(ServerSocketChannel server, Path path) {
        this.server = server;
        this.path = path;
    }

    /** Listens until it is closed, each request on a thread of its own. */
    static ControlSocket listen(Instance instance, Commands commands) throws IOException {
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
        return new ControlSocket(server, path);
    }

    /** Sends a request and passes the answer's lines on; empty when no launcher listens, or it falls silent for ten seconds. */
    public static Optional<Integer> send(Instance instance, String command, List<String> services, Consumer<String> lines)
            throws IOException, InterruptedException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket(instance)));
            } catch (IOException nobodyThere) {
                return Optional.empty();
            }
            var out = new PrintWriter(Channels.newWriter(channel, StandardCharsets.UTF_8), true);
            out.println((command + " " + String.join(" ", services)).strip());
            var in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            for (var line = nextLine(in); line.isPresent(); line = nextLine(in)) {
                if (line.get().startsWith(EXIT)) {
                    return line.map(exit -> Integer.parseInt(exit.substring(EXIT.length())));
                }
                line.filter(text -> !text.isEmpty()).ifPresent(lines);
            }
            return Optional.empty();
        }
    }

    /** A Unix domain socket has no read timeout; the thread that a silent launcher leaves waiting ends when the caller closes it. */
    private static Optional<String> nextLine(BufferedReader in) throws InterruptedException {
        var reading = new FutureTask<>(in::readLine);
        Thread.ofVirtual().name("control answer").start(reading);
        try {
            return Optional.ofNullable(reading.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException silentOrGone) {
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
            var done = new CountDownLatch(1);
            Thread.ofVirtual().name("control sign of life").start(() -> showLife(out, done));
            try {
                out.println(EXIT + commands.run(words.getFirst(), words.subList(1, words.size()), out::println));
            } finally {
                done.countDown();
            }
        } catch (IOException callerGone) {
            // There is no one left to answer.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Not ended by an interrupt: that would close the channel before the answer's last line. */
    private static void showLife(PrintWriter out, CountDownLatch done) {
        try {
            while (!done.await(SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS)) {
                out.println();
            }
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
