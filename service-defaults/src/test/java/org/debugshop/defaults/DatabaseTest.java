package org.debugshop.defaults;

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
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real engine, which comes late and goes away. */
class DatabaseTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;
    /** Keeps the engine's port for it: bound, it is given to nobody else; not listening, it is refused. */
    private Socket port;
    private EmbeddedPostgres postgres;
    private Vertx vertx;
    private Database database;

    @BeforeEach
    void look() throws IOException {
        port = new Socket();
        port.setReuseAddress(true); // as the engine does, which lets both bind it
        port.bind(new InetSocketAddress(0));
        vertx = Vertx.vertx();
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + port.getLocalPort() + "/postgres", "postgres", "postgres"));
    }

    @AfterEach
    void leave() throws IOException {
        database.close();
        vertx.closeAndAwait();
        stop();
        port.close();
    }

    @Test
    void shouldRefuseWorkUntilTheDatabaseIsThereAndDoItThen() throws IOException {
        assertThat(database.prepared()).isFalse();
        isRefused();

        start();

        awaitAnswers();
        assertThat(notes()).isZero();
    }

    @Test
    void shouldRefuseWorkWhileTheDatabaseIsAwayAndGoOnAfterwards() throws IOException {
        start();
        awaitAnswers();
        add(1).await().atMost(PATIENCE);

        stop();
        isRefused();
        start();

        await("its return").atMost(PATIENCE).ignoreException(HttpError.class).until(() -> notes() == 1);
        assertThat(database.prepared()).isTrue();
    }

    @Test
    void shouldUndoWhatFailsAndLeaveItsFailureAlone() throws IOException {
        start();
        awaitAnswers();

        assertThatExceptionOfType(PgException.class)
                .isThrownBy(() -> database.inTransaction(sql -> insert(sql, 1).chain(() -> insert(sql, 1))).await().atMost(PATIENCE))
                .returns("23505", PgException::getSqlState);

        assertThat(notes()).isZero();
    }

    @Test
    void shouldGiveUpOnWorkThatTakesTooLong() throws IOException {
        start();
        awaitAnswers();

        assertThatThrownBy(() -> database.with(sql -> sql.query("select pg_sleep(60)").execute()).await().atMost(PATIENCE))
                .isInstanceOfSatisfying(HttpError.class, refusal -> assertThat(refusal.status()).isEqualTo(503));
    }

    @Test
    void shouldRefuseSettingsThatAreNone() {
        for (var url : new String[]{"jdbc:postgresql://localhost/orders", "postgresql://localhost",
                "postgresql://me:secret@localhost/orders", "mysql://a/b"}) {
            assertThatThrownBy(() -> new Database.Settings(url, "", "")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("DATABASE_URL")
                    .hasMessageNotContaining("secret");
        }
        assertThat(new Database.Settings("postgresql://localhost/orders", "me", "secret").toString()).doesNotContain("secret");
    }

    /** The first question loads much, and on a busy machine takes longer than a question may. */
    private void awaitAnswers() {
        await("its migration").atMost(PATIENCE).until(database::prepared);
        await("an answer").atMost(PATIENCE).ignoreException(HttpError.class).until(() -> notes() >= 0);
    }

    private void isRefused() {
        assertThatThrownBy(this::notes).isInstanceOfSatisfying(HttpError.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.getResponse().getHeaderString("Retry-After")).isEqualTo("1");
        });
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
