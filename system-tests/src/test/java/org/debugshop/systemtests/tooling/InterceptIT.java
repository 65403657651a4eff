package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.debugshop.testkit.Checkout;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop intercept} with dev mode and a debugger, in a copy of the checkout, because the test edits a source file. */
@Tag("nightly")
class InterceptIT {

    private static final Duration START = Duration.ofMinutes(3);
    private static final List<String> NEEDED = List.of("shop", "mvnw", ".mvn", "pom.xml", "native-rules", "service-defaults", "launcher",
            "console", "product-catalog", "currency", "gateway");
    private static final String BEFORE = "put(\"EUR\", new BigDecimal(\"0.85\"))";
    private static final String EDITED = "put(\"EUR\", new BigDecimal(\"0.50\"))";
    private static final Pattern DEBUGGER = Pattern.compile("debugger on (\\d+)");

    @TempDir
    private Path directory;

    @Test
    void shouldRunAnEditAndStopAtABreakpointOnlyWithTheKey() throws Exception {
        var copy = Checkout.copy(directory.resolve("a copy"), NEEDED);
        var output = directory.resolve("intercept.txt");
        try (var own = OwnShop.prepare(copy)) {
            own.up("--only", "console,product-catalog,currency,gateway");
            var shop = own.shop();
            var intercept = shop.prepare("intercept", "currency", "--key", "ann").redirectErrorStream(true)
                    .redirectOutput(output.toFile()).redirectInput(new File("/dev/null")).start();
            await("the route").atMost(START).until(() -> Files.readString(output).contains("Ctrl-C ends it."));
            assertThat(price(shop, "")).isEqualTo("594.99");
            assertThat(price(shop, "ann")).isEqualTo("594.99");

            Checkout.edit(copy.resolve("currency/src/main/java/org/debugshop/currency/ExchangeRates.java"), BEFORE, EDITED);

            await("the edit").atMost(PATIENCE).until(() -> price(shop, "ann").equals("350.0"));
            for (var i = 0; i < 5; i++) {
                assertThat(price(shop, "")).isEqualTo("594.99");
                assertThat(price(shop, "ann")).isEqualTo("350.0");
            }

            var port = DEBUGGER.matcher(Files.readString(output));
            assertThat(port.find()).isTrue();
            try (var debugger = Debugger.attach(Integer.parseInt(port.group(1)))) {
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

            assertThat(new ProcessBuilder("/bin/sh", "-c", "kill -INT " + intercept.pid()).start().waitFor()).isZero();
            assertThat(intercept.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(intercept.exitValue()).isEqualTo(130);
            assertThat(price(shop, "ann")).isEqualTo("594.99");
        }
    }

    /** Returns the price of the first product in euros, or the status of a failure. */
    private static String price(Shop shop, String key) {
        var answer = Http.get(shop.url(GATEWAY) + "/product/1?currency=EUR", "baggage",
                key.isEmpty() ? "other=1" : "debug-shop.intercept=" + key);
        return answer.status() == 200 ? Json.tree(answer.body()).path("product").path("price").asText() : "status " + answer.status();
    }
}
