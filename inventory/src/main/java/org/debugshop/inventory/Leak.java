package org.debugshop.inventory;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.data.Database;

/** Takes connections from the pool and does not give them back, as code does that forgets to close one on some path. */
class Leak implements Fault.Effect {

    private final Database database;
    // What follows is guarded by this.
    private final List<SqlConnection> kept = new ArrayList<>();
    private boolean isOn;

    Leak(Database database) {
        this.database = database;
    }

    /** Takes one more, or none if the pool has none left. */
    Uni<Void> leak() {
        return database.take().chain(this::keep).onFailure().recoverWithNull();
    }

    private Uni<Void> keep(SqlConnection connection) {
        synchronized (this) {
            if (isOn) {
                kept.add(connection);
                return Uni.createFrom().voidItem();
            }
        }
        return connection.close();
    }

    @Override
    public synchronized Uni<Void> begin(double strength) {
        isOn = true;
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> end() {
        List<SqlConnection> all;
        synchronized (this) {
            isOn = false;
            all = List.copyOf(kept);
            kept.clear();
        }
        return all.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.join().all(all.stream().map(connection -> connection.close().onFailure().recoverWithNull()).toList())
                        .andCollectFailures()
                        .replaceWithVoid();
    }
}
