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
 * The Unix domain socket beside the state file. Other {@code ./shop} commands send requests over it to the launcher of an instance.
 * A request is one line with a command and its services. The answer is lines for the user, and at the end {@code exit <code>}.
 * During a long request the launcher sends an empty line every second, which distinguishes a busy launcher from a suspended one.
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
    /** If a launcher sends nothing for this long, it is suspended or will never answer. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** Executes a request and returns the exit code. */
    interface Commands {
        int run(String command, List<String> services, Consumer<String> answer) throws IOException, InterruptedException;
    }

    private final ServerSocketChannel server;
    private final Path path;

    private ControlSocket(ServerSocketChannel server, Path path) {
        this.server = server;
        this.path = path;
    }

    /** Listens until it is closed. Each request has its own thread. */
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

    /**
     * Sends a request, passes on the lines of the answer, and returns the exit code. Empty if no launcher listens, or if it sends nothing
     * for ten seconds.
     */
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

    /**
     * Reads on a thread of its own, because a Unix domain socket has no read timeout. The thread ends when the caller closes the socket.
     */
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
            // The other command has ended, so nothing reads the answer.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ignores interrupts, because an interrupt would close the channel before the last line of the answer. */
    private static void showLife(PrintWriter out, CountDownLatch done) {
        try {
            while (!done.await(SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS)) {
                out.println();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Returns a path that is relative if the working directory is the checkout, because the path of a socket may have about a hundred bytes
     * only.
     */
    private static Path socket(Instance instance) {
        var path = instance.directory().resolve("control.sock");
        var here = Path.of("").toAbsolutePath();
        return path.startsWith(here) ? here.relativize(path) : path;
    }
}
