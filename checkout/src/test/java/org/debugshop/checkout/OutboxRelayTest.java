package org.debugshop.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.vertx.mutiny.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.enterprise.inject.Instance;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.debugshop.defaults.data.Database;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uses a real database. The system tests also use a real broker. */
class OutboxRelayTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> sent = new CopyOnWriteArrayList<>();
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
                new Database.Settings("postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres", "postgres"));
        await("its migration").atMost(PATIENCE).until(database::prepared);
        new OutboxRelay(Optional.of(database), emitters(), new ObjectMapper(), vertx, registry).start();
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

    /** A broker that is there or away. Both interfaces are too large to implement for a single method, so they are proxies. */
    @SuppressWarnings("unchecked")
    private Instance<MutinyEmitter<String>> emitters() {
        var emitter = proxy(MutinyEmitter.class, arguments -> {
            var message = (Message<String>) arguments[0];
            return away.get()
                    ? Uni.createFrom().failure(new IllegalStateException("The broker is away"))
                    : Uni.createFrom().voidItem().invoke(() -> sent.add(message.getPayload()));
        });
        return proxy(Instance.class, _ -> emitter);
    }

    private interface Answer {
        Object to(Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type}, (_, _, arguments) -> answer.to(arguments)));
    }
}
