package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.testkit.Checkout;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Orders;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop intercept} with dev mode and a debugger, in a copy of the checkout, because the tests edit source files. */
@Tag("nightly")
class InterceptIT {

    private static final Duration START = Duration.ofMinutes(3);
    private static final Pattern DEBUGGER = Pattern.compile("debugger on (\\d+)");

    @TempDir
    private Path directory;

    @Test
    void shouldRunAnEditAndStopAtABreakpointOnlyWithTheKey() throws Exception {
        var copy = copyWith("product-catalog", "currency", "gateway");
        try (var own = OwnShop.prepare(copy)) {
            own.up("--only", "console,product-catalog,currency,gateway");
            var shop = own.shop();
            var intercept = intercept(shop, "currency");
            assertThat(price(shop, "")).isEqualTo("594.99");
            assertThat(price(shop, "ann")).isEqualTo("594.99");

            Checkout.edit(copy.resolve("currency/src/main/java/org/debugshop/currency/ExchangeRates.java"),
                    "put(\"EUR\", new BigDecimal(\"0.85\"))", "put(\"EUR\", new BigDecimal(\"0.50\"))");

            await("the edit").atMost(PATIENCE).until(() -> price(shop, "ann").equals("350.0"));
            for (var i = 0; i < 5; i++) {
                assertThat(price(shop, "")).isEqualTo("594.99");
                assertThat(price(shop, "ann")).isEqualTo("350.0");
            }

            try (var debugger = Debugger.attach(intercept.debugPort())) {
                debugger.stopIn("org.debugshop.currency.CurrencyResource", "convert");
                var stopped = CompletableFuture.supplyAsync(() -> price(shop, "ann"));
                debugger.awaitBreakpoint();
                for (var i = 0; i < 5; i++) {
                    assertThat(price(shop, "")).isEqualTo("594.99");
                }
                assertThat(stopped).isNotDone();
                debugger.goOn();
                assertThat(stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("350.0");
            }

            intercept.end();
            assertThat(price(shop, "ann")).isEqualTo("594.99");
        }
    }

    @Test
    void shouldProcessTheEventsOfTheKeyWithAnEditAndShowAndEndTheirLoop() throws Exception {
        var copy = copyWith("engines", "product-catalog", "currency", "inventory", "checkout", "gateway");
        var sources = copy.resolve("checkout/src/main/java/org/debugshop/checkout");
        try (var own = OwnShop.prepare(copy)) {
            own.up("--only", "console,postgres,kafka,product-catalog,currency,inventory,checkout,gateway");
            var shop = own.shop();
            var intercept = intercept(shop, "checkout", "--events");
            assertThat(receipt(shop, "ann")).startsWith("Debug Shop\n");

            Checkout.edit(sources.resolve("ReceiptPrinter.java"), "                Debug Shop\n", "                The shop of Ann\n");

            assertThat(receipt(shop, "ann")).startsWith("The shop of Ann\n");
            assertThat(receipt(shop, "")).startsWith("Debug Shop\n");

            assertThat(shop.run("break", "event-loop")).returns(0, Shop.Outcome::code)
                    .extracting(Shop.Outcome::out).asString().startsWith("Broke event-loop on 2 of 2 instances.");
            var loop = place(shop, "ann");
            var otherLoop = place(shop, "");
            awaitMoreThan(10, shop, loop);
            awaitMoreThan(10, shop, otherLoop);
            assertThat(senders(shop, loop)).as("who announces the order with the key").containsExactly("1.0.0-ann");
            assertThat(senders(shop, otherLoop)).containsExactly("1.0.0");

            try (var debugger = Debugger.attach(intercept.debugPort())) {
                debugger.stopIn("org.debugshop.checkout.ReceiptAnnouncements", "written");
                debugger.awaitBreakpoint();
                awaitMoreThan(announcements(shop, otherLoop) + 10, shop, otherLoop);
                debugger.goOn();
            }

            Checkout.edit(sources.resolve("ReceiptsConsumer.java"), ".invoke(() -> announcements.written(message))", "");

            var calm = place(shop, "ann");
            await("its receipt").atMost(PATIENCE).until(() -> new Orders(shop).get(calm.id()).has("receipt"));
            awaitMoreThan(announcements(shop, otherLoop) + 50, shop, otherLoop);
            assertThat(announcements(shop, calm)).as("announcements of an order after the edit").isOne();
            var ofFirst = announcements(shop, loop);
            awaitMoreThan(announcements(shop, otherLoop) + 50, shop, otherLoop);
            assertThat(announcements(shop, loop)).as("the loop of the first order has ended").isEqualTo(ofFirst);

            assertThat(shop.run("heal", "event-loop")).returns(0, Shop.Outcome::code);
            intercept.end();
            assertThat(receipt(shop, "ann")).startsWith("Debug Shop\n");
        }
    }

    private Path copyWith(String... modules) throws IOException, InterruptedException {
        return Checkout.copy(directory.resolve("a copy"), Stream.concat(
                Stream.of("shop", "mvnw", ".mvn", "pom.xml", "native-rules", "service-defaults", "launcher", "console"),
                Stream.of(modules)).toList());
    }

    /** A command that intercepts a service with the key {@code ann}. */
    private record Intercept(Process command, int debugPort) {

        void end() throws IOException, InterruptedException {
            assertThat(new ProcessBuilder("/bin/sh", "-c", "kill -INT " + command.pid()).start().waitFor()).isZero();
            assertThat(command.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(command.exitValue()).isEqualTo(130);
        }
    }

    /** Returns when requests with the key reach the copy. */
    private Intercept intercept(Shop shop, String... arguments) throws IOException {
        var output = directory.resolve("intercept.txt");
        var all = Stream.concat(Stream.of(arguments), Stream.of("--key", "ann")).toArray(String[]::new);
        var command = shop.prepare("intercept", all).redirectErrorStream(true).redirectOutput(output.toFile())
                .redirectInput(new File("/dev/null")).start();
        await("the route").atMost(START).until(() -> Files.readString(output).contains("Ctrl-C ends it."));
        var port = DEBUGGER.matcher(Files.readString(output));
        assertThat(port.find()).isTrue();
        return new Intercept(command, Integer.parseInt(port.group(1)));
    }

    private static String[] baggage(String key) {
        return new String[]{"baggage", key.isEmpty() ? "other=1" : "debug-shop.intercept=" + key};
    }

    /** Returns the price of the first product in euros, or the status of a failure. */
    private static String price(Shop shop, String key) {
        var answer = Http.get(shop.url(GATEWAY) + "/product/1?currency=EUR", baggage(key));
        return answer.status() == 200 ? Json.tree(answer.body()).path("product").path("price").asText() : "status " + answer.status();
    }

    private record Placed(String id, String trace) {}

    private static Placed place(Shop shop, String key) {
        var trace = UUID.randomUUID().toString().replace("-", "");
        var headers = Stream.concat(Stream.of(baggage(key)), Stream.of("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"));
        var answer = Http.post(shop.url(GATEWAY) + "/checkout", Orders.body("ann", Map.of(5, 1)), headers.toArray(String[]::new));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return new Placed(Orders.idIn(answer), trace);
    }

    /** Places an order, and returns its receipt when it is there. */
    private static String receipt(Shop shop, String key) {
        var url = shop.url(GATEWAY) + "/order/" + place(shop, key).id() + "/receipt";
        return await("the receipt").atMost(PATIENCE).until(() -> Http.get(url), answer -> answer.status() == 200).body();
    }

    private static List<Console.Span> sent(Shop shop, Placed order) {
        return Console.of(shop).trace(order.trace()).spans().stream().filter(span -> span.name().equals("send orders")).toList();
    }

    private static int announcements(Shop shop, Placed order) {
        return sent(shop, order).size();
    }

    private static void awaitMoreThan(int announcements, Shop shop, Placed order) {
        await("more than " + announcements + " announcements").atMost(PATIENCE).ignoreExceptions()
                .until(() -> announcements(shop, order) > announcements);
    }

    /** Returns the versions of checkout that announce an order again. */
    private static List<String> senders(Shop shop, Placed order) {
        return sent(shop, order).stream().skip(1).map(span -> span.resource().get("service.version").toString()).distinct().toList();
    }
}
