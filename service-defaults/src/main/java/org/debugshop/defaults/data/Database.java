package org.debugshop.defaults.data;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.LaunchMode;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.pgclient.PgBuilder;
import io.vertx.mutiny.pgclient.PgConnection;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.PoolOptions;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
 * A PostgreSQL database that may be unavailable at startup or later. As soon as it answers, it is migrated in the background
 * (Flyway, {@code db/migration} on the class path). Until then, and whenever it is unavailable, work fails within a bounded time
 * with a 503 that has {@code Retry-After}.
 *
 * <p>It is not a bean, because few services have a database. Those that do produce it from its {@link Settings}.
 */
public final class Database implements AutoCloseable {

    /** Why the database didn't do the work. */
    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.database.failure");

    /** The server notices within half a minute that the host of a connection is gone, and ends its locks. */
    private static final String KEEP_ALIVE = "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3";
    private static final int CONNECTIONS = 8;
    /**
     * The pool gives up this part of the timeout earlier than the work would, so that a failure says that there was no free
     * connection.
     */
    private static final int PART_FOR_THE_REASON = 20;
    private static final Duration FIRST_DELAY = Duration.ofMillis(250);
    /** How long a start in dev mode waits for the database. */
    private static final Duration WAIT_IN_DEV_MODE = Duration.ofSeconds(10);
    /** The longest delay between attempts to reach a database that doesn't answer. */
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(2);
    /**
     * The longest delay between attempts to migrate a database that answers: if it refuses a migration now, it will most likely
     * refuse it in two seconds, too.
     */
    private static final Duration LONGEST_DELAY_OF_MIGRATION = Duration.ofMinutes(1);
    /**
     * Timeouts of the JDBC driver, in seconds. Without them, a server that accepts a connection and then sends nothing would block
     * the migration for ever.
     */
    private static final Map<String, String> JDBC_TIMEOUTS = Map.of("connectTimeout", "5", "loginTimeout", "10", "socketTimeout", "120");

    /**
     * The address of the database, and the account.
     *
     * @param url {@code postgresql://host:port/database}, optionally with parameters that both drivers support
     */
    public record Settings(String url, String user, String password) {

        public Settings {
            if (!url.matches("postgres(ql)?://[^/@]+/[^/@]+")) {
                throw new IllegalArgumentException("DATABASE_URL must be postgresql://host:port/database, without user and password");
            }
        }

        /** Returns the settings of the environment (docs/http.md, "checkout"); empty if {@code DATABASE_URL} is missing or blank. */
        public static Optional<Settings> ofEnvironment() {
            var config = ConfigProvider.getConfig();
            return config.getOptionalValue("shop.database.url", String.class).filter(url -> !url.isBlank()).map(url -> new Settings(url,
                    config.getOptionalValue("shop.database.user", String.class).orElse(""),
                    config.getOptionalValue("shop.database.password", String.class).orElse("")));
        }

        /** Returns the address without user and password. */
        @Override
        public String toString() {
            return url;
        }
    }

    private final Vertx vertx;
    private final Settings settings;
    /** The password of the pool's connections that are opened from now on. */
    private volatile String password;
    private final Duration timeout;
    private final Pool pool;
    private final Set<SqlConnection> opened = ConcurrentHashMap.newKeySet();
    private final PoolMeters meters;
    private final Cancellable preparation;
    private volatile boolean prepared;
    private final CompletableFuture<Void> preparedOnce = new CompletableFuture<>();
    /** State of the preparation, and only used by it: the next delay and the last reason that was logged. */
    private Duration delay = FIRST_DELAY;
    private String logged;

    /**
     * Starts to connect in the background, and returns at once; only in dev mode it waits for a while until the database is prepared. Half
     * of the caller's timeout is left for the rest of a request.
     */
    public Database(Vertx vertx, Settings settings) {
        this(vertx, settings, Upstream.timeoutOfEnvironment().dividedBy(2));
    }

    /** @param timeout for getting a connection and for the work on it; a new connection has half of it */
    public Database(Vertx vertx, Settings settings, Duration timeout) {
        this.vertx = vertx;
        this.settings = settings;
        this.timeout = timeout;
        this.password = settings.password();
        var options = options(applicationName(), password);
        this.pool = PgBuilder.pool()
                .with(new PoolOptions().setName(options.getDatabase()).setMaxSize(CONNECTIONS)
                        .setConnectionTimeout((int) timeout.minus(timeout.dividedBy(PART_FOR_THE_REASON)).toMillis())
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
                .withConnectHandler(this::limitStatements)
                .connectingTo(() -> Uni.createFrom().item(new PgConnectOptions(options).setPassword(password)))
                .using(vertx)
                .build();
        this.meters = new PoolMeters(options.getDatabase(), CONNECTIONS, pool::size);
        this.preparation = Uni.createFrom().item(this::migrate)
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .onFailure().invoke(this::warn)
                .onFailure().retry().when(failures -> failures.onItem().transformToUniAndConcatenate(this::delay))
                .subscribe().with(count -> {
                    Log.infof("%s is ready, after %d migrations", settings, count);
                    prepared = true;
                    preparedOnce.complete(null);
                });
        if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
            // The request that causes a live reload is handled as soon as the service has started again. It would fail without a database.
            whenPrepared().ifNoItem().after(WAIT_IN_DEV_MODE).recoverWithItem((Void) null).await().indefinitely();
        }
    }

    private PgConnectOptions options(String applicationName, String currentPassword) {
        var options = PgConnectOptions.fromUri(settings.url())
                .setUser(settings.user())
                .setPassword(currentPassword)
                .setCachePreparedStatements(true);
        options.setConnectTimeout((int) timeout.dividedBy(2).toMillis());
        // PgBouncer refuses connections with unknown startup parameters, such as statement_timeout, so that one is set by SQL.
        options.setProperties(Map.of("application_name", applicationName, "client_encoding", "UTF8"));
        return options;
    }

    /** Returns the name of the service, by which PostgreSQL lists its connections ({@code pg_stat_activity}). */
    public static String applicationName() {
        return ConfigProvider.getConfig().getOptionalValue("shop.service.name", String.class).orElse("debug-shop");
    }

    /** Runs first on each new connection. */
    private void limitStatements(SqlConnection connection) {
        connection.query("set statement_timeout = " + timeout.toMillis()).execute()
                .eventually(connection::close)
                .subscribe().with(_ -> {}, broken -> {});
    }

    private int migrate() {
        var loader = Thread.currentThread().getContextClassLoader();
        var properties = new HashMap<>(JDBC_TIMEOUTS);
        properties.put("ApplicationName", applicationName());
        var flyway = Flyway.configure(loader)
                .jdbcProperties(properties)
                .dataSource("jdbc:" + settings.url().replaceFirst("^postgres:", "postgresql:"), settings.user(), settings.password());
        if (ImageMode.current().isNativeImage()) {
            flyway.resourceProvider(NativeMigrations.ofExecutable(loader)).javaMigrationClassProvider(List::of);
        }
        return flyway.load().migrate().migrationsExecuted;
    }

    /** Logs why the database is not ready, once for each reason instead of once for each attempt. */
    private void warn(Throwable failure) {
        var reason = reason(failure);
        if (!reason.equals(logged)) {
            logged = reason;
            Log.warnf("%s cannot be migrated yet: %s", settings, reason);
        }
    }

    private Uni<Throwable> delay(Throwable failure) {
        var longest = isUnreachable(failure) ? LONGEST_DELAY : LONGEST_DELAY_OF_MIGRATION;
        var next = delay.compareTo(longest) < 0 ? delay : longest;
        delay = next.multipliedBy(2);
        return Uni.createFrom().item(failure).onItem().delayIt().by(next);
    }

    /** Returns whether no connection was available, or the server is starting up or shutting down (57P01 to 57P03). */
    private static boolean isUnreachable(Throwable failure) {
        return switch (failure) {
            case null -> false;
            case SQLException sql when sql.getSQLState() != null -> sql.getSQLState().matches("08.*|57P0[123]");
            default -> isUnreachable(failure.getCause());
        };
    }

    /** Returns whether the database was reached and migrated once. It may have become unavailable since. */
    public boolean prepared() {
        return prepared;
    }

    /** Completes when {@link #prepared} is true. */
    public Uni<Void> whenPrepared() {
        return Uni.createFrom().completionStage(preparedOnce::copy);
    }

    /**
     * Opens a connection that belongs to the caller, who closes it. It is not one of the pool, and has no time limit.
     *
     * @param applicationName its name in {@code pg_stat_activity}
     */
    public Uni<SqlConnection> open(String applicationName) {
        return whenPrepared().chain(() -> PgConnection.connect(vertx, options(applicationName, settings.password())))
                .<SqlConnection>map(connection -> {
                    opened.add(connection);
                    connection.closeHandler(() -> opened.remove(connection));
                    return connection;
                })
                .call(connection -> connection.query(KEEP_ALIVE).execute());
    }

    /** Takes a connection from the pool. The caller closes it, and so returns it to the pool. */
    public Uni<SqlConnection> take() {
        return pool.getConnection();
    }

    /** Changes the password of the pool's connections that are opened from now on; empty for that of the settings. */
    public void usePassword(Optional<String> other) {
        password = other.orElse(settings.password());
    }

    /**
     * Does the work in one transaction, within a time limit that is shorter than the caller's timeout.
     *
     * @return the result of {@code work}. A failure means that nothing was done or will be done, with one exception: a 503 without
     *         {@code Retry-After} means that the connection broke during the commit, so the outcome is unknown
     */
    public <T> Uni<T> inTransaction(Function<SqlConnection, Uni<T>> work) {
        return inTransaction(timeout, work);
    }

    /**
     * Like {@link #inTransaction(Function)}, for work that also waits for other services.
     *
     * @param atMost the time limit for the work; the commit has the usual limit
     */
    public <T> Uni<T> inTransaction(Duration atMost, Function<SqlConnection, Uni<T>> work) {
        return oncePrepared(() -> transaction(atMost, work));
    }

    /** Does the work on a connection without a transaction, for reading and for work that may be done twice. Returns its result. */
    public <T> Uni<T> with(Function<SqlConnection, Uni<T>> work) {
        return oncePrepared(() -> pool.withConnection(work).ifNoItem().after(timeout).fail());
    }

    private <T> Uni<T> oncePrepared(Supplier<Uni<T>> work) {
        return Uni.createFrom().deferred(() -> prepared ? work.get() : Uni.createFrom().failure(new IOException("It was never reached")))
                .onFailure().invoke(meters::note)
                .onFailure(failure -> !(failure instanceof HttpError) && isAway(failure)).transform(this::unavailable);
    }

    private enum Stage {
        WORKING, COMMITTING, GIVEN_UP
    }

    /**
     * A transaction can't be cancelled from outside: its statements go on even if the result is no longer awaited. If it reaches
     * its commit within the time limit, the commit is awaited. Otherwise it is rolled back when its work ends.
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

    /**
     * Returns whether the database itself answered the commit with an error. FATAL instead means the end of the session, at any
     * point of the commit.
     */
    private static boolean isRolledBack(Throwable failure) {
        return failure instanceof PgException error && "ERROR".equals(error.getSeverity());
    }

    /** Work that failed because of the database. */
    private static final class Failed extends HttpError {

        private final String reason;
        private final String log;

        Failed(String sentence, Throwable cause, Settings settings, String reason) {
            super(503, sentence, cause);
            this.reason = reason;
            this.log = "Work on " + settings + " failed: " + reason;
        }

        /** Marks the current span, and logs the reason. */
        Failed report() {
            // Background work, which has no trace, is repeated, so its failures are not logged.
            if (Span.current().getSpanContext().isValid()) {
                Failure.startsHere("database_unavailable", FAILURE, reason);
                try (var _ = LogFields.of(FAILURE, reason)) {
                    Log.error(log);
                }
            }
            return this;
        }
    }

    private HttpError unavailable(Throwable cause) {
        var failed = new Failed("The database is not available at the moment", cause, settings,
                "The database cannot do the work: " + reason(cause));
        failed.getResponse().getHeaders().putSingle(HttpHeaders.RETRY_AFTER, "1");
        return failed.report();
    }

    private HttpError unknown(Throwable cause) {
        return new Failed("The database did not confirm a change: whether the change was made is not known", cause, settings,
                "The database did not confirm a commit: " + reason(cause)).report();
    }

    /**
     * Reports a failure on the current span too, if it is one of the database. The request that began the work has its report already;
     * this is for other requests that share the result.
     */
    public static void reportAgain(Throwable failure) {
        if (failure instanceof Failed failed) {
            failed.report();
        }
    }

    /**
     * Returns whether the same work may succeed later because the cause is the database and not the work. Any error that a database
     * reports can be temporary (it becomes writable, is migrated, gets its password or disk space), except if {@link #violatesData}
     * is true.
     */
    static boolean isAway(Throwable failure) {
        return switch (failure) {
            case null -> false;
            case HttpError _ -> false;
            case PgException error -> !violatesData(error);
            case IOException _,TimeoutException _,java.util.concurrent.TimeoutException _,VertxException _,NoStackTraceThrowable _ -> true;
            default -> failure.getCause() != failure && isAway(failure.getCause());
        };
    }

    /**
     * Returns whether the data of the work violate a rule, so that the work can never succeed: SQLSTATE class 22 (data exception)
     * or 23 (integrity constraint violation); see PostgreSQL, Appendix A.
     */
    public static boolean violatesData(Throwable failure) {
        return failure instanceof PgException error && error.getSqlState() != null && error.getSqlState().matches("2[23].*");
    }

    private static String reason(Throwable failure) {
        return switch (failure) {
            case TimeoutException _ -> "no answer in time";
            case NoStackTraceThrowable timeout when PoolMeters.isTimeout(timeout) -> "no free connection in time";
            case PgException error -> error.getErrorMessage() + " (" + error.getSqlState() + ")";
            default -> failure.getMessage() == null
                    ? failure.getClass().getSimpleName()
                    : failure.getMessage().lines().map(String::strip)
                            .filter(line -> !line.isBlank() && !line.matches("-+")).findFirst().orElse("unknown");
        };
    }

    @Override
    public void close() {
        preparation.cancel();
        // Vert.x would keep them during a live reload.
        Set.copyOf(opened).forEach(SqlConnection::closeAndForget);
        pool.closeAndForget();
    }
}
