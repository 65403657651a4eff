package org.debugshop.checkout;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The newest orders, in memory. They are stored as JSON, which takes half as much memory as objects, and its size can be measured.
 * If there are more than 100,000 orders, or they take more than 16 MiB, the oldest are removed. These orders have no events, so
 * they get no receipts.
 * <pre>
 *   oldest                                          newest
 *   "3f2a…" → {"order_id":"3f2a…",…}, …, "9c01…" → {"order_id":"9c01…",…}     bytes = sum of the values' lengths and overheads
 * </pre>
 * Safe under concurrent use.
 */
class MemoryOrders implements OrderStore {

    private static final int MAX_ORDERS = 100_000;
    private static final long MAX_BYTES = 16L * 1024 * 1024;

    /** The estimated overhead of an entry: the map entry, its key and the array's header, and the same again for an Idempotency-Key. */
    private static final int OVERHEAD = 320;

    private record Kept(byte[] document, String userId, String key, String fingerprint) {}

    private final ObjectMapper json;
    private final int maxOrders;
    private final long maxBytes;
    private final LinkedHashMap<String, Kept> orders = new LinkedHashMap<>();
    private final Map<String, String> idsByKey = new HashMap<>();
    private long bytes;

    MemoryOrders(ObjectMapper json) {
        this(json, MAX_ORDERS, MAX_BYTES);
    }

    MemoryOrders(ObjectMapper json, int maxOrders, long maxBytes) {
        this.json = json;
        this.maxOrders = maxOrders;
        this.maxBytes = maxBytes;
    }

    @Override
    public Uni<Order> place(Placement placement) {
        return Uni.createFrom().item(() -> {
            var order = placement.order();
            var key = placement.key().orElse(null);
            var kept = new Kept(write(order), order.userId(), key, placement.fingerprint());
            synchronized (orders) {
                var known = known(key, placement.fingerprint());
                if (known.isPresent()) {
                    return read(known.get());
                }
                orders.putLast(order.orderId(), kept);
                if (key != null) {
                    idsByKey.put(key, order.orderId());
                }
                bytes += OVERHEAD + kept.document.length;
                while (orders.size() > maxOrders || bytes > maxBytes) {
                    var oldest = orders.pollFirstEntry().getValue();
                    idsByKey.remove(oldest.key);
                    bytes -= OVERHEAD + oldest.document.length;
                }
                return order;
            }
        });
    }

    /** Reports no reservation as taken: inventory gets no events of orders in memory, so it would never sell what they reserved. */
    @Override
    public Uni<List<String>> release(List<String> reservations) {
        return Uni.createFrom().item(List.of());
    }

    @Override
    public Uni<Optional<Order>> repeated(String key, String fingerprint) {
        return Uni.createFrom().item(() -> {
            synchronized (orders) {
                return known(key, fingerprint).map(this::read);
            }
        });
    }

    private Optional<Kept> known(String key, String fingerprint) {
        var known = Optional.ofNullable(key).map(idsByKey::get).map(orders::get);
        known.ifPresent(kept -> OrderStore.mustBeTheSame(fingerprint, kept.fingerprint));
        return known;
    }

    @Override
    public Uni<Optional<Order>> find(String id) {
        return Uni.createFrom().item(() -> {
            synchronized (orders) {
                return Optional.ofNullable(orders.get(id)).map(this::read);
            }
        });
    }

    /** Returns a page. The cursor is the id of the last order of the previous page. */
    @Override
    public Uni<Page> of(String userId, int limit, String cursor) {
        return Uni.createFrom().item(() -> {
            var found = new ArrayList<Order>();
            synchronized (orders) {
                if (cursor != null && !orders.containsKey(cursor)) {
                    throw OrderStore.noCursor();
                }
                var passed = cursor == null;
                for (var entry : orders.sequencedEntrySet().reversed()) {
                    if (passed && Objects.equals(entry.getValue().userId, userId)) {
                        if (found.size() == limit) {
                            return new Page(found, found.getLast().orderId());
                        }
                        found.add(read(entry.getValue()));
                    }
                    passed |= entry.getKey().equals(cursor);
                }
            }
            return new Page(found, null);
        });
    }

    @Override
    public Uni<Optional<Document>> receipt(String id) {
        return Uni.createFrom().item(Optional.empty());
    }

    @Override
    public Uni<Void> write(String id, Document receipt) {
        return Uni.createFrom().failure(new UnsupportedOperationException("There are no receipts without events"));
    }

    @Override
    public Uni<Optional<String>> pay(String id, String payment) {
        return Uni.createFrom().failure(new UnsupportedOperationException("There are no payments without events"));
    }

    @Override
    public boolean prepared() {
        return true;
    }

    private byte[] write(Order order) {
        try {
            return json.writeValueAsBytes(order);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private Order read(Kept kept) {
        try {
            return json.readValue(kept.document, Order.class);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
