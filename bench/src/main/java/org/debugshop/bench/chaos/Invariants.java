package org.debugshop.bench.chaos;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.debugshop.testkit.Engines;
import org.debugshop.testkit.Orders;
import org.debugshop.testkit.Shop;

/**
 * What must be true of orders, stock and payments whenever the system is at rest, whatever has happened to it: each order has one receipt,
 * and its stock is sold once; each payment belongs to an order, which is paid by it.
 *
 * @param shop a system that gets no requests
 * @param progress takes a line of text for each step
 */
public record Invariants(Shop shop, Consumer<String> progress) {

    private static final int FEWER = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /**
     * A sale of inventory.
     *
     * @param missing pieces that were sold but not in stock
     */
    private record Sale(String order, int product, int quantity, int missing) {}

    /** An order and its payment. */
    private record Paid(String order, String payment) {}

    /** Returns when no event waits. After a long run many may wait, so there is no time limit as long as they become fewer. */
    public void awaitEvents() {
        var orders = new Orders(shop);
        var waiting = Double.POSITIVE_INFINITY;
        while (waiting > 0) {
            var before = waiting;
            waiting = await("events arrive, of which " + before + " wait").atMost(PATIENCE).pollInterval(Duration.ofMillis(500))
                    .ignoreExceptions()
                    .until(orders::waiting, now -> now == 0 || now <= before - FEWER);
            progress.accept("%.0f events wait".formatted(waiting));
        }
    }

    /** Returns a sentence about each violation. Waits until unused reservations have expired. */
    public List<String> violations() {
        var engines = new Engines(shop);
        var wrong = new ArrayList<String>();
        wrong.addAll(engines.query("orders", """
                select o.id::text from orders o left join receipt r on r.order_id = o.id
                where r.sha256 is null or r.sha256 !~ '^[0-9a-f]{64}$'""", row -> "order " + row.getString(1) + " has no receipt"));
        wrong.addAll(stock(engines));
        wrong.addAll(payments(engines));
        return wrong;
    }

    private List<String> stock(Engines engines) {
        var wrong = new ArrayList<String>();
        var orders = Set.copyOf(engines.query("orders", "select id::text from orders", row -> row.getString(1)));
        var sales = engines.query("inventory", "select order_id::text, product_id, quantity, short from sale_item",
                row -> new Sale(row.getString(1), row.getInt(2), row.getInt(3), row.getInt(4)));
        var sold = sales.stream().map(Sale::order).collect(Collectors.toSet());
        difference(orders, sold).forEach(id -> wrong.add("order " + id + " took no stock"));
        difference(sold, orders).forEach(id -> wrong.add("stock was taken for " + id + ", which is no order"));
        sales.stream().filter(sale -> sale.missing() > 0)
                .forEach(sale -> wrong.add("order %s was sold without %d pieces".formatted(sale.order(), sale.missing())));
        var ordered = engines.query("orders", """
                select o.id::text, (line->>'id')::int, sum((line->>'quantity')::int)::int
                from orders o, jsonb_array_elements(o.document->'products') line group by 1, 2""",
                row -> new Sale(row.getString(1), row.getInt(2), row.getInt(3), 0));
        difference(Set.copyOf(ordered),
                sales.stream().map(sale -> new Sale(sale.order(), sale.product(), sale.quantity(), 0)).collect(Collectors.toSet()))
                .forEach(sale -> wrong.add("not taken as ordered: " + sale));
        wrong.addAll(engines.query("inventory",
                """
                        select product_id, initial_quantity + restocked as was, quantity + coalesce((select sum(i.quantity - i.short) from sale_item i
                        where i.product_id = stock.product_id), 0) as counted from stock
                        where initial_quantity + restocked <> quantity + coalesce((select sum(i.quantity - i.short) from sale_item i
                        where i.product_id = stock.product_id), 0)""",
                row -> "product %d had %d pieces, and %d are left or sold".formatted(row.getInt(1), row.getInt(2), row.getInt(3))));
        progress.accept("waiting until unused reservations expire");
        await("unused reservations are released").atMost(PATIENCE).pollInterval(Duration.ofMillis(500))
                .until(() -> engines.number("inventory", "select sum(reserved) from stock") == 0);
        return wrong;
    }

    private static List<String> payments(Engines engines) {
        var wrong = new ArrayList<String>();
        var paid = Set.copyOf(engines.query("orders", "select id::text, payment_id::text from orders where payment_id is not null",
                row -> new Paid(row.getString(1), row.getString(2))));
        var stored = Set.copyOf(engines.query("payments", "select order_id::text, id::text from payment",
                row -> new Paid(row.getString(1), row.getString(2))));
        difference(stored, paid).forEach(payment -> wrong.add("order %s is not paid by payment %s"
                .formatted(payment.order(), payment.payment())));
        difference(paid, stored).forEach(payment -> wrong.add("order %s is paid by %s, which is no payment of it"
                .formatted(payment.order(), payment.payment())));
        return wrong;
    }

    static <T> Set<T> difference(Set<T> from, Set<T> without) {
        return from.stream().filter(element -> !without.contains(element)).collect(Collectors.toSet());
    }
}
