package org.debugshop.bench.chaos;

import static org.awaitility.Awaitility.await;
import static org.debugshop.bench.chaos.Invariants.difference;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.DriverManager;
import java.sql.SQLException;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.debugshop.testkit.Engines;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Orders;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Payments;
import org.debugshop.testkit.Shop;

/**
 * The program behind {@code ./shop chaos}. While simulated buyers place orders and pay for some, each round causes one trouble at a random moment and ends
 * it again. A part of the system is killed ({@code kill -9}), PostgreSQL freezes, refuses writes or gets another password, or a request is
 * repeated while a part is stopped. At the end it compares the orders, receipts, stock and payments with the answers that the buyers got.
 *
 * @param shop a system without load generators that nothing else uses
 * @param rounds the number of troubles, 1 or more
 * @param seed of the random choice of troubles and moments
 * @param progress takes a line of text for each step
 */
public record Chaos(Shop shop, int rounds, long seed, Consumer<String> progress) {

    /** All kinds of trouble. The first rounds go through them in this order, and later rounds choose at random. */
    public static final List<Trouble> TROUBLES = List.of(new Kill("checkout", "inventory", "payments", "kafka", "postgres"), new Freeze(),
            new ReadOnly(),
            new OtherPassword(), new UsedKey(), new Repeat(), new Kill("checkout"), new Kill("inventory"), new Kill("payments"),
            new Kill("kafka"), new Kill("postgres"));
    /** Reservations expire soon, so that the run can wait until all stock is released. */
    public static final Map<String, String> ENVIRONMENT = Map.of("RESERVATION_TTL", "30s", "ADMIN_PASSWORD", "", "FAULTS", "");

    private static final int BUYERS = 8;
    private static final int PRODUCTS = 5;
    private static final int BETWEEN_TROUBLES = 15;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofMillis(20);

    /**
     * An order that a buyer tried to place.
     *
     * @param order the id in the answer; null if no answer was a 200
     */
    private record Attempt(String key, String user, String body, String order) {}

    /**
     * A payment that a buyer tried to make.
     *
     * @param payment the id in the answer; null if no answer was a 200
     */
    private record Charge(String key, String order, String payment) {}

    /**
     * The result of a run.
     *
     * @param troubles how often each kind happened
     * @param answered the number of orders that were answered with 200
     * @param recovered the number of orders whose answer was lost, but which are found by their key
     * @param refused the number of attempts without an order; none of them was answered with 200
     * @param paid the number of payments that were answered with 200
     * @param recoveredPayments the number of payments whose answer was lost, but which are stored
     * @param wrong a sentence about each error; empty if there was none
     */
    public record Report(int rounds, Map<String, Integer> troubles, int answered, int recovered, int refused, int paid,
            int recoveredPayments, List<String> wrong) {}

    public static void main(String[] args) {
        var rounds = args.length == 0 || args[0].isBlank() ? TROUBLES.size() : Integer.parseInt(args[0]);
        Report report;
        try (var own = OwnShop.start(ENVIRONMENT, "--without-load")) {
            report = new Chaos(own.shop(), rounds, System.nanoTime(), System.err::println).run();
        }
        System.out.println(table(report));
        System.exit(report.wrong().isEmpty() ? 0 : 1);
    }

    public static String table(Report report) {
        var troubles = report.troubles().entrySet().stream().map(trouble -> trouble.getKey() + " " + trouble.getValue())
                .collect(Collectors.joining(", "));
        return """
                %d rounds under load: %s
                orders answered with 200                        %6d
                orders whose answer was lost, found by their key %5d
                attempts that came to nothing                   %6d
                payments answered with 200                      %6d
                payments whose answer was lost, stored          %6d
                %s""".formatted(report.rounds(), troubles, report.answered(), report.recovered(), report.refused(), report.paid(),
                report.recoveredPayments(), report.wrong().isEmpty()
                        ? "Each order is there once, with one receipt and its stock taken once. Each payment is stored once, and its order is paid."
                        : "WRONG:\n  " + String.join("\n  ", report.wrong()));
    }

    public Report run() {
        var orders = new Orders(shop);
        var attempts = ConcurrentHashMap.<Attempt>newKeySet();
        var charges = ConcurrentHashMap.<Charge>newKeySet();
        var troubles = new TreeMap<String, Integer>();
        var wrong = new CopyOnWriteArrayList<String>();
        var buyers = IntStream.range(0, BUYERS).mapToObj(this::buyer).toList();
        var over = new AtomicBoolean();
        var buying = buyers.stream().map(user -> Thread.ofVirtual().start(() -> buy(orders, user, attempts, charges, wrong, over)))
                .toList();
        try {
            var random = new Random(seed);
            for (var round = 1; round <= rounds; round++) {
                awaitMore(attempts, 1 + random.nextInt(BETWEEN_TROUBLES));
                var trouble = TROUBLES.get(round <= TROUBLES.size() ? round - 1 : random.nextInt(TROUBLES.size()));
                progress.accept("round %d of %d: %s, after %d orders".formatted(round, rounds, trouble, answered(attempts).size()));
                troubles.merge(trouble.toString(), 1, Integer::sum);
                trouble.happen(this, attempts, wrong);
            }
            awaitMore(attempts, BETWEEN_TROUBLES);
        } finally {
            over.set(true);
            buying.forEach(Chaos::join);
        }
        new Invariants(shop, progress).awaitEvents();
        return count(orders, buyers, attempts, charges, troubles, wrong);
    }

    /** A trouble that ends again. {@link #toString} returns its name. */
    public sealed interface Trouble {
        /**
         * Causes the trouble, and returns when it has ended.
         *
         * @param wrong gets a sentence about each error
         */
        void happen(Chaos chaos, Set<Attempt> attempts, List<String> wrong);
    }

    private record Kill(List<String> victims) implements Trouble {

        Kill(String... victims) {
            this(List.of(victims));
        }

        @Override
        public void happen(Chaos chaos, Set<Attempt> attempts, List<String> wrong) {
            var before = chaos.shop.status();
            victims.forEach(victim -> ProcessHandle.of(before.get(victim).pid()).ifPresent(ProcessHandle::destroyForcibly));
            await(victims + " are back").atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
                var now = chaos.shop.status();
                return victims.stream().allMatch(
                        victim -> now.get(victim).state().equals("ready") && now.get(victim).restarts() > before.get(victim).restarts());
            });
        }

        @Override
        public String toString() {
            return "kill -9 " + String.join(", ", victims);
        }
    }

    /** Suspends all sessions of PostgreSQL, as if its disk hung. */
    private record Freeze() implements Trouble {

        @Override
        public void happen(Chaos chaos, Set<Attempt> attempts, List<String> wrong) {
            var sessions = ProcessHandle.of(chaos.shop.status().get("postgres").pid()).orElseThrow().children().toList();
            signal("STOP", sessions);
            try {
                awaitRefusals(attempts);
            } finally {
                signal("CONT", sessions);
            }
        }

        private static void signal(String signal, List<ProcessHandle> processes) {
            var command = new ArrayList<>(List.of("kill", "-" + signal));
            processes.stream().filter(ProcessHandle::isAlive).forEach(process -> command.add(Long.toString(process.pid())));
            try {
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        @Override
        public String toString() {
            return "freeze postgres";
        }
    }

    private record ReadOnly() implements Trouble {

        @Override
        public void happen(Chaos chaos, Set<Attempt> attempts, List<String> wrong) {
            chaos.asOperator(sql -> {
                sql.execute("alter system set default_transaction_read_only = on");
                sql.execute("select pg_reload_conf()");
                try {
                    awaitRefusals(attempts);
                } finally {
                    sql.execute("alter system reset default_transaction_read_only");
                    sql.execute("select pg_reload_conf()");
                }
            });
        }

        @Override
        public String toString() {
            return "postgres read-only";
        }
    }

    /** Changes the password of PostgreSQL and ends all sessions, so new ones are refused. */
    private record OtherPassword() implements Trouble {

        @Override
        public void happen(Chaos chaos, Set<Attempt> attempts, List<String> wrong) {
            chaos.asOperator(sql -> {
                sql.execute("alter role shop password 'another'");
                try {
                    sql.execute(
                            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shop' and pid <> pg_backend_pid()");
                    awaitRefusals(attempts);
                } finally {
                    sql.execute("alter role shop password '" + new Engines(chaos.shop).password() + "'");
                }
            });
        }

        @Override
        public String toString() {
            return "password changed";
        }
    }

    /** Uses the key of an order for another order while the event of the first waits for Kafka. The first must keep its stock. */
    private record UsedKey() implements Trouble {

        @Override
        public void happen(Chaos chaos, Set<Attempt> attempts, List<String> wrong) {
            chaos.without("kafka", () -> {
                var key = chaos.placed(attempts);
                var held = chaos.held(key);
                var other = new Orders(chaos.shop).place(key, chaos.onePiece().replace("a@example.com", "b@example.com"));
                if (other.status() != 422) {
                    wrong.add("another order with the key of one was answered with " + other);
                }
                if (chaos.held(key) < held) {
                    wrong.add("a 422 has released what the order of key " + key + " holds");
                }
            });
        }

        @Override
        public String toString() {
            return "used key without kafka";
        }
    }

    /** Repeats a request while checkout is stopped, before the order's event has reached inventory. The order must keep its stock. */
    private record Repeat() implements Trouble {

        @Override
        public void happen(Chaos chaos, Set<Attempt> attempts, List<String> wrong) {
            chaos.without("kafka", () -> {
                var key = chaos.placed(attempts);
                var held = chaos.held(key);
                chaos.without("checkout", () -> {
                    var again = new Orders(chaos.shop).place(key, chaos.onePiece());
                    if (again.status() < 500) {
                        wrong.add("without checkout an order was answered with " + again);
                    }
                });
                if (chaos.held(key) < held) {
                    wrong.add("a repeated request has released what the order of key " + key + " holds");
                }
            });
        }

        @Override
        public String toString() {
            return "repeat without checkout";
        }
    }

    private interface Sql {
        void execute(String statement) throws SQLException;
    }

    private interface Operation {
        void with(Sql sql) throws SQLException;
    }

    /** Runs statements in one session that was opened before the trouble, so the trouble does not affect it. */
    private void asOperator(Operation operation) {
        var url = "jdbc:postgresql://localhost:%d/postgres".formatted(5432 + shop.offset());
        try (var connection = DriverManager.getConnection(url, "shop", new Engines(shop).password());
                var statement = connection.createStatement()) {
            operation.with(statement::execute);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void without(String part, Runnable work) {
        shop.run("stop", part);
        try {
            work.run();
        } finally {
            var start = shop.run("start", part);
            if (start.code() != 0) {
                throw new AssertionError(start.all());
            }
        }
    }

    private String onePiece() {
        return Orders.body(buyer(0), Map.of(1, 1));
    }

    /** Places an order and returns its key. */
    private String placed(Set<Attempt> attempts) {
        var key = UUID.randomUUID().toString();
        var body = onePiece();
        var answer = await("an order is accepted").atMost(PATIENCE).pollInterval(Duration.ofMillis(100))
                .until(() -> new Orders(shop).place(key, body), response -> response.status() == 200);
        attempts.add(new Attempt(key, buyer(0), body, Orders.idIn(answer)));
        return key;
    }

    /** Returns the number of reservations with this key: one, or none if the order was accepted without a reservation. */
    private long held(String key) {
        return new Engines(shop).number("inventory",
                "select count(*) from reservation where state = 'held' and idempotency_key = '" + key + "'");
    }

    private String buyer(int number) {
        return "chaos-" + seed + "-" + number;
    }

    /**
     * Places orders until the run is over, pays for half of them, and records each attempt. If there is no answer or not a 200, the buyer
     * tries again a few times with the same key.
     */
    private void buy(Orders orders, String user, Set<Attempt> attempts, Set<Charge> charges, List<String> wrong, AtomicBoolean over) {
        var random = ThreadLocalRandom.current();
        while (!over.get()) {
            var key = UUID.randomUUID().toString();
            var body = Orders.body(user, IntStream.rangeClosed(1, 1 + random.nextInt(2)).boxed()
                    .collect(Collectors.toMap(_ -> 1 + random.nextInt(PRODUCTS), _ -> 1 + random.nextInt(2), Integer::sum)));
            var confirmation = tried(() -> orders.place(key, body));
            attempts.add(new Attempt(key, user, body, confirmation.map(Orders::idIn).orElse(null)));
            if (random.nextBoolean()) {
                confirmation.ifPresent(answer -> charges.add(pay(user, Json.tree(answer.body()), wrong)));
            }
        }
    }

    /** Pays for an order. Sometimes the buyer tries to pay once more with another key. */
    private Charge pay(String user, JsonNode order, List<String> wrong) {
        var payments = new Payments(shop);
        var id = order.path("order_id").asText();
        var amount = order.path("total").decimalValue();
        var key = UUID.randomUUID().toString();
        var paid = tried(() -> {
            var answer = payments.pay(user, key, id, amount);
            if (answer.status() < 500 && answer.status() != 200) {
                wrong.add("the payment of order %s was answered with %s".formatted(id, answer));
            }
            return answer;
        });
        if (paid.isPresent() && ThreadLocalRandom.current().nextInt(4) == 0) {
            Http.ifAnswered(() -> payments.pay(user, UUID.randomUUID().toString(), id, amount))
                    .filter(again -> again.status() < 500 && again.status() != 409)
                    .ifPresent(again -> wrong.add("the second payment of order %s was answered with %s".formatted(id, again)));
        }
        return new Charge(key, id, paid.map(Payments::idIn).orElse(null));
    }

    /** Sends a request up to three times, until its answer is a 200. Empty if none was. */
    private static Optional<Http.Answer> tried(Supplier<Http.Answer> request) {
        var answer = Optional.<Http.Answer>empty();
        for (var tries = 1 + ThreadLocalRandom.current().nextInt(3); tries > 0 && answer.isEmpty(); tries--) {
            pause();
            answer = Http.ifAnswered(request).filter(given -> given.status() == 200);
        }
        return answer;
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
        await("orders are accepted").atMost(PATIENCE).pollInterval(Duration.ofMillis(10))
                .until(() -> answered(attempts).size() >= before + count);
    }

    /** Returns when as many orders were refused as there are buyers. */
    private static void awaitRefusals(Set<Attempt> attempts) {
        var before = attempts.size() - answered(attempts).size();
        await("orders are refused").atMost(PATIENCE).pollInterval(Duration.ofMillis(100))
                .until(() -> attempts.size() - answered(attempts).size() >= before + BUYERS);
    }

    private Report count(Orders orders, List<String> buyers, Set<Attempt> attempts, Set<Charge> charges, Map<String, Integer> troubles,
            List<String> wrong) {
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
        var present = buyers.stream().flatMap(user -> orders.of(user).stream()).map(order -> order.path("order_id").asText())
                .collect(Collectors.toSet());
        difference(expected.keySet(), present).forEach(id -> wrong.add("order " + id + " is lost"));
        difference(present, expected.keySet()).forEach(id -> wrong.add("no buyer placed order " + id));
        wrong.addAll(new Invariants(shop, progress).violations());
        var recoveredPayments = countPayments(wrong, charges);
        var dead = new Engines(shop).all("orders.dead").size() + new Engines(shop).all("payments.dead").size();
        if (dead > 0) {
            wrong.add(dead + " events were put aside, although all of them were valid");
        }
        return new Report(rounds, troubles, answered(attempts).size(), recovered, attempts.size() - expected.size(),
                (int) charges.stream().filter(charge -> charge.payment() != null).count(), recoveredPayments, wrong);
    }

    /** Compares the payments with the answers. @return how many are stored although their answer was lost */
    private int countPayments(List<String> wrong, Set<Charge> charges) {
        var engines = new Engines(shop);
        var stored = engines.query("payments", "select idempotency_key, order_id::text, id::text from payment",
                row -> new Charge(row.getString(1), row.getString(2), row.getString(3)));
        var answered = charges.stream().filter(charge -> charge.payment() != null).collect(Collectors.toSet());
        difference(answered, Set.copyOf(stored)).forEach(charge -> wrong.add("payment " + charge.payment() + " is lost"));
        var unanswered = difference(charges, answered).stream().map(Charge::key).collect(Collectors.toSet());
        var others = difference(Set.copyOf(stored), answered);
        others.stream().filter(charge -> !unanswered.contains(charge.key()))
                .forEach(charge -> wrong.add("no buyer made payment " + charge.payment()));
        return others.size();
    }
}
