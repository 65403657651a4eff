package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.PRODUCT_CATALOG;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop intercept} and {@code ./shop canary} under load. */
class RoutesIT {

    private static final String NEEDED = "console,product-catalog,currency,ad-service,gateway";
    private static final int SENDERS = 4;
    /** The first product of the packaged catalog. */
    private static final String PACKAGED = "Smartphone Model X";
    private static final Pattern PORT = Pattern.compile("your copy of product-catalog, port (\\d+)");
    /** A catalog with one product, which shows who made it. It reports the baggage of the requests that it got. */
    private static final String OWN_CATALOG = """
            import com.sun.net.httpserver.HttpServer;
            import java.net.InetSocketAddress;
            import java.util.concurrent.ConcurrentLinkedQueue;
            import java.util.concurrent.Executors;

            class OwnCatalog {
                public static void main(String... arguments) throws Exception {
                    var seen = new ConcurrentLinkedQueue<String>();
                    var address = new InetSocketAddress(System.getenv("HOST"), Integer.parseInt(System.getenv("PORT")));
                    var server = HttpServer.create(address, 100);
                    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
                    server.createContext("/", exchange -> {
                        var path = exchange.getRequestURI().getPath();
                        if (path.equals("/products")) {
                            seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("baggage")));
                        }
                        var text = switch (path) {
                            case "/products" -> "[{\\"id\\":1,\\"name\\":\\"" + arguments[0] + "\\",\\"description\\":\\"\\",\\"price\\":1.00,"
                                    + "\\"currency\\":\\"USD\\",\\"image_url\\":\\"/1\\",\\"categories\\":[\\"Audio\\"]}]";
                            default -> String.join("\\n", seen);
                        };
                        exchange.getResponseHeaders().add("Content-Type", "application/json");
                        exchange.sendResponseHeaders(200, text.isEmpty() ? -1 : text.length());
                        exchange.getResponseBody().write(text.getBytes());
                        exchange.close();
                    });
                    server.start();
                }
            }
            """;

    private static OwnShop own;
    private static Shop shop;

    @TempDir
    private Path directory;
    private final List<Process> intercepts = new ArrayList<>();

    @BeforeAll
    static void start() {
        own = OwnShop.start(OwnShop.PATIENT, "--only", NEEDED);
        shop = own.shop();
    }

    @AfterAll
    static void stop() {
        own.close();
    }

    @AfterEach
    void endIntercepts() throws InterruptedException {
        for (var intercept : intercepts) {
            intercept.destroy();
            assertThat(intercept.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldLeadOnlyTheRequestsWithAKeyToTheCopyOfThatKey() throws Exception {
        shouldLeadOnlyTheRequestsWithAKeyToTheCopyOfThatKey(1_000);
    }

    @Test
    @Tag("nightly")
    void shouldLeadNoneOfManyRequestsToTheWrongCopy() throws Exception {
        shouldLeadOnlyTheRequestsWithAKeyToTheCopyOfThatKey(10_000);
    }

    private void shouldLeadOnlyTheRequestsWithAKeyToTheCopyOfThatKey(int requests) throws Exception {
        var ann = intercept("ann");
        var bob = intercept("bob");
        var cid = intercept("cid");
        assertThat(shop.run("intercept", "product-catalog", "--key", "ann", "--", "true")).returns(1, Shop.Outcome::code)
                .extracting(Shop.Outcome::err).asString().contains("is intercepted with the key ann already, by ");
        var expected = Map.of("", PACKAGED, "ann", "Made by ann", "bob", "Made by bob", "cid", "Made by cid", "eve", PACKAGED);
        var keys = List.copyOf(expected.keySet());
        var wrong = new CopyOnWriteArrayList<String>();
        var sent = new AtomicInteger();

        try (var senders = Executors.newFixedThreadPool(SENDERS)) {
            for (var sender = 0; sender < SENDERS; sender++) {
                senders.submit(() -> {
                    for (var i = sent.getAndIncrement(); i < requests; i = sent.getAndIncrement()) {
                        var key = keys.get(i % keys.size());
                        var answer = products(key);
                        if (!answer.equals(expected.get(key))) {
                            wrong.add(key + " got " + answer);
                        }
                    }
                });
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(ann.seen()).hasSize(requests / keys.size()).containsOnly("debug-shop.intercept=ann");
        assertThat(bob.seen()).hasSize(requests / keys.size()).containsOnly("debug-shop.intercept=bob");
        assertThat(cid.seen()).hasSize(requests / keys.size()).containsOnly("debug-shop.intercept=cid");

        assertThat(new ProcessBuilder("/bin/sh", "-c", "kill -INT " + ann.command.pid()).start().waitFor()).isZero();
        assertThat(ann.command.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(ann.command.exitValue()).isEqualTo(130);
        assertThat(products("ann")).isEqualTo(PACKAGED);
        assertThat(products("bob")).isEqualTo("Made by bob");
    }

    @Test
    @Tag("nightly")
    void shouldLoseNoOtherRequestIfACopyIsKilled() throws Exception {
        var ann = intercept("ann");
        intercept("bob");
        var load = new Load();
        try (var senders = Executors.newFixedThreadPool(3)) {
            List.of("", "ann", "bob").forEach(key -> senders.submit(() -> load.run(() -> products(key), key)));
            load.await("ann", "Made by ann", 50);

            ann.copy().destroyForcibly();

            load.await("ann", PACKAGED, 50);
            load.await("bob", "Made by bob", 50);
            load.end();
        }
        assertThat(load.of("")).containsOnlyKeys(PACKAGED);
        assertThat(load.of("bob")).containsOnlyKeys("Made by bob");
        // The single request that may have been in the copy when it was killed; it must not be sent twice.
        var failed = load.of("ann").entrySet().stream().filter(answer -> answer.getKey().startsWith("status ")).mapToInt(
                answer -> answer.getValue().get()).sum();
        assertThat(failed).as(() -> load.of("ann").toString()).isLessThanOrEqualTo(1);
        assertThat(ann.command.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(ann.command.exitValue()).isOne();
        assertThat(Files.readString(ann.output)).contains("The packaged one gets all requests again.");
        assertThat(keysOfRoutes()).containsExactly("bob");
    }

    @Test
    @Tag("nightly")
    void shouldPromoteAndAbortACanaryWithoutAFailedRequest() {
        var load = new Load();
        try (var senders = Executors.newFixedThreadPool(2)) {
            for (var sender = 0; sender < 2; sender++) {
                senders.submit(() -> load.run(() -> products(""), ""));
            }
            var before = shop.status(PRODUCT_CATALOG).pid();
            assertThat(shop.run("canary", "product-catalog", "--weight", "50", "--env", "LOG_LEVEL=WARN", "-d"))
                    .returns(0, Shop.Outcome::code)
                    .extracting(Shop.Outcome::out).asString().contains("50 % of the shoppers get product-catalog-canary.");
            shouldKeepAShopperOnOneVersion();
            await("both versions in the comparison").atMost(PATIENCE)
                    .until(() -> shop.run("canary", "--status").out()
                            .matches("(?s).*\\n  \\S+ +[1-9].*\\n  \\S+-canary  \\(canary, 50 %\\) +[1-9].*"));

            var promoted = shop.run("canary", "--promote");

            assertThat(promoted.code()).as(promoted.all()).isZero();
            assertThat(shop.status(PRODUCT_CATALOG).pid()).isNotEqualTo(before);
            assertThat(shop.run("status").out()).containsPattern("product-catalog +ready .*with LOG_LEVEL").doesNotContain("canary");
            load.await("", PACKAGED, load.count("", PACKAGED) + 50);

            assertThat(shop.run("canary", "product-catalog", "--weight", "100", "-d")).returns(0, Shop.Outcome::code);
            load.await("", PACKAGED, load.count("", PACKAGED) + 50);
            assertThat(shop.run("canary", "--abort")).returns(0, Shop.Outcome::code);
            load.await("", PACKAGED, load.count("", PACKAGED) + 50);
            load.end();
        }
        assertThat(load.of("")).as("no request failed").containsOnlyKeys(PACKAGED);
        assertThat(keysOfRoutes()).isEmpty();
    }

    @Test
    @Tag("nightly")
    void shouldRevealABadCanaryByTheComparison() {
        var load = new Load();
        try (var sender = Executors.newSingleThreadExecutor()) {
            sender.submit(() -> load.run(() -> products(""), ""));
            try {
                shouldBreakAndHealTheCanary(load);
            } finally {
                load.end();
            }
        }
        assertThat(keysOfRoutes()).isEmpty();
        assertThat(shop.status()).doesNotContainKey("product-catalog-canary");
    }

    private void shouldBreakAndHealTheCanary(Load load) {
        assertThat(shop.run("break", "bad-canary", "--strength", "0.5")).returns(0, Shop.Outcome::code).extracting(Shop.Outcome::out)
                .asString().startsWith("Broke bad-canary on 1 of 1 instance.");
        load.await("", "status 502", 10);
        load.await("", PACKAGED, load.count("", PACKAGED) + 10);
        await("only the canary fails").atMost(PATIENCE).until(() -> shop.run("canary", "--status").out().matches(
                "(?s).*\\n  1\\S+ +\\d+ +\\S+ +0\\.0 % .*\\n  1\\S+-canary  \\(canary, 50 %\\) +\\d+ +\\S+ +100\\.0 % .*"));
        assertThat(ProcessHandle.of(shop.status().get("product-catalog-canary").pid()).orElseThrow().destroyForcibly()).isTrue();

        assertThat(shop.run("heal", "bad-canary")).returns(0, Shop.Outcome::code).returns("Healed bad-canary.\n", Shop.Outcome::out);
        var failed = load.count("", "status 502");
        load.await("", PACKAGED, load.count("", PACKAGED) + 50);
        assertThat(load.count("", "status 502")).as("failures after the repair").isEqualTo(failed);
    }

    private void shouldKeepAShopperOnOneVersion() {
        var versions = IntStream.range(0, 8).mapToObj(shopper -> {
            var ofShopper = IntStream.range(0, 5).mapToObj(_ -> versionFor("shopper-" + shopper)).distinct().toList();
            assertThat(ofShopper).as("versions of shopper " + shopper).hasSize(1);
            return ofShopper.getFirst();
        }).distinct().toList();
        assertThat(versions).as("both versions have shoppers").hasSize(2).anyMatch(version -> version.endsWith("-canary"));
    }

    /** Returns the version of the catalog that a shopper gets, by the trace of a request. */
    private String versionFor(String shopper) {
        var trace = UUID.randomUUID().toString().replace("-", "");
        assertThat(Http.get(shop.url(GATEWAY) + "/products", "Cookie", "shopper=" + shopper, "traceparent",
                "00-" + trace + "-00f067aa0ba902b7-01"))
                .returns(200, Http.Answer::status);
        return await("the span of the catalog").atMost(PATIENCE).until(() -> {
            var answer = Http.get(shop.url(CONSOLE) + "/api/traces/" + trace);
            return answer.status() != 200
                    ? List.<Console.Span>of()
                    : Json.one(answer.body(), Console.Trace.class).spans().stream()
                            .filter(span -> span.service().equals("product-catalog")).toList();
        }, spans -> !spans.isEmpty()).getFirst().resource().get("service.version").toString();
    }

    private List<String> keysOfRoutes() {
        var keys = new ArrayList<String>();
        Json.tree(Http.text(shop.url(CONSOLE) + "/api/routes")).path("routes").forEach(route -> keys.add(route.path("key").asText()));
        return keys;
    }

    /** Returns the name of the first product that requests with this key get, or the status of a failure. */
    private static String products(String key) {
        var url = shop.url(GATEWAY) + "/products";
        var answer = key.isEmpty() ? Http.get(url) : Http.get(url, "baggage", "debug-shop.intercept=" + key);
        return answer.status() == 200
                ? Json.tree(answer.body()).path("products").path(0).path("name").asText()
                : "status " + answer.status();
    }

    /** Answers by key, counted. */
    private static final class Load {
        private final Map<String, Map<String, AtomicInteger>> answers = new ConcurrentHashMap<>();
        private volatile boolean ended;

        interface Request {
            String answer();
        }

        void run(Request request, String key) {
            while (!ended) {
                String answer;
                try {
                    answer = request.answer();
                } catch (RuntimeException noAnswer) {
                    answer = "status 0: " + noAnswer;
                }
                of(key).computeIfAbsent(answer, _ -> new AtomicInteger()).incrementAndGet();
            }
        }

        Map<String, AtomicInteger> of(String key) {
            return answers.computeIfAbsent(key, _ -> new ConcurrentHashMap<>());
        }

        int count(String key, String answer) {
            var count = of(key).get(answer);
            return count == null ? 0 : count.get();
        }

        void await(String key, String answer, int least) {
            org.awaitility.Awaitility.await(key + " gets " + answer).atMost(PATIENCE).until(() -> count(key, answer) >= least);
        }

        void end() {
            ended = true;
        }
    }

    private record Intercept(Process command, Path output, int port) {

        /** Returns the baggage of each request that it got. */
        List<String> seen() {
            return Http.text("http://localhost:" + port + "/seen").lines().toList();
        }

        /** Returns the process of the copy. */
        ProcessHandle copy() {
            return command.toHandle().descendants()
                    .filter(process -> process.info().commandLine()
                            .filter(line -> line.contains("OwnCatalog.java") && !line.contains("cat >"))
                            .isPresent())
                    .findFirst().orElseThrow();
        }
    }

    private Intercept intercept(String key) throws IOException {
        var source = Files.writeString(directory.resolve("OwnCatalog.java"), OWN_CATALOG);
        var output = directory.resolve(key + ".txt");
        var command = shop.prepare("intercept", "product-catalog", "--key", key, "--",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                source.toString(), "Made by " + key).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        intercepts.add(command);
        await("the route of " + key).atMost(PATIENCE).until(() -> Files.readString(output).contains("Ctrl-C ends it."));
        var port = PORT.matcher(Files.readString(output));
        assertThat(port.find()).isTrue();
        return new Intercept(command, output, Integer.parseInt(port.group(1)));
    }
}
