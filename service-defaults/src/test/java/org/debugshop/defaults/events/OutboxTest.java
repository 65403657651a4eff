package org.debugshop.defaults.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uses a real database. The system tests also use a real broker. */
class OutboxTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final AtomicBoolean away = new AtomicBoolean();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private EmbeddedPostgres postgres;
    private Vertx vertx;
    private Database database;

    @BeforeEach
    void start() throws Exception {
        postgres = EmbeddedPostgres.start();
        vertx = Vertx.vertx();
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres", "postgres"), PATIENCE);
        await("its migration").atMost(PATIENCE).until(database::prepared);
        execute("""
                create table outbox (id bigint generated always as identity primary key, order_id uuid not null, event text not null,
                context text not null)""");
        new Outbox(vertx, database, "orders", (key, event, _) -> away.get()
                ? Uni.createFrom().failure(new IllegalStateException("The broker is away"))
                : Uni.createFrom().voidItem().invoke(() -> {
                    sent.add(event);
                    keys.add(key);
                })).start(registry);
    }

    @AfterEach
    void stop() throws Exception {
        database.close();
        vertx.closeAndAwait();
        postgres.close();
    }

    @Test
    void shouldSendInOrderAndOnce() throws SQLException {
        write(250);

        await("all are sent").atMost(PATIENCE).until(() -> size() == 0);
        assertThat(sent).containsExactlyElementsOf(IntStream.rangeClosed(1, 250).mapToObj(Integer::toString).toList());
    }

    @Test
    void shouldSendAnEventWhoseTransactionIsCommittedAndNoOther() {
        var order = UUID.randomUUID();
        var undone = database.inTransaction(sql -> Outbox.add(sql, UUID.randomUUID(), "undone")
                .chain(() -> Uni.createFrom().<Void>failure(new IllegalStateException("It is rolled back"))));
        assertThatThrownBy(() -> undone.await().atMost(PATIENCE)).hasMessage("It is rolled back");
        await("it is written").atMost(PATIENCE).ignoreExceptionsInstanceOf(HttpError.class).until(() -> {
            database.inTransaction(sql -> Outbox.add(sql, order, "done")).await().atMost(PATIENCE);
            return true;
        });

        await("it is sent").atMost(PATIENCE).until(() -> !sent.isEmpty());
        assertThat(sent).containsExactly("done");
        assertThat(keys).containsExactly(order.toString());
    }

    @Test
    void shouldKeepEventsThatTheBrokerRefusesAndCountThem() throws SQLException {
        away.set(true);
        write(120);

        await("they wait").atMost(PATIENCE).until(() -> size() == 120);
        away.set(false);
        await("all are sent").atMost(PATIENCE).until(() -> size() == 0);
        assertThat(sent).doesNotHaveDuplicates().hasSize(120);
    }

    @Test
    void shouldSendNothingWhileTheDatabaseIsReadOnly() throws SQLException {
        away.set(true);
        write(1);
        await("it waits").atMost(PATIENCE).until(() -> size() == 1);
        execute("alter system set default_transaction_read_only = on");
        execute("select pg_reload_conf()");
        await("it is read-only").atMost(PATIENCE).until(() -> ask("show default_transaction_read_only").equals("on"));

        away.set(false);
        var before = undone();
        await("some attempts").atMost(PATIENCE).until(() -> undone() > before + 2);
        assertThat(sent).isEmpty();

        execute("alter system reset default_transaction_read_only");
        execute("select pg_reload_conf()");
        await("it is sent").atMost(PATIENCE).until(() -> size() == 0 && !sent.isEmpty());
        assertThat(sent).containsExactly("1");
    }

    /** The number of rolled-back transactions; each attempt of the relay is one. */
    private long undone() throws SQLException {
        return Long.parseLong(ask("select xact_rollback from pg_stat_database where datname = 'postgres'"));
    }

    private void write(int count) throws SQLException {
        execute("insert into outbox (order_id, event, context) select gen_random_uuid(), i, '{}' from generate_series(1, " + count + ") i");
    }

    private double size() {
        return registry.get("shop.outbox.size").gauge().value();
    }

    private void execute(String sql) throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection(); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
