package org.debugshop.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.systemtests.Shop.PATIENCE;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Stock that is not refilled, and many who want it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StockIT {

    private static final int PRODUCT = 1;
    private static final int PIECES = 100;
    private static final int BUYERS = 1000;
    private static final int AT_ONCE = 100;

    private OwnShop own;
    private Orders orders;
    private Engines engines;

    @BeforeAll
    void start() {
        own = OwnShop.start(Map.of("RESTOCK", "false"), "--without-load");
        orders = new Orders(own.shop());
        engines = new Engines(own.shop());
    }

    @AfterAll
    void stop() {
        own.close();
    }

    @Test
    void shouldSellAHundredPiecesToExactlyAHundredOfAThousandBuyers() throws Exception {
        assertThat(IntStream.rangeClosed(1, 5).map(product -> orders.stock(product).path("quantity").asInt())).containsExactly(100, 50, 75,
                200, 30);
        var over = new AtomicBoolean();
        List<Http.Answer> answers;
        boolean sound;
        try (var watcher = Executors.newSingleThreadExecutor(); var buyers = Executors.newFixedThreadPool(AT_ONCE)) {
            var watched = watcher.submit(() -> isSoundUntil(over));
            answers = buyers.invokeAll(IntStream.range(0, BUYERS).mapToObj(this::buyer).toList()).stream().map(Future::resultNow).toList();
            over.set(true);
            sound = watched.get();
        }

        assertThat(answers).filteredOn(answer -> answer.status() == 200).extracting(Orders::idIn).hasSize(PIECES).doesNotHaveDuplicates();
        assertThat(answers).filteredOn(answer -> answer.status() != 200).hasSize(BUYERS - PIECES).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.body()).contains("Insufficient inventory", "product " + PRODUCT);
        });
        assertThat(sound).as("0 ≤ reserved ≤ quantity at every moment").isTrue();
        await("all are sold").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(orders.stock(PRODUCT).path("quantity").asInt()).isZero();
            assertThat(orders.stock(PRODUCT).path("reserved").asInt()).isZero();
        });
        assertThat(engines.number("inventory", "select sum(quantity - short) from sale_item where product_id = " + PRODUCT))
                .isEqualTo(PIECES);
    }

    private Callable<Http.Answer> buyer(int number) {
        // Whoever finds the shop too busy to answer tries again, as buyers do, and may not get two.
        return () -> {
            var key = "buyer-" + number;
            var body = Orders.body(key, Map.of(PRODUCT, 1));
            var answer = orders.place(key, body);
            for (var tries = 0; tries < 20 && answer.status() > 500; tries++) {
                answer = orders.place(key, body);
            }
            return answer;
        };
    }

    private boolean isSoundUntil(AtomicBoolean over) {
        var sound = true;
        while (sound && !over.get()) {
            // The service may be too busy to say; the database is not.
            sound = engines.query("inventory", "select 0 <= reserved and reserved <= quantity from stock", row -> row.getBoolean(1))
                    .stream().allMatch(each -> each);
        }
        return sound;
    }
}
