package org.debugshop.defaults.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uses a real PostgreSQL that starts late and goes away. */
class DatabaseTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Of work on the database. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @TempDir
    private Path directory;
    /** Reserves the port of the engine: while it is bound, no other program gets it; while nothing listens, connections are refused. */
    private Socket port;
    private EmbeddedPostgres postgres;
    private Vertx vertx;
    private Database database;

    @BeforeEach
    void look() throws IOException {
        port = new Socket();
        port.setReuseAddress(true); // the engine sets it too, so both can bind the port
        port.bind(new InetSocketAddress(0));
        vertx = Vertx.vertx();
        connect();
    }

    private void connect() {
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + port.getLocalPort() + "/postgres", "postgres", "postgres"), LIMIT);
    }

    @AfterEach
    void leave() throws IOException {
        database.close();
        vertx.closeAndAwait();
        stop();
        port.close();
    }

    @Test
    void shouldRefuseWorkUntilTheDatabaseIsAvailable() throws IOException {
        assertThat(database.prepared()).isFalse();
        isRefused();

        start();

        awaitAnswers();
        assertThat(notes()).isZero();
    }

    @Test
    void shouldRefuseWorkWhileTheDatabaseIsAwayAndResumeAfterwards() throws IOException {
        start();
        awaitAnswers();
        add(1).await().atMost(PATIENCE);

        stop();
        isRefused();
        start();

        await("its return").atMost(PATIENCE).ignoreExceptionsInstanceOf(HttpError.class).until(() -> notes() == 1);
        assertThat(database.prepared()).isTrue();
    }

    @Test
    void shouldRollBackFailedWorkAndKeepItsFailure() throws IOException {
        start();
        awaitAnswers();

        assertThatExceptionOfType(PgException.class)
                .isThrownBy(() -> database.inTransaction(sql -> insert(sql, 1).chain(() -> insert(sql, 1))).await().atMost(PATIENCE))
                .returns("23505", PgException::getSqlState);

        assertThat(notes()).isZero();
    }

    @Test
    void shouldCancelWorkThatTakesTooLong() throws IOException {
        start();
        awaitAnswers();

        assertThatThrownBy(() -> database.with(sql -> sql.query("select pg_sleep(60)").execute()).await().atMost(PATIENCE))
                .isInstanceOfSatisfying(HttpError.class, refusal -> assertThat(refusal.status()).isEqualTo(503));
    }

    /** Each statement is fast enough, but all of them together are not. */
    @Test
    void shouldRollBackATransactionThatTimedOut() throws IOException {
        start();
        awaitAnswers();

        isUnavailable(database.inTransaction(sql -> insert(sql, 1).chain(() -> sleep(sql, 0.7)).chain(() -> sleep(sql, 0.7))));

        awaitTheEndOfTransactions();
        assertThat(notes()).isZero();
    }

    @Test
    void shouldWaitForACommitInProgress() throws IOException {
        start();
        awaitAnswers();
        atCommit("perform pg_sleep(0.8)");

        database.inTransaction(sql -> sleep(sql, 0.6).chain(() -> insert(sql, 1))).await().atMost(PATIENCE);

        assertThat(notes()).isEqualTo(1);
    }

    @Test
    void shouldRollBackWhatTheDatabaseRefusesAtTheCommit() throws IOException {
        start();
        awaitAnswers();
        atCommit("raise exception sqlstate '40001'");

        isUnavailable(add(1));

        assertThat(notes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"perform pg_terminate_backend(pg_backend_pid())", "perform pg_sleep(60)"})
    void shouldReportAnUnknownOutcomeIfACommitIsNotConfirmed(String fate) throws Exception {
        start();
        awaitAnswers();
        atCommit(fate);

        assertThatThrownBy(() -> add(1).await().atMost(PATIENCE)).isInstanceOfSatisfying(HttpError.class, unknown -> {
            assertThat(unknown.status()).isEqualTo(503);
            assertThat(unknown.getResponse().getHeaderString("Retry-After")).as("that would mean that nothing was done").isNull();
            assertThat(unknown).hasMessageContaining("whether the change was made is not known");
        });

        try (var connection = postgres.getPostgresDatabase().getConnection(); var statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where query = 'COMMIT'"); // stopping the engine would wait for it
        }
    }

    @Test
    void shouldRetryTheMigrationIfAServerAcceptsTheConnectionAndStaysSilent() throws IOException {
        var accepted = new AtomicInteger();
        var open = new ConcurrentLinkedQueue<Socket>();
        try (var silent = new ServerSocket()) {
            silent.setReuseAddress(true);
            silent.bind(new InetSocketAddress(port.getLocalPort()));
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        var socket = silent.accept();
                        open.add(socket);
                        socket.getOutputStream().write('N'); // no encryption, and then nothing more
                        accepted.incrementAndGet();
                    }
                } catch (IOException closed) {
                    // The test has ended.
                }
            });
            await("another attempt").atMost(PATIENCE).until(() -> accepted.get() > 1);
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
        start();
        awaitAnswers();
    }

    @Test
    void shouldLogAMigrationFailureOnceAndRetry() throws Exception {
        database.close();
        start();
        var warnings = new ConcurrentLinkedQueue<String>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                warnings.add(String.format(line.getMessage(), line.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var logger = Logger.getLogger(Database.class.getName());
        logger.addHandler(handler);
        try (var connection = postgres.getPostgresDatabase().getConnection(); var statement = connection.createStatement()) {
            statement.execute("create table note (other text)");
            connect();
            await("some attempts").atMost(PATIENCE).until(() -> sessions(statement) > 4);
            assertThat(database.prepared()).isFalse();
            assertThat(warnings).singleElement().asString().contains("cannot be migrated yet", "non-empty schema");
            statement.execute("drop table note");
            awaitAnswers();
        } finally {
            logger.removeHandler(handler);
        }
    }

    /** The number of sessions that the server has counted. */
    private static long sessions(Statement statement) throws SQLException {
        try (var rows = statement.executeQuery("select sessions from pg_stat_database where datname = 'postgres'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void shouldRefuseInvalidSettings() {
        for (var url : new String[]{"jdbc:postgresql://localhost/orders", "postgresql://localhost",
                "postgresql://me:secret@localhost/orders", "mysql://a/b"}) {
            assertThatThrownBy(() -> new Database.Settings(url, "", "")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("DATABASE_URL")
                    .hasMessageNotContaining("secret");
        }
        assertThat(new Database.Settings("postgresql://localhost/orders", "me", "secret").toString()).doesNotContain("secret");
    }

    /** The first query loads many classes, and on a busy machine this exceeds the normal timeout. */
    private void awaitAnswers() {
        await("its migration").atMost(PATIENCE).until(database::prepared);
        await("an answer").atMost(PATIENCE).ignoreExceptionsInstanceOf(HttpError.class).until(() -> notes() >= 0);
    }

    private void isRefused() {
        assertThatThrownBy(this::notes).satisfies(DatabaseTest::hasRetryAfter);
    }

    private static void isUnavailable(Uni<?> work) {
        assertThatThrownBy(() -> work.await().atMost(PATIENCE)).satisfies(DatabaseTest::hasRetryAfter);
    }

    private static void hasRetryAfter(Throwable failure) {
        assertThat(failure).isInstanceOfSatisfying(HttpError.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.getResponse().getHeaderString("Retry-After")).isEqualTo("1");
        });
    }

    private void awaitTheEndOfTransactions() {
        await("the end of all transactions").atMost(PATIENCE).ignoreExceptionsInstanceOf(HttpError.class)
                .until(() -> database.with(sql -> sql.query(
                        "select from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid() and backend_type = 'client backend'")
                        .execute()).await().atMost(PATIENCE).size() == 0);
    }

    /** Makes the database run a statement when it commits a new note. */
    private void atCommit(String what) {
        database.with(sql -> sql.query("""
                create function at_commit() returns trigger language plpgsql as $$ begin %s; return null; end $$;
                create constraint trigger at_commit after insert on note deferrable initially deferred
                for each row execute function at_commit()""".formatted(what)).execute()).await().atMost(PATIENCE);
    }

    private static Uni<Void> sleep(SqlConnection sql, double seconds) {
        return sql.query("select pg_sleep(" + seconds + ")").execute().replaceWithVoid();
    }

    private long notes() {
        return database.with(sql -> sql.query("select count(*) from note").execute().map(rows -> rows.iterator().next().getLong(0))).await()
                .atMost(PATIENCE);
    }

    private Uni<Void> add(int id) {
        return database.inTransaction(sql -> insert(sql, id));
    }

    private static Uni<Void> insert(SqlConnection sql, int id) {
        return sql.query("insert into note values (" + id + ", 'a')").execute().replaceWithVoid();
    }

    private void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setPort(port.getLocalPort()).setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false)
                .start();
    }

    private void stop() throws IOException {
        if (postgres != null) {
            postgres.close();
            postgres = null;
        }
    }
}
