package org.debugshop.systemtests;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What {@code ./shop chaos} does: buyers buy, and in each round a part of the system is killed ({@code kill -9}) at a random moment and
 * comes back. Afterwards everything is counted.
 *
 * @param shop without load generators; it has nothing else to do
 * @param seed of what is killed, and when
 */
record Chaos(Shop shop, int rounds, long seed, Consumer<String> progress) {

    static final List<String> VICTIMS = List.of("checkout", "inventory", "kafka", "postgres");
    /** Held stock comes back within the run, so that the end can be seen. */
    static final Map<String, String> ENVIRONMENT = Map.of("RESERVATION_TTL", "30s");

    private static final int BUYERS = 8;
    private static final int PRODUCTS = 5;
    private static final int BETWEEN_KILLS = 15;
    private static final int FEWER = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** An order that somebody tried to place, and what came of it: {@code order} is null as long as no answer was a 200. */
    private record Attempt(String key, String user, String body, String order) {}

    /** An order as inventory knows it. */
    private record Sale(String order, int product, int quantity, int missing) {}

    /**
     * What was counted in the end.
     *
     * @param answered orders that were answered with 200
     * @param recovered orders whose answer was lost, and which their key returns
     * @param refused attempts that came to nothing, as their answers, or the lack of one, allow
     * @param wrong sentences about what must not be; empty when all is well
     */
    record Report(int rounds, Map<String, Integer> kills, int answered, int recovered, int refused, List<String> wrong) {}

    public static void main(String[] args) {
        var rounds = args.length == 0 || args[0].isBlank() ? 5 : Integer.parseInt(args[0]);
        Report report;
        try (var own = OwnShop.start(ENVIRONMENT, "--without-load")) {
            report = new Chaos(own.shop(), rounds, System.nanoTime(), System.err::println).run();
        }
        System.out.println(table(report));
        System.exit(report.wrong().isEmpty() ? 0 : 1);
    }

    static String table(Report report) {
        var killed = report.kills().entrySet().stream().map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        return """
                %d rounds of kill -9 under load: %s
                orders answered with 200                        %6d
                orders whose answer was lost, found by their key %5d
                attempts that came to nothing                   %6d
                %s""".formatted(report.rounds(), killed, report.answered(), report.recovered(), report.refused(), report.wrong().isEmpty()
                ? "Each order is there once, with one receipt and its stock taken once."
                : "WRONG:\n  " + String.join("\n  ", report.wrong()));
    }

    Report run() {
        var orders = new Orders(shop);
        var attempts = ConcurrentHashMap.<Attempt>newKeySet();
        var kills = new TreeMap<String, Integer>();
        var buyers = IntStream.range(0, BUYERS).mapToObj(i -> "chaos-" + seed + "-" + i).toList();
        var over = new AtomicBoolean();
        var buying = buyers.stream().map(user -> Thread.ofVirtual().start(() -> buy(orders, user, attempts, over))).toList();
        try {
            var random = new Random(seed);
            for (var round = 1; round <= rounds; round++) {
                awaitMore(attempts, 1 + random.nextInt(BETWEEN_KILLS));
                var victims = victims(round, random);
                progress.accept("round %d of %d: kill -9 %s, after %d orders".formatted(round, rounds, String.join(", ", victims),
                        answered(attempts).size()));
                victims.forEach(victim -> kills.merge(victim, 1, Integer::sum));
                kill(victims);
            }
            awaitMore(attempts, BETWEEN_KILLS);
        } finally {
            over.set(true);
            buying.forEach(Chaos::join);
        }
        awaitEvents(orders);
        return count(orders, buyers, attempts, kills);
    }

    /** Each part is killed by itself first, and everything at once: what comes then is chance. */
    private static List<String> victims(int round, Random random) {
        var one = round <= VICTIMS.size() + 1 ? round - 1 : random.nextInt(VICTIMS.size() + 1);
        return one == VICTIMS.size() ? VICTIMS : List.of(VICTIMS.get(one));
    }

    private void kill(List<String> victims) {
        var before = shop.status();
        victims.forEach(victim -> ProcessHandle.of(before.get(victim).pid()).ifPresent(ProcessHandle::destroyForcibly));
        await(victims + " are back").atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            var now = shop.status();
            return victims.stream().allMatch(
                    victim -> now.get(victim).state().equals("ready") && now.get(victim).restarts() > before.get(victim).restarts());
        });
    }

    /** Until it is over; each attempt is noted, whatever comes of it. Whoever gets no answer, or one that leaves things open, asks again with the same key, a few times. */
    private void buy(Orders orders, String user, Set<Attempt> attempts, AtomicBoolean over) {
        var random = ThreadLocalRandom.current();
        while (!over.get()) {
            var key = UUID.randomUUID().toString();
            var body = Orders.body(user, IntStream.rangeClosed(1, 1 + random.nextInt(2)).boxed()
                    .collect(Collectors.toMap(_ -> 1 + random.nextInt(PRODUCTS), _ -> 1 + random.nextInt(2), Integer::sum)));
            String order = null;
            for (var tries = 1 + random.nextInt(3); tries > 0 && order == null; tries--) {
                pause();
                order = Http.ifAnswered(() -> orders.place(key, body)).filter(answer -> answer.status() == 200).map(Orders::idIn)
                        .orElse(null);
            }
            attempts.add(new Attempt(key, user, body, order));
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Attempt> answered(Set<Attempt> attempts) {
        return attempts.stream().filter(attempt -> attempt.order() != null).toList();
    }

    private static void awaitMore(Set<Attempt> attempts, int count) {
        var before = answered(attempts).size();
        await("orders are taken").atMost(PATIENCE).pollInterval(Duration.ofMillis(10))
                .until(() -> answered(attempts).size() >= before + count);
    }

    /** As long as they become fewer: after a long run many may wait. */
    private void awaitEvents(Orders orders) {
        var waiting = Double.POSITIVE_INFINITY;
        while (waiting > 0) {
            var before = waiting;
            waiting = await("events arrive, of which " + before + " wait").atMost(PATIENCE).pollInterval(Duration.ofMillis(500))
                    .ignoreExceptions()
                    .until(orders::waiting, now -> now == 0 || now <= before - FEWER);
            progress.accept("%.0f events wait".formatted(waiting));
        }
    }

    private Report count(Orders orders, List<String> buyers, Set<Attempt> attempts, Map<String, Integer> kills) {
        var wrong = new ArrayList<String>();
        var expected = new TreeMap<String, Attempt>();
        var recovered = 0;
        for (var attempt : attempts) {
            var found = orders.ofKey(attempt.key(), attempt.body());
            if (attempt.order() == null) {
                recovered += found.isPresent() ? 1 : 0;
                found.ifPresent(id -> expected.put(id, attempt));
            } else {
                expected.put(attempt.order(), attempt);
                if (!found.equals(Optional.of(attempt.order()))) {
                    wrong.add("order %s was answered with 200, and its key finds %s".formatted(attempt.order(), found));
                }
            }
        }
        var present = buyers.stream().flatMap(user -> orders.of(user).stream())
                .collect(Collectors.toMap(order -> order.path("order_id").asText(), order -> order));
        difference(expected.keySet(), present.keySet()).forEach(id -> wrong.add("order " + id + " is lost"));
        difference(present.keySet(), expected.keySet()).forEach(id -> wrong.add("nobody knows of order " + id));
        present.forEach((id, order) -> {
            if (!order.path("receipt").path("sha256").asText().matches("[0-9a-f]{64}")) {
                wrong.add("order " + id + " has no receipt");
            }
        });
        countStock(wrong, present.keySet());
        return new Report(rounds, kills, answered(attempts).size(), recovered, attempts.size() - expected.size(), wrong);
    }

    private void countStock(List<String> wrong, Set<String> orders) {
        var engines = new Engines(shop);
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
        progress.accept("waiting for reservations that nobody uses");
        await("what no order uses is given back").atMost(PATIENCE).pollInterval(Duration.ofMillis(500))
                .until(() -> engines.number("inventory", "select sum(reserved) from stock") == 0);
    }

    private static <T> Set<T> difference(Set<T> from, Set<T> without) {
        return from.stream().filter(each -> !without.contains(each)).collect(Collectors.toSet());
    }
}
