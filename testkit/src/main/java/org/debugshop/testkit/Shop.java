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
 * One copy of the system, as its user has it: the command {@code ./shop} and the ports.
 *
 * @param checkout where {@code ./shop} is
 * @param host where the ports are
 * @param offset added to every port
 * @param environment what {@code ./shop} finds in its environment besides the usual
 */
public record Shop(Path checkout, String host, int offset, Map<String, String> environment) {

    /** For whatever is a matter of moments on an idle machine: a busy one is not a failing one. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration START = Duration.ofMinutes(5);

    /** What a developer or a CI has set for other purposes must not reach the services. */
    private static final List<String> FOREIGN = List.of("PORT", "HOST", "OTLP_PORT", "OTLP_GRPC_PORT", "LOG_LEVEL", "ADMIN_PASSWORD",
            "INSTABOOK_API_TOKEN",
            "RATE",
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

    /** A system that runs somewhere, its services at the usual ports, or all of them shifted alike. It has no {@code ./shop}. */
    public static Shop at(URI gateway) {
        return new Shop(thisCheckout(), gateway.getHost(), gateway.getPort() - Service.GATEWAY.port, Map.of());
    }

    /** Where Maven, or an IDE, runs the tests: the folder of this module. */
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

    /** Everything that it leaves on disk. */
    public Path files() {
        return checkout.resolve(".shop").resolve(Integer.toString(offset));
    }

    /** @param out standard output, @param err standard error */
    public record Outcome(int code, String out, String err) {
        public String all() {
            return out + err;
        }
    }

    /** Runs {@code ./shop <command> --port-offset <offset> ...}, waited for. */
    public Outcome run(String command, String... more) {
        return finish(prepare(command, more));
    }

    /** A command that is about the checkout, and not about an instance of it. */
    public Outcome runOnCheckout(String... line) {
        var builder = prepare("");
        builder.command(Stream.concat(Stream.of("./shop"), Arrays.stream(line)).toList());
        return finish(builder);
    }

    private static Outcome finish(ProcessBuilder builder) {
        var command = String.join(" ", builder.command());
        try {
            var process = builder.redirectInput(new File("/dev/null")).start();
            var err = CompletableFuture.supplyAsync(() -> read(process.errorReader(UTF_8)::readAllAsString), Shop::inAThreadOfItsOwn);
            var out = CompletableFuture.supplyAsync(() -> read(process.inputReader(UTF_8)::readAllAsString), Shop::inAThreadOfItsOwn);
            if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " does not end: " + out.join() + err.join());
            }
            return new Outcome(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The process is the launcher itself: {@code ./shop} becomes it. */
    public ProcessBuilder prepare(String command, String... more) {
        var line = new ArrayList<>(DefaultSignals.PREFIX);
        line.addAll(List.of("./shop", command, "--port-offset", Integer.toString(offset)));
        line.addAll(Arrays.asList(more));
        var builder = new ProcessBuilder(line).directory(checkout.toFile());
        var environment = builder.environment();
        environment.keySet().removeIf(name -> FOREIGN.contains(name) || name.startsWith("OTEL_") || name.startsWith("QUARKUS_"));
        // Livelier than the defaults: what is waited for here are so many visits.
        environment.putAll(Map.of("DELAY_BETWEEN_USERS", "0.2", "DELAY_BETWEEN_REQUESTS", "0.1"));
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

    /** How many requests of a load generator were answered with a status that begins so; {@code 0}: not at all. */
    public double requests(Service loadGenerator, String status) {
        var counter = loadGenerator.name().toLowerCase(Locale.ROOT) + "_request_count_total";
        return Metrics.of(url(loadGenerator)).sum(counter, sample -> sample.labels().get("status").startsWith(status));
    }

    /** Returns when so many more of a load generator's requests have succeeded. */
    public void awaitSuccesses(Service loadGenerator, int count) {
        var before = requests(loadGenerator, "2");
        await(count + " successes of " + loadGenerator).atMost(PATIENCE).until(() -> requests(loadGenerator, "2") >= before + count);
    }

    public boolean listens(Service service) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port(service)), 1000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** Neither stream may wait for the other, however few processors there are. */
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
