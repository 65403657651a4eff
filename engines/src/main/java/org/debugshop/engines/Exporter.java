package org.debugshop.engines;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Serves metrics of PostgreSQL and Kafka at {@code /metrics}, as postgres_exporter and kafka_exporter do where the system does not run on a
 * laptop. The environment has the same variables as that of a service: {@code HOST}, {@code PORT}, {@code DATABASE_URL}, {@code
 * DATABASE_USER}, {@code DATABASE_PASSWORD}, {@code KAFKA_BOOTSTRAP_SERVERS}.
 *
 * <p>Each engine is asked every five seconds, in its own thread, so one that hangs does not hide the other. Only an answer of the last ten
 * seconds is served.
 */
public final class Exporter implements AutoCloseable {

    static final String NAME = "engine-exporter";

    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration STALE = Duration.ofSeconds(10);
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    /** The statistics of one engine. Used by one thread. */
    interface Statistics extends AutoCloseable {

        /** Asks the engine, with a time limit, and adds its metrics. */
        void addTo(Exposition all) throws Exception;

        /** Adds what there is to say about an engine that does not answer. */
        void addUnreachableTo(Exposition all);

        @Override
        void close();
    }

    /** An engine, and its latest answer. */
    private static final class Engine {
        private final String name;
        private final Statistics statistics;
        private volatile Answer answer = new Answer("", System.nanoTime() - STALE.toNanos());
        private volatile String failure = "";

        private record Answer(String text, long nanos) {}

        Engine(String name, Statistics statistics) {
            this.name = name;
            this.statistics = statistics;
        }

        void ask() {
            var began = System.nanoTime();
            try {
                var all = new Exposition();
                statistics.addTo(all);
                all.gauge(name + "_exporter_last_scrape_duration_seconds", "How long the engine took to answer",
                        (System.nanoTime() - began) / 1e9);
                answer = new Answer(all.toString(), System.nanoTime());
                note("");
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } catch (Exception noAnswer) {
                answer = new Answer("", System.nanoTime() - STALE.toNanos());
                note(Optional.ofNullable(noAnswer.getMessage()).orElse(noAnswer.getClass().getSimpleName()));
            }
        }

        /** Logs when the engine stops answering, and when it answers again. */
        private void note(String now) {
            if (now.isEmpty() != failure.isEmpty()) {
                log(now.isEmpty() ? "INFO" : "WARN", now.isEmpty() ? name + " answers again" : name + " does not answer: " + now);
            }
            failure = now;
        }

        String text() {
            var latest = answer;
            if (System.nanoTime() - latest.nanos < STALE.toNanos()) {
                return latest.text;
            }
            var nothing = new Exposition();
            statistics.addUnreachableTo(nothing);
            return nothing.toString();
        }
    }

    private final List<Engine> engines = new ArrayList<>();
    private final ScheduledExecutorService threads;
    private final HttpServer server;

    /** @param engines by the prefix of their metrics */
    Exporter(String host, int port, Map<String, Statistics> engines) throws IOException {
        engines.forEach((name, statistics) -> this.engines.add(new Engine(name, statistics)));
        threads = Executors.newScheduledThreadPool(Math.max(1, engines.size()), Thread.ofPlatform().daemon().factory());
        this.engines.forEach(engine -> threads.scheduleWithFixedDelay(engine::ask, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS));
        server = HttpServer.create(new InetSocketAddress(host, port), 0);
        server.createContext("/metrics", request -> answer(request, TEXT, metrics()));
        server.createContext("/health", request -> answer(request, "application/json", "{\"status\":\"UP\"}"));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /** Serves until the process is stopped. */
    public static void main(String[] arguments) throws IOException {
        System.setProperty("log4j2.configurationFile", "quiet-log4j2.properties");
        // A client that sends its request slowly does not keep a thread for ever.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
        var engines = new LinkedHashMap<String, Statistics>();
        variable("DATABASE_URL").ifPresent(url -> engines.put("pg",
                new PostgresStatistics(url, variable("DATABASE_USER").orElse(""), variable("DATABASE_PASSWORD").orElse(""))));
        variable("KAFKA_BOOTSTRAP_SERVERS").ifPresent(servers -> engines.put("kafka", new KafkaStatistics(servers)));
        var exporter = new Exporter(variable("HOST").orElse("127.0.0.1"), Integer.parseInt(variable("PORT").orElse("9187")), engines);
        Runtime.getRuntime().addShutdownHook(new Thread(exporter::close));
    }

    private static Optional<String> variable(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    int port() {
        return server.getAddress().getPort();
    }

    private String metrics() {
        var own = new Exposition().gauge("process_start_time_seconds", "When the exporter was started",
                ProcessHandle.current().info().startInstant().map(start -> start.toEpochMilli() / 1e3).orElse(0.0));
        var all = new StringBuilder(own.toString());
        engines.forEach(engine -> all.append(engine.text()));
        return all.toString();
    }

    private static void answer(HttpExchange request, String type, String text) throws IOException {
        try (request) {
            var body = text.getBytes(StandardCharsets.UTF_8);
            request.getResponseHeaders().set("Content-Type", type);
            request.sendResponseHeaders(200, body.length);
            request.getResponseBody().write(body);
        }
    }

    /** Logs like the services: one JSON object per line. */
    private static void log(String level, String message) {
        System.out.println("{\"timestamp\":\"%s\",\"level\":\"%s\",\"service_name\":\"%s\",\"logger\":\"%s\",\"message\":\"%s\"}".formatted(
                Instant.now().truncatedTo(ChronoUnit.MILLIS), level, NAME, Exporter.class.getName(),
                message.replaceAll("[\\\\\"\\p{Cntrl}]", " ")));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        engines.forEach(engine -> engine.statistics.close());
    }
}
