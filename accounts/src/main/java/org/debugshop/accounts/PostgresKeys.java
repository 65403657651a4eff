package org.debugshop.accounts;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.data.Database;

/** Keys in PostgreSQL. */
class PostgresKeys implements SigningKeyStore {

    private static final Duration KEPT = Duration.ofDays(1);

    private final Database database;

    PostgresKeys(Database database) {
        this.database = database;
    }

    @Override
    public Uni<List<SigningKey>> keys(Instant now) {
        return database.with(sql -> sql.preparedQuery("""
                delete from signing_key where expires_at < $1
                and (generation is null or generation < (select max(generation) - 1 from signing_key))""")
                .execute(Tuple.of(now.minus(KEPT).atOffset(ZoneOffset.UTC)))
                .chain(() -> sql.preparedQuery("""
                        select algorithm, public_key, private_key, coalesce(generation, 0), created_at, expires_at from signing_key
                        where expires_at > $1 or generation is not null order by created_at, kid""")
                        .execute(Tuple.of(now.atOffset(ZoneOffset.UTC))))
                .map(rows -> {
                    var keys = new ArrayList<SigningKey>();
                    rows.forEach(row -> keys.add(key(row)));
                    return keys;
                }));
    }

    private static SigningKey key(Row row) {
        return Keys.ofDatabase(row.getString(0), row.getString(1), Optional.ofNullable(row.getString(2)), row.getInteger(3),
                row.getOffsetDateTime(4).toInstant(), row.getOffsetDateTime(5).toInstant());
    }

    @Override
    public Uni<Void> add(SigningKey key) {
        return database.with(sql -> sql.preparedQuery("""
                insert into signing_key (kid, algorithm, public_key, private_key, generation, created_at, expires_at)
                values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing""")
                .execute(Tuple.tuple().addString(key.kid()).addString(key.algorithm()).addString(base64(key.publicKey().getEncoded()))
                        .addString(key.privateKey().map(found -> base64(found.getEncoded())).orElse(null))
                        .addInteger(key.generation() == 0 ? null : key.generation())
                        .addOffsetDateTime(key.createdAt().atOffset(ZoneOffset.UTC))
                        .addOffsetDateTime(key.expiresAt().atOffset(ZoneOffset.UTC)))
                .replaceWithVoid());
    }

    @Override
    public Uni<Boolean> extend(String kid, Instant end) {
        return database.with(sql -> sql.preparedQuery("update signing_key set expires_at = greatest(expires_at, $2) where kid = $1")
                .execute(Tuple.of(kid, end.atOffset(ZoneOffset.UTC))).map(rows -> rows.rowCount() == 1));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
