package org.debugshop.defaults.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A PostgreSQL that answers, but refuses the work until it is repaired. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseTroubleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Of work on the database. */
    private static final Duration LIMIT = Duration.ofSeconds(1);
    /** Existing sessions keep the permissions that they started with, so they are ended. */
    private static final String NEW_SESSIONS = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shop'";

    private final AtomicInteger ids = new AtomicInteger();

    private EmbeddedPostgres postgres;
    private Vertx vertx;
    private Database database;

    /** What an operator, an accident or a migration may do, and what repairs it. */
    private record Trouble(String sqlState, List<String> breaking, List<String> healing) {

        @Override
        public String toString() {
            return sqlState;
        }
    }

    static Stream<Trouble> troubles() {
        return Stream.of(
                new Trouble("25006", List.of("alter system set default_transaction_read_only = on", "select pg_reload_conf()"),
                        List.of("alter system reset default_transaction_read_only", "select pg_reload_conf()")),
                new Trouble("28P01", List.of("alter role shop password 'other'", NEW_SESSIONS),
                        List.of("alter role shop password 'secret'")),
                new Trouble("28000", List.of("alter role shop nologin", NEW_SESSIONS),
                        List.of("alter role shop login")),
                new Trouble("3D000",
                        List.of("alter role shop nologin", NEW_SESSIONS, "alter database shop rename to away", "alter role shop login"),
                        List.of("alter database away rename to shop")),
                new Trouble("55000", List.of("alter database shop allow_connections false", NEW_SESSIONS),
                        List.of("alter database shop allow_connections true")),
                new Trouble("53300", List.of("alter role shop connection limit 0", NEW_SESSIONS),
                        List.of("alter role shop connection limit -1")),
                new Trouble("42501", List.of("in shop: revoke insert on note from shop"),
                        List.of("in shop: grant insert on note to shop")),
                new Trouble("42P01", List.of("in shop: alter table note rename to away"),
                        List.of("in shop: alter table away rename to note")),
                new Trouble("42703", List.of("in shop: alter table note rename column id to away"),
                        List.of("in shop: alter table note rename column away to id")));
    }

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        postgres = EmbeddedPostgres.builder().setDataDirectory(directory.resolve("data")).setCleanDataDirectory(false).start();
        Files.writeString(directory.resolve("data/pg_hba.conf"), """
                host all postgres all trust
                host all shop     all scram-sha-256
                """);
        run(List.of("select pg_reload_conf()", "create role shop login password 'secret'", "create database shop owner shop"));
        vertx = Vertx.vertx();
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + postgres.getPort() + "/shop", "shop", "secret"), LIMIT);
        await("its migration").atMost(PATIENCE).until(database::prepared);
        awaitWrites();
    }

    @AfterAll
    void stop() throws IOException {
        database.close();
        vertx.closeAndAwait();
        postgres.close();
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void shouldRefuseWorkWhileTheDatabaseIsInTroubleAndResumeAfterwards(Trouble trouble) throws SQLException {
        run(trouble.breaking);
        try {
            // A session that is being terminated may still do its work, or end in the middle of it.
            await(trouble.sqlState).atMost(PATIENCE).untilAsserted(() -> assertThatThrownBy(this::write)
                    .isInstanceOfSatisfying(HttpError.class, DatabaseTroubleTest::isTemporary)
                    .hasRootCauseInstanceOf(PgException.class)
                    .rootCause().hasFieldOrPropertyWithValue("sqlState", trouble.sqlState));
        } finally {
            run(trouble.healing);
        }
        awaitWrites();
    }

    @Test
    void shouldRefuseWorkWhileATableIsLockedAndResumeAfterwards() throws SQLException {
        try (var connection = connect("shop"); var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table note in access exclusive mode");

            var failures = Uni.join().all(IntStream.range(0, 20)
                    .mapToObj(_ -> insert().<Throwable>replaceWith(new AssertionError("It was written"))
                            .onFailure().recoverWithItem(failure -> failure))
                    .toList()).andFailFast().await().atMost(PATIENCE);

            assertThat(failures).allSatisfy(failure -> assertThat(failure).isInstanceOfSatisfying(HttpError.class,
                    DatabaseTroubleTest::isTemporary));
        }
        awaitWrites();
    }

    /** Errors from PostgreSQL's Appendix A that can go away without any change to the work. */
    @ParameterizedTest
    @ValueSource(strings = {"08000", "08003", "08006", "08P01", "0A000", "25001", "25006", "25P02", "26000", "28000", "28P01", "3D000",
            "3F000", "40001", "40P01", "42501", "42703", "42883", "42P01", "53000", "53100", "53200", "53300", "53400", "54023", "55000",
            "55006", "55P03", "55P04", "57000", "57014", "57P01", "57P02", "57P03", "57P04", "57P05", "58000", "58030", "58P01", "72000",
            "F0001", "P0001", "XX000", "XX001", "XX002"})
    void shouldTreatDatabaseErrorsAsTemporary(String sqlState) {
        assertThat(Database.isAway(failure(sqlState))).isTrue();
        assertThat(Database.violatesData(failure(sqlState))).isFalse();
    }

    @Test
    void shouldTreatConnectionFailuresAsTemporary() {
        assertThat(List.of(new ConnectException("Connection refused"), new SocketException("Connection reset"),
                ClosedConnectionException.INSTANCE, new VertxException("Connection was closed"), new TimeoutException(),
                new java.util.concurrent.TimeoutException(), new NoStackTraceThrowable("Timeout"),
                new CompletionException(new IOException("Broken pipe")))).allMatch(Database::isAway);
    }

    @ParameterizedTest
    @ValueSource(strings = {"22001", "22003", "22007", "22021", "22P02", "22P05", "23502", "23503", "23505", "23514", "23P01"})
    void shouldTreatDataViolationsAsPermanent(String sqlState) {
        assertThat(Database.isAway(failure(sqlState))).isFalse();
        assertThat(Database.violatesData(failure(sqlState))).isTrue();
    }

    @Test
    void shouldNotChangeFailuresOfTheWorkItself() {
        for (Supplier<RuntimeException> own : List.<Supplier<RuntimeException>>of(() -> HttpError.notFound("None"),
                () -> new IllegalStateException("a bug"))) {
            var failure = own.get();
            assertThatThrownBy(() -> get(database.with(_ -> Uni.createFrom().failure(failure)))).isSameAs(failure);
        }
    }

    @Test
    void shouldLimitStatementsWithoutAStartupParameterThatPgBouncerRefuses() {
        var setting = get(database.with(sql -> sql
                .query("select setting, unit, source from pg_settings where name = 'statement_timeout'").execute()))
                .iterator().next();

        assertThat(setting.getString(0)).isEqualTo(String.valueOf(LIMIT.toMillis()));
        assertThat(setting.getString(1)).isEqualTo("ms");
        assertThat(setting.getString(2)).as("by SQL; a parameter of the startup message is from a 'client'").isEqualTo("session");
    }

    private static PgException failure(String sqlState) {
        return new PgException("error", "ERROR", sqlState, null);
    }

    private static void isTemporary(HttpError refusal) {
        assertThat(refusal.status()).isEqualTo(503);
        assertThat(refusal.getResponse().getHeaderString("Retry-After")).isEqualTo("1");
    }

    /** The first write loads many classes, and on a busy machine this exceeds the normal timeout. */
    private void awaitWrites() {
        await("work is done").atMost(PATIENCE).ignoreExceptionsInstanceOf(HttpError.class).until(() -> {
            write();
            return true;
        });
    }

    private void write() {
        get(insert());
    }

    private Uni<Void> insert() {
        return database.inTransaction(sql -> sql.preparedQuery("insert into note (id, text) values ($1, 'a')")
                .execute(Tuple.of(ids.incrementAndGet())).replaceWithVoid());
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }

    private void run(List<String> statements) throws SQLException {
        for (var sql : statements) {
            var inShop = sql.startsWith("in shop: ");
            try (var connection = connect(inShop ? "shop" : "postgres"); var statement = connection.createStatement()) {
                statement.execute(sql.replaceFirst("^in shop: ", ""));
            }
        }
    }

    private Connection connect(String name) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://localhost:%d/%s".formatted(postgres.getPort(), name), "postgres", "");
    }
}
