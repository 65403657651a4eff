package org.debugshop.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.debugshop.checkout.OrderRequest.Address;
import org.debugshop.checkout.OrderRequest.Item;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.Test;

class MemoryOrdersTest {

    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());

    @Test
    void shouldReturnStoredOrders() {
        var store = new MemoryOrders(JSON, 10, 10_000);
        add(store, "a");
        assertThat(found(store, "a").orElseThrow()).isEqualTo(order("a"));
        assertThat(found(store, "b")).isEmpty();
    }

    @Test
    void shouldEvictTheOldestFirst() {
        var store = new MemoryOrders(JSON, 2, 10_000);
        List.of("a", "b", "c").forEach(id -> add(store, id));
        assertThat(found(store, "a")).isEmpty();
        assertThat(found(store, "b")).isPresent();
        assertThat(found(store, "c")).isPresent();
    }

    @Test
    void shouldLimitTheBytesToo() throws Exception {
        var one = JSON.writeValueAsBytes(order("a")).length;
        var store = new MemoryOrders(JSON, 10, 2L * (one + 320));
        List.of("a", "b", "c").forEach(id -> add(store, id));
        assertThat(found(store, "a")).isEmpty();
        assertThat(found(store, "b")).isPresent();
        assertThat(found(store, "c")).isPresent();
    }

    @Test
    void shouldNotLoseOrdersUnderConcurrentUse() {
        var store = new MemoryOrders(JSON, 1_000, 10_000_000);
        try (var threads = Executors.newFixedThreadPool(8)) {
            IntStream.range(0, 1_000).forEach(i -> threads.execute(() -> add(store, "order-" + i)));
        }
        IntStream.range(0, 1_000).forEach(i -> assertThat(found(store, "order-" + i)).isPresent());
        add(store, "one-more");
        assertThat(IntStream.range(0, 1_000)).anyMatch(i -> found(store, "order-" + i).isEmpty());
    }

    @Test
    void shouldRemoveTheKeyWithItsOrder() {
        var store = new MemoryOrders(JSON, 1, 10_000);
        var first = store.place(new OrderStore.Placement(order("a"), Optional.of("key"), "one", List.of())).await().indefinitely();
        assertThat(store.place(new OrderStore.Placement(order("b"), Optional.of("key"), "one", List.of())).await().indefinitely())
                .isEqualTo(first);
        assertThatThrownBy(() -> store.repeated("key", "other").await().indefinitely()).isInstanceOf(HttpError.class);
        add(store, "c");
        assertThat(store.repeated("key", "other").await().indefinitely()).isEmpty();
    }

    @Test
    void shouldPageThroughTheOrdersOfAUserNewestFirst() {
        var store = new MemoryOrders(JSON, 10, 10_000);
        List.of("a", "b", "c").forEach(id -> add(store, id));
        var first = store.of("user", 2, null).await().indefinitely();
        assertThat(first.orders()).isEqualTo(List.of(order("c"), order("b")));
        assertThat(store.of("user", 2, first.cursor()).await().indefinitely()).isEqualTo(new OrderStore.Page(List.of(order("a")), null));
        assertThat(store.of("nobody", 2, null).await().indefinitely().orders()).isEmpty();
        assertThatThrownBy(() -> store.of("user", 2, "nonsense").await().indefinitely()).isInstanceOf(HttpError.class);
    }

    private static void add(MemoryOrders store, String id) {
        store.place(new OrderStore.Placement(order(id), Optional.empty(), "", List.of())).await().indefinitely();
    }

    private static Optional<Order> found(MemoryOrders store, String id) {
        return store.find(id).await().indefinitely();
    }

    private static Order order(String id) {
        var line = Order.Line.of(new Product(1, "Phone", new BigDecimal("1.50"), "USD"), new BigDecimal("1.50"), "USD", 2);
        return Order.placed(id,
                new OrderRequest("user", "USD", new Address(null, "Bern", null, null, null), "a@example.com", List.of(new Item(1, 2)),
                        List.of()),
                List.of(line), Instant.parse("2026-01-31T10:15:30.123Z"));
    }
}
