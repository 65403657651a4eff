package org.debugshop.bench.load;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * A copy of the system or of the bare services, which is controlled with {@code ./shop}.
 *
 * @param folder the checkout whose {@code ./shop} it is
 * @param offset the port offset: it is added to every port
 * @param bare whether it consists of bare Quarkus services
 * @param environment additional variables for {@code ./shop}
 */
record Instance(Path folder, int offset, boolean bare, Map<String, String> environment) {

    private static final int LOOK_MILLIS = 20;
    private static final int ANSWER_MILLIS = 1000;
    private static final int ATTEMPTS = 3;

    /** Variables that are not passed on. They may be set for other purposes, and the services would read them. */
    private static final Set<String> FOREIGN = Set.of("PORT", "HOST", "OTLP_PORT", "OTLP_GRPC_PORT", "LOG_LEVEL", "ADMIN_PASSWORD",
            "INSTABOOK_API_TOKEN",
            "EDGE_AUTH_SERVICE", "MEMBERS", "RATE",
            "USERS", "DELAY_BETWEEN_USERS", "DELAY_BETWEEN_REQUESTS", "UPSTREAM_TIMEOUT", "DEPLOYMENT_ENVIRONMENT", "MAX_SPANS", "MAX_LOGS",
            "SCRAPE_TARGETS");

    /** Processes that are no services. */
    private static final Set<String> ENGINES = Set.of("postgres", "kafka", "engine-exporter");

    /**
     * The times of one start.
     *
     * @param answer seconds from the start of the first process (a service or an engine) until {@code /health/ready} of every service
     *     is 200
     * @param command seconds until {@code ./shop up -d} returned
     */
    record Start(double answer, double command) {}

    /**
     * A process of the copy.
     *
     * @param port null for the launcher
     * @param pss proportional set size in bytes; null if the operating system does not report it
     * @param threads the number of threads; null if the operating system does not report it
     * @param cpuSeconds the CPU time until now
     */
    record Member(String name, long pid, Integer port, Long pss, Integer threads, double cpuSeconds) {

        /** Returns the CPU time of some processes. */
        static double cpuSeconds(List<Member> members) {
            return members.stream().mapToDouble(Member::cpuSeconds).sum();
        }

        /** Returns whether this is neither the launcher nor an engine. */
        boolean isService() {
            return port != null && !ENGINES.contains(name);
        }
    }

    /** The exit code of a command and what it printed. */
    private record Outcome(int code, String out, String err) {}

    /**
     * Starts everything and returns when it is ready.
     *
     * @throws IllegalStateException with the output of {@code ./shop}, if a process did not start
     */
    Start up(String... options) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("up", "-d"));
        arguments.addAll(Arrays.asList(options));
        var ports = lines().filter(line -> !ENGINES.contains(line.get("name"))).map(service -> service.get("port"))
                .filter(Integer.class::isInstance).map(Integer.class::cast).toList();
        var answers = new HashMap<Integer, Future<Instant>>();
        var watching = Executors.newVirtualThreadPerTaskExecutor();
        Outcome outcome;
        double command;
        try {
            ports.forEach(port -> answers.put(port, watching.submit(() -> firstAnswer(port))));
            var began = System.nanoTime();
            outcome = shop(arguments);
            command = (System.nanoTime() - began) / 1e9;
        } finally {
            watching.shutdownNow();
            watching.close();
        }
        if (outcome.code() != 0) {
            throw new IllegalStateException("./shop up did not start everything:\n" + outcome.out() + outcome.err());
        }
        var members = members();
        var services = members.stream().filter(Member::isService).toList();
        var first = members.stream().filter(member -> member.port() != null)
                .flatMap(service -> ProcessHandle.of(service.pid()).flatMap(process -> process.info().startInstant()).stream())
                .min(Instant::compareTo).orElseThrow();
        var last = services.stream().map(service -> answers.get(service.port()).resultNow()).max(Instant::compareTo).orElseThrow();
        return new Start(Duration.between(first, last).toNanos() / 1e9, command);
    }

    void stop(List<String> services) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("stop"));
        arguments.addAll(services);
        var outcome = shop(arguments);
        if (outcome.code() != 0) {
            throw new IllegalStateException("./shop stop failed:\n" + outcome.out() + outcome.err());
        }
    }

    /** Stops everything. A Ctrl-C for the benchmark may end the command too, so it is tried several times. */
    void down() throws IOException, InterruptedException {
        var outcome = shop(List.of("down"));
        for (var attempt = 1; outcome.code() != 0 && attempt < ATTEMPTS; attempt++) {
            outcome = shop(List.of("down"));
        }
        if (outcome.code() != 0) {
            throw new IllegalStateException("./shop down --port-offset " + offset + " failed:\n" + outcome.out() + outcome.err());
        }
    }

    /** Returns the running processes, including the launcher. */
    List<Member> members() throws IOException, InterruptedException {
        var members = new ArrayList<Member>();
        for (var service : lines().toList()) {
            if (service.get("pid") instanceof Number pid) {
                members.add(new Member((String) service.get("name"), pid.longValue(), (Integer) service.get("port"),
                        service.get("pss_bytes") instanceof Number bytes ? bytes.longValue() : null, threads(pid.longValue()),
                        cpuSeconds(pid.longValue(), service.get("port") == null)));
            }
        }
        return members;
    }

    /** Returns the objects that {@code ./shop status --json} prints: one for each service and one for the launcher. */
    private Stream<Map<?, ?>> lines() throws IOException, InterruptedException {
        return JSON.std.listFrom(shop(List.of("status", "--json")).out()).stream().map(line -> (Map<?, ?>) line);
    }

    int port(int basePort) {
        return basePort + offset;
    }

    private Outcome shop(List<String> arguments) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of("./shop", arguments.getFirst(), "--port-offset", Integer.toString(offset)));
        if (bare) {
            line.add("--bare");
        }
        line.addAll(arguments.subList(1, arguments.size()));
        var out = Files.createTempFile("shop-bench", ".out");
        var err = Files.createTempFile("shop-bench", ".err");
        try {
            var builder = new ProcessBuilder(line).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> FOREIGN.contains(name) || name.startsWith("OTEL_")
                    || name.startsWith("FORWARD_") || name.startsWith("QUARKUS_"));
            builder.environment().putAll(environment);
            var process = builder.start();
            process.getOutputStream().close();
            try {
                return new Outcome(process.waitFor(), Files.readString(out), Files.readString(err));
            } catch (InterruptedException stopped) {
                process.destroy();
                process.onExit().join();
                throw stopped;
            }
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** The children of PostgreSQL do its work; those of the launcher are members themselves. */
    private static double cpuSeconds(long pid, boolean alone) {
        return ProcessHandle.of(pid).stream()
                .flatMap(process -> alone ? Stream.of(process) : Stream.concat(Stream.of(process), process.descendants()))
                .flatMap(process -> process.info().totalCpuDuration().stream()).mapToDouble(time -> time.toNanos() / 1e9).sum();
    }

    /** Reads the number of threads from proc(5), status. */
    private static Integer threads(long pid) {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("Threads:")).map(line -> Integer.valueOf(line.replaceAll("\\D", ""))).findFirst()
                    .orElse(null);
        } catch (IOException unknown) {
            return null;
        }
    }

    /** Waits until the service at a port is ready, and returns the time. It checks every {@value #LOOK_MILLIS} ms. */
    private static Instant firstAnswer(int port) throws InterruptedException {
        while (!isReady(port)) {
            Thread.sleep(LOOK_MILLIS);
        }
        return Instant.now();
    }

    private static boolean isReady(int port) {
        try {
            var url = URI.create("http://127.0.0.1:" + port + "/health/ready").toURL();
            var request = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
            request.setConnectTimeout(ANSWER_MILLIS);
            request.setReadTimeout(ANSWER_MILLIS);
            request.setRequestProperty("Connection", "close");
            try {
                return request.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                request.disconnect();
            }
        } catch (IOException notYet) {
            return false;
        }
    }
}
