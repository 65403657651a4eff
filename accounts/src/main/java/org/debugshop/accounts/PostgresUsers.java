package org.debugshop.accounts;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowIterator;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.data.Database;

/** Users in PostgreSQL. */
class PostgresUsers implements UserStore {

    private static final String USER = "select id, username, email, password, created_at from users";

    private final Database database;

    PostgresUsers(Database database) {
        this.database = database;
    }

    /** In a transaction, so that a failure means that the user was not added. */
    @Override
    public Uni<Boolean> add(User user) {
        return database.inTransaction(sql -> sql.preparedQuery("""
                insert into users (id, username, email, password, created_at) values ($1, $2, $3, $4, $5)
                on conflict (username) do nothing""")
                .execute(Tuple.of(user.id(), user.username(), user.email(), user.password(), user.createdAt().atOffset(ZoneOffset.UTC)))
                .map(rows -> rows.rowCount() == 1));
    }

    @Override
    public Uni<Optional<User>> named(String username) {
        return database.with(sql -> sql.preparedQuery(USER + " where username = $1").execute(Tuple.of(username)).map(PostgresUsers::first));
    }

    @Override
    public Uni<Optional<User>> withId(UUID id) {
        return database.with(sql -> sql.preparedQuery(USER + " where id = $1").execute(Tuple.of(id)).map(PostgresUsers::first));
    }

    @Override
    public boolean prepared() {
        return database.prepared();
    }

    private static Optional<User> first(RowSet<Row> rows) {
        RowIterator<Row> all = rows.iterator();
        return all.hasNext() ? Optional.of(user(all.next())) : Optional.empty();
    }

    private static User user(Row row) {
        return new User(row.getUUID(0), row.getString(1), row.getString(2), row.getString(3), row.getOffsetDateTime(4).toInstant());
    }
}
