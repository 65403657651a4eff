package org.debugshop.checkout;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * The newest orders, in memory, as JSON: half the size of the objects, and a size that can be known. When there are more than
 * 100,000, or they take more than 16 MiB, the oldest go first.
 * <pre>
 *   oldest                                          newest
 *   "3f2a…" → {"order_id":"3f2a…",…}, …, "9c01…" → {"order_id":"9c01…",…}     bytes = sum of the values' lengths and overheads
 * </pre>
 * Safe under concurrent use.
 */
@Singleton
class OrderStore {

    private static final int MAX_ORDERS = 100_000;
    private static final long MAX_BYTES = 16L * 1024 * 1024;

    /** The entry of the map, its key and the array's header. */
    private static final int OVERHEAD = 160;

    private final ObjectMapper json;
    private final int maxOrders;
    private final long maxBytes;
    private final LinkedHashMap<String, byte[]> orders = new LinkedHashMap<>();
    private long bytes;

    @Inject
    OrderStore(ObjectMapper json) {
        this(json, MAX_ORDERS, MAX_BYTES);
    }

    OrderStore(ObjectMapper json, int maxOrders, long maxBytes) {
        this.json = json;
        this.maxOrders = maxOrders;
        this.maxBytes = maxBytes;
    }

    /** @param order its id must be new */
    void add(Order order) {
        var document = write(order);
        synchronized (orders) {
            orders.putLast(order.orderId(), document);
            bytes += OVERHEAD + document.length;
            while (orders.size() > maxOrders || bytes > maxBytes) {
                bytes -= OVERHEAD + orders.pollFirstEntry().getValue().length;
            }
        }
    }

    Optional<Order> find(String id) {
        byte[] document;
        synchronized (orders) {
            document = orders.get(id);
        }
        return Optional.ofNullable(document).map(this::read);
    }

    private byte[] write(Order order) {
        try {
            return json.writeValueAsBytes(order);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private Order read(byte[] document) {
        try {
            return json.readValue(document, Order.class);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
