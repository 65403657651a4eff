package org.debugshop.checkout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.debugshop.checkout.OrderRequest.Address;
import org.debugshop.checkout.OrderRequest.Item;
import org.junit.jupiter.api.Test;

class OrderStoreTest {

    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());

    @Test
    void shouldGiveBackWhatItWasGiven() {
        var store = new OrderStore(JSON, 10, 10_000);
        store.add(order("a"));
        assertEquals(order("a"), store.find("a").orElseThrow());
        assertTrue(store.find("b").isEmpty());
    }

    @Test
    void shouldLetTheOldestGoFirst() {
        var store = new OrderStore(JSON, 2, 10_000);
        List.of("a", "b", "c").forEach(id -> store.add(order(id)));
        assertTrue(store.find("a").isEmpty());
        assertTrue(store.find("b").isPresent() && store.find("c").isPresent());
    }

    @Test
    void shouldBoundTheBytesToo() throws Exception {
        var one = JSON.writeValueAsBytes(order("a")).length;
        var store = new OrderStore(JSON, 10, 2L * (one + 160));
        List.of("a", "b", "c").forEach(id -> store.add(order(id)));
        assertTrue(store.find("a").isEmpty());
        assertTrue(store.find("b").isPresent() && store.find("c").isPresent());
    }

    @Test
    void shouldNotLoseAnOrderUnderConcurrentUse() {
        var store = new OrderStore(JSON, 1_000, 10_000_000);
        try (var threads = Executors.newFixedThreadPool(8)) {
            IntStream.range(0, 1_000).forEach(i -> threads.execute(() -> store.add(order("order-" + i))));
        }
        IntStream.range(0, 1_000).forEach(i -> assertTrue(store.find("order-" + i).isPresent()));
        store.add(order("one-more"));
        assertFalse(IntStream.range(0, 1_000).allMatch(i -> store.find("order-" + i).isPresent()));
    }

    private static Order order(String id) {
        var line = Order.Line.of(new Product(1, "Phone", new BigDecimal("1.50"), "USD"), new BigDecimal("1.50"), "USD", 2);
        return Order.placed(id, new OrderRequest("user", "USD", new Address(null, "Bern", null, null, null), "a@example.com", List.of(new Item(1, 2))),
                List.of(line), Instant.parse("2026-01-31T10:15:30.123Z"));
    }
}
