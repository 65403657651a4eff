package org.debugshop.defaults.data;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.pgclient.PgBuilder;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.flywaydb.core.Flyway;

/**
 * A PostgreSQL database that may come late and go away. It is migrated in the background (Flyway, {@code db/migration} on the class
 * path) as soon as it answers; work that it cannot do now fails within a bounded time with a 503 that has {@code Retry-After}.
 *
 * <p>Not a bean, since few services have one: a service that does produces it from its {@link Settings}.
 */
public final class Database implements AutoCloseable {

    /** Why the database did not do what was asked of it. */
    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.database.failure");

    private static final int CONNECTIONS = 8;
    private static final Duration CONNECT = Duration.ofMillis(500);
    private static final Duration FIRST_DELAY = Duration.ofMillis(250);
    /** Between attempts to reach a database that does not answer. */
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(2);
    /** Between attempts to migrate one that answers: what it refuses now it will most likely refuse in two seconds, too. */
    private static final Duration LONGEST_DELAY_OF_MIGRATION = Duration.ofMinutes(1);
    /** Of the JDBC driver, in seconds, so that a server that accepts a connection and says nothing does not hang the migration for ever. */
    private static final Map<String, String> JDBC_TIMEOUTS = Map.of("connectTimeout", "5", "loginTimeout", "10", "socketTimeout", "120");

    /**
     * Where it is.
     *
     * @param url {@code postgresql://host:port/database}, optionally with parameters that both drivers know
     */
    public record Settings(String url, String user, String password) {

        public Settings {
            if (!url.matches("postgres(ql)?://[^/@]+/[^/@]+")) {
                throw new IllegalArgumentException("DATABASE_URL must be postgresql://host:port/database, without user and password");
            }
        }

        /** The settings of the environment (docs/http.md, "checkout"); empty if {@code DATABASE_URL} is missing or blank. */
        public static Optional<Settings> ofEnvironment() {
            var config = ConfigProvider.getConfig();
            return config.getOptionalValue("shop.database.url", String.class).filter(url -> !url.isBlank()).map(url -> new Settings(url,
                    config.getOptionalValue("shop.database.user", String.class).orElse(""),
                    config.getOptionalValue("shop.database.password", String.class).orElse("")));
        }

        /** Without what it takes to get in. */
        @Override
        public String toString() {
            return url;
        }
    }

    private final Settings settings;
    /** For a connection and the work on it: what is left of the caller's patience is for the way back. */
    private final Duration timeout = Upstream.timeoutOfEnvironment().dividedBy(2);
    private final Pool pool;
    private final Cancellable preparation;
    private volatile boolean prepared;
    /** Of the preparation, which alone uses both. */
    private Duration delay = FIRST_DELAY;
    private String told;

    /** Begins to look for the database and returns at once. */
    public Database(Vertx vertx, Settings settings) {
        this.settings = settings;
        var options = PgConnectOptions.fromUri(settings.url())
                .setUser(settings.user())
                .setPassword(settings.password())
                .setCachePreparedStatements(true);
        options.setConnectTimeout((int) CONNECT.toMillis());
        // PgBouncer refuses a connection whose startup message has parameters that it does not track, statement_timeout among them.
        options.setProperties(Map.of("application_name", "debug-shop", "client_encoding", "UTF8"));
        this.pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(CONNECTIONS).setConnectionTimeout((int) timeout.toMillis())
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
                .withConnectHandler(this::limitStatements)
                .connectingTo(options)
                .using(vertx)
                .build();
        this.preparation = Uni.createFrom().item(this::migrate)
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .onFailure().invoke(this::tell)
                .onFailure().retry().when(failures -> failures.onItem().transformToUniAndConcatenate(this::delay))
                .subscribe().with(count -> {
                    Log.infof("%s is ready, after %d migrations", settings, count);
                    prepared = true;
                });
    }

    /** Runs on each new connection, before anything else does. */
    private void limitStatements(SqlConnection connection) {
        connection.query("set statement_timeout = " + timeout.toMillis()).execute()
                .eventually(connection::close)
                .subscribe().with(_ -> {}, broken -> {});
    }

    private int migrate() {
        return Flyway.configure(Thread.currentThread().getContextClassLoader())
                .jdbcProperties(JDBC_TIMEOUTS)
                .dataSource("jdbc:" + settings.url().replaceFirst("^postgres:", "postgresql:"), settings.user(), settings.password())
                .load()
                .migrate().migrationsExecuted;
    }

    /** Logs why the database is not prepared, once for each reason and not for each attempt. */
    private void tell(Throwable failure) {
        var reason = reason(failure);
        if (!reason.equals(told)) {
            told = reason;
            Log.warnf("%s cannot be migrated yet: %s", settings, reason);
        }
    }

    private Uni<Throwable> delay(Throwable failure) {
        var longest = isUnreachable(failure) ? LONGEST_DELAY : LONGEST_DELAY_OF_MIGRATION;
        var next = delay.compareTo(longest) < 0 ? delay : longest;
        delay = next.multipliedBy(2);
        return Uni.createFrom().item(failure).onItem().delayIt().by(next);
    }

    /** Whether no connection was to be had, or the server is starting up or shutting down (57P01 to 57P03). */
    private static boolean isUnreachable(Throwable failure) {
        return switch (failure) {
            case null -> false;
            case SQLException sql when sql.getSQLState() != null -> sql.getSQLState().matches("08.*|57P0[123]");
            default -> isUnreachable(failure.getCause());
        };
    }

    /** Whether it has answered and been migrated once; it may have gone away since. */
    public boolean prepared() {
        return prepared;
    }

    /**
     * Does the work in one transaction, within a time limit that is shorter than the patience of the caller.
     *
     * @return what {@code work} gives. A failure means that nothing of it was done or will be done, with one exception: a 503 without
     *         {@code Retry-After}, when the connection broke during the commit, so that the outcome is not known
     */
    public <T> Uni<T> inTransaction(Function<SqlConnection, Uni<T>> work) {
        return inTransaction(timeout, work);
    }

    /**
     * As {@link #inTransaction(Function)}, for work that also waits for other services.
     *
     * @param atMost how long the work may take; the commit has the ordinary time limit of its own
     */
    public <T> Uni<T> inTransaction(Duration atMost, Function<SqlConnection, Uni<T>> work) {
        return oncePrepared(() -> transaction(atMost, work));
    }

    /** @return what {@code work} gives, on a connection without a transaction; for reading, and for what may be done twice */
    public <T> Uni<T> with(Function<SqlConnection, Uni<T>> work) {
        return oncePrepared(() -> pool.withConnection(work).ifNoItem().after(timeout).fail());
    }

    private <T> Uni<T> oncePrepared(Supplier<Uni<T>> work) {
        return Uni.createFrom().deferred(() -> prepared ? work.get() : Uni.createFrom().failure(new IOException("It was not reached yet")))
                .onFailure(failure -> !(failure instanceof HttpError) && isAway(failure)).transform(this::unavailable);
    }

    private enum Stage {
        WORKING, COMMITTING, GIVEN_UP
    }

    /**
     * A transaction cannot be cancelled from outside: its statements go on, also when the result is no longer awaited. So either it comes
     * to its commit first, which is then awaited, or the time limit does, and then it is rolled back when it comes to its end.
     */
    private <T> Uni<T> transaction(Duration atMost, Function<SqlConnection, Uni<T>> work) {
        var stage = new AtomicReference<>(Stage.WORKING);
        var outcome = pool.withTransaction(sql -> stage.get() == Stage.GIVEN_UP
                ? Uni.createFrom().<T>failure(new TimeoutException())
                : work.apply(sql).invoke(() -> {
                    if (!stage.compareAndSet(Stage.WORKING, Stage.COMMITTING)) {
                        throw new TimeoutException();
                    }
                })).memoize().indefinitely();
        return outcome
                .ifNoItem().after(atMost).recoverWithUni(() -> stage.compareAndSet(Stage.WORKING, Stage.GIVEN_UP)
                        ? Uni.createFrom().failure(new TimeoutException())
                        : outcome.ifNoItem().after(timeout).fail())
                .onFailure(failure -> stage.get() == Stage.COMMITTING && !isRolledBack(failure)).transform(this::unknown);
    }

    /** Whether the database itself answered the commit with an error; FATAL is the end of its session, at whatever point that was. */
    private static boolean isRolledBack(Throwable failure) {
        return failure instanceof PgException told && "ERROR".equals(told.getSeverity());
    }

    private HttpError unavailable(Throwable cause) {
        report("The database cannot do the work: " + reason(cause));
        return HttpError.unavailable("The database is not available at the moment", cause);
    }

    private HttpError unknown(Throwable cause) {
        report("The database did not confirm a commit: " + reason(cause));
        return new HttpError(503, "The database did not confirm a change: whether the change was made is not known", cause);
    }

    private void report(String reason) {
        // Work that nobody asked for is tried again, and fails in silence.
        if (Span.current().getSpanContext().isValid()) {
            Failure.startsHere("database_unavailable", FAILURE, reason);
            try (var _ = LogFields.of(FAILURE, reason)) {
                Log.errorf("Work on %s failed: %s", settings, reason);
            }
        }
    }

    /**
     * Whether the same work may succeed later, because the database is in trouble and not the work. Anything that a database reports can
     * heal (it becomes writable, is migrated, gets its password or space on its disk) unless {@link #violatesData} is true of it.
     */
    static boolean isAway(Throwable failure) {
        return switch (failure) {
            case null -> false;
            case HttpError _ -> false;
            case PgException told -> !violatesData(told);
            case IOException _,TimeoutException _,java.util.concurrent.TimeoutException _,VertxException _,NoStackTraceThrowable _ -> true;
            default -> failure.getCause() != failure && isAway(failure.getCause());
        };
    }

    /**
     * Whether the data of the work break a rule, so that it will never succeed: SQLSTATE class 22 (data exception) or 23 (integrity
     * constraint violation); PostgreSQL, Appendix A.
     */
    public static boolean violatesData(Throwable failure) {
        return failure instanceof PgException told && told.getSqlState() != null && told.getSqlState().matches("2[23].*");
    }

    private static String reason(Throwable failure) {
        return switch (failure) {
            case TimeoutException _ -> "no answer in time";
            case PgException told -> told.getErrorMessage() + " (" + told.getSqlState() + ")";
            default -> failure.getMessage() == null
                    ? failure.getClass().getSimpleName()
                    : failure.getMessage().lines().map(String::strip)
                            .filter(line -> !line.isBlank() && !line.matches("-+")).findFirst().orElse("unknown");
        };
    }

    @Override
    public void close() {
        preparation.cancel();
        pool.closeAndForget();
    }
}
