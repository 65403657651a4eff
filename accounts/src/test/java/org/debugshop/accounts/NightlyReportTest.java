package org.debugshop.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Uses a real PostgreSQL with few connections. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NightlyReportTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 20;

    private EmbeddedPostgres postgres;
    /** A session of an operator, who counts the others. */
    private Connection operator;
    private Vertx vertx;
    private Database database;

    @BeforeAll
    void start() throws IOException, SQLException {
        postgres = EmbeddedPostgres.builder().setServerConfig("max_connections", Integer.toString(CONNECTIONS)).start();
        operator = DriverManager.getConnection("jdbc:postgresql://localhost:%d/postgres?ApplicationName=psql".formatted(postgres.getPort()),
                "postgres", "");
        vertx = Vertx.vertx();
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres", "postgres"));
        awaitSix();
    }

    @AfterAll
    void stop() throws IOException, SQLException {
        database.close();
        vertx.closeAndAwait();
        operator.close();
        postgres.close();
    }

    @Test
    void shouldTakeNearlyAllConnectionsUntilItEnds() throws SQLException {
        var report = new NightlyReport(Optional.of(database));

        get(report.begin(2));

        awaitSessions(CONNECTIONS - 2 - 1);
        await("only two get a connection").atMost(PATIENCE).until(this::six, statuses -> statuses.containsAll(List.of(200, 503)));
        get(new NightlyReport(Optional.of(database)).begin(2));
        get(report.begin(3));
        awaitSessions(CONNECTIONS - 3 - 1);

        get(report.end());
        awaitSessions(0);
        awaitSix();
    }

    private void awaitSix() {
        await().atMost(PATIENCE).until(() -> six().stream().allMatch(status -> status == 200));
    }

    /** Does six things at the same time. Returns their statuses. */
    private List<Integer> six() {
        return get(Uni.join().all(IntStream.range(0, 6).mapToObj(_ -> database.with(sql -> sql.query("select pg_sleep(0.3)").execute())
                .replaceWith(200).onFailure(HttpError.class).recoverWithItem(HttpError::status)).toList()).andFailFast());
    }

    /** The server still counts a session for a moment after it was closed. */
    private void awaitSessions(int expected) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(sessions()).isEqualTo(expected));
    }

    private long sessions() throws SQLException {
        try (var statement = operator.createStatement();
                var rows = statement.executeQuery("select count(*) from pg_stat_activity where application_name = 'nightly-report'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
