package org.debugshop.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One copy of the system. Tests use it as a user does: by the command {@code ./shop} and by its ports.
 *
 * @param checkout the folder of {@code ./shop}
 * @param host the host of the services
 * @param offset the port offset: it is added to every port
 * @param environment additional variables for {@code ./shop}
 */
public record Shop(Path checkout, String host, int offset, Map<String, String> environment) {

    /** How long tests wait for a condition. On an idle machine most are met within a second, but a busy machine must not fail a test. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration START = Duration.ofMinutes(5);

    /** Variables that are not passed on. A developer or a CI may have set them for other purposes, and the services would read them. */
    private static final List<String> FOREIGN = List.of("PORT", "HOST", "OTLP_PORT", "OTLP_GRPC_PORT", "LOG_LEVEL", "ADMIN_PASSWORD",
            "INSTABOOK_API_TOKEN",
            "EDGE_AUTH_SERVICE", "MEMBERS", "RATE",
            "USERS", "UPSTREAM_TIMEOUT", "DEPLOYMENT_ENVIRONMENT", "MAX_SPANS", "MAX_LOGS", "SCRAPE_TARGETS",
            "FORWARD_OTLP_ENDPOINT", "FORWARD_OTLP_HEADERS",
            "DATABASE_URL", "DATABASE_USER", "DATABASE_PASSWORD", "KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL", "INVENTORY_SERVICE",
            "RESERVATION_TTL", "RESTOCK");

    public Shop(Path checkout, int offset) {
        this(checkout, offset, Map.of());
    }

    public Shop(Path checkout, int offset, Map<String, String> environment) {
        this(checkout, "localhost", offset, environment);
    }

    /**
     * Returns a system that already runs, perhaps on another host, and that {@code ./shop} does not control. Its services have the usual
     * ports, or all of them have the same offset.
     */
    public static Shop at(URI gateway) {
        return new Shop(thisCheckout(), gateway.getHost(), gateway.getPort() - Service.GATEWAY.port, Map.of());
    }

    /** Returns the root folder of the project. Maven and IDEs run tests in the folder of a module, which is one below. */
    public static Path thisCheckout() {
        return Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    }

    public Shop with(int otherOffset) {
        return new Shop(checkout, otherOffset);
    }

    public String url(Service service) {
        return "http://" + host + ":" + port(service);
    }

    public int port(Service service) {
        return service.port + offset;
    }

    /** Returns the folder with all files of this copy: data, logs and state. */
    public Path files() {
        return checkout.resolve(".shop").resolve(Integer.toString(offset));
    }

    /** @param out standard output, @param err standard error */
    public record Outcome(int code, String out, String err) {
        public String all() {
            return out + err;
        }
    }

    /** Runs {@code ./shop <command> --port-offset <offset> ...}, and returns when it has ended. */
    public Outcome run(String command, String... more) {
        return finish(prepare(command, more), START);
    }

    /** Runs a command that concerns the whole checkout and so takes no port offset. */
    public Outcome runOnCheckout(String... line) {
        return runOnCheckout(START, line);
    }

    /** @param limit how long the command may take */
    public Outcome runOnCheckout(Duration limit, String... line) {
        var builder = prepare("");
        builder.command(Stream.concat(Stream.of("./shop"), Arrays.stream(line)).toList());
        return finish(builder, limit);
    }

    private static Outcome finish(ProcessBuilder builder, Duration limit) {
        var command = String.join(" ", builder.command());
        try {
            var process = builder.redirectInput(new File("/dev/null")).start();
            var err = CompletableFuture.supplyAsync(() -> read(process.errorReader(UTF_8)::readAllAsString), Shop::inAThreadOfItsOwn);
            var out = CompletableFuture.supplyAsync(() -> read(process.inputReader(UTF_8)::readAllAsString), Shop::inAThreadOfItsOwn);
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end in time: " + out.join() + err.join());
            }
            return new Outcome(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Prepares a command. Its process is the launcher itself, because the script {@code ./shop} ends with exec. */
    public ProcessBuilder prepare(String command, String... more) {
        var line = new ArrayList<>(DefaultSignals.PREFIX);
        line.addAll(List.of("./shop", command, "--port-offset", Integer.toString(offset)));
        line.addAll(Arrays.asList(more));
        var builder = new ProcessBuilder(line).directory(checkout.toFile());
        var environment = builder.environment();
        environment.keySet().removeIf(name -> FOREIGN.contains(name) || name.startsWith("OTEL_") || name.startsWith("QUARKUS_"));
        // One quick user of each kind: many tests wait for a number of visits.
        environment.putAll(Map.of("USERS", "1", "DELAY_BETWEEN_USERS", "0.2", "DELAY_BETWEEN_REQUESTS", "0.1"));
        environment.putAll(this.environment);
        return builder;
    }

    /** An object of {@code status --json}. */
    public record Status(String name, String state, Long pid, Integer port, Long uptimeS, Long pssBytes, int restarts) {}

    public Map<String, Status> status() {
        return Json.list(run("status", "--json").out(), Status.class).stream().collect(toMap(Status::name, Function.identity()));
    }

    public Status status(Service service) {
        return status().get(service.toString());
    }

    /**
     * Returns the number of a load generator's requests with this status.
     *
     * @param status how the status begins, such as {@code 2}; {@code 0} if there was no answer
     */
    public double requests(Service loadGenerator, String status) {
        var counter = loadGenerator.name().toLowerCase(Locale.ROOT) + "_request_count_total";
        return Metrics.of(url(loadGenerator)).sum(counter, sample -> sample.labels().get("status").startsWith(status));
    }

    /** Returns when {@code count} more requests of a load generator have succeeded. */
    public void awaitSuccesses(Service loadGenerator, int count) {
        var before = requests(loadGenerator, "2");
        await(count + " successful requests of " + loadGenerator).atMost(PATIENCE)
                .until(() -> requests(loadGenerator, "2") >= before + count);
    }

    public boolean listens(Service service) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port(service)), 1000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** Both streams are read at the same time. The common pool could have a single thread, and the process would block. */
    private static void inAThreadOfItsOwn(Runnable task) {
        Thread.ofPlatform().daemon().start(task);
    }

    private interface Reading {
        String read() throws IOException;
    }

    private static String read(Reading reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
