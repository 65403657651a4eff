package org.debugshop.engines;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * What a PostgreSQL server says about itself, with the names of Prometheus's postgres_exporter. The connection is kept, so that a server
 * without free connections can still be measured.
 */
final class PostgresStatistics implements Exporter.Statistics {

    private static final int PATIENCE_SECONDS = 2;

    private final String url;
    private final Properties properties = new Properties();
    private Connection connection;

    /** @param url {@code postgresql://host:port/database} */
    PostgresStatistics(String url, String user, String password) {
        this.url = "jdbc:" + url;
        properties.putAll(Map.of("user", user, "password", password, "ApplicationName", Exporter.NAME,
                "connectTimeout", "" + PATIENCE_SECONDS, "loginTimeout", "" + PATIENCE_SECONDS, "socketTimeout", "" + PATIENCE_SECONDS,
                "cancelSignalTimeout", "" + PATIENCE_SECONDS));
    }

    @Override
    public void addTo(Exposition all) throws SQLException {
        try {
            if (connection == null) {
                connection = DriverManager.getConnection(url, properties);
            }
            measure(all);
        } catch (SQLException failure) {
            close();
            throw failure;
        }
    }

    @Override
    public void addUnreachableTo(Exposition all) {
        up(all, 0);
    }

    private static void up(Exposition all, int value) {
        all.gauge("pg_up", "Whether PostgreSQL answers", value);
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private void each(String query, Row reader) throws SQLException {
        try (Statement statement = connection.createStatement(); var rows = statement.executeQuery(query)) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }

    private void measure(Exposition all) throws SQLException {
        up(all, 1);
        each("""
                select current_setting('max_connections')::int, (current_setting('default_transaction_read_only') = 'on')::int,
                pg_is_in_recovery()::int, extract(epoch from pg_postmaster_start_time())""",
                row -> all.gauge("pg_settings_max_connections", "Connections that the server accepts", row.getDouble(1))
                        .gauge("pg_settings_default_transaction_read_only", "Whether transactions cannot write by default",
                                row.getDouble(2))
                        .gauge("pg_replication_is_replica", "Whether the server only follows another one", row.getDouble(3))
                        .gauge("pg_postmaster_start_time_seconds", "When the server was started", row.getDouble(4)));
        each("""
                select datname, application_name, state, wait_event_type, count(*),
                coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)
                from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() group by 1, 2, 3, 4
                order by 5 desc limit 100""", row -> {
            String[] labels = {"datname", row.getString(1), "application_name", row.getString(2), "state", row.getString(3),
                    "wait_event_type", row.getString(4)};
            all.gauge("pg_stat_activity_count", "Connections", row.getDouble(5), labels);
            all.gauge("pg_stat_activity_max_tx_duration", "Seconds since the oldest transaction began", row.getDouble(6), labels);
        });
        each("""
                select d.datname, l.mode, count(*), count(*) filter (where not l.granted)
                from pg_locks l join pg_database d on d.oid = l.database where l.pid <> pg_backend_pid()
                group by 1, 2 order by 3 desc limit 100""", row -> {
            all.gauge("pg_locks_count", "Locks that are held or wanted", row.getDouble(3), "datname", row.getString(1), "mode",
                    row.getString(2).toLowerCase(Locale.ROOT));
            all.gauge("pg_locks_waiting_count", "Locks that are wanted and not granted", row.getDouble(4), "datname", row.getString(1),
                    "mode", row.getString(2).toLowerCase(Locale.ROOT));
        });
        each("""
                select w.datname, w.application_name, b.application_name, count(distinct w.pid)
                from pg_stat_activity w cross join lateral unnest(pg_blocking_pids(w.pid)) as blocking(pid)
                join pg_stat_activity b on b.pid = blocking.pid
                where w.wait_event_type = 'Lock' group by 1, 2, 3 order by 4 desc limit 100""",
                row -> all.gauge("pg_blocked_count", "Connections that wait for a lock which another one holds", row.getDouble(4),
                        "datname", row.getString(1), "application_name", row.getString(2), "blocked_by", row.getString(3)));
        each("""
                select s.datname, numbackends, xact_commit, xact_rollback, deadlocks
                from pg_stat_database s join pg_database d on d.oid = s.datid where not d.datistemplate limit 50""",
                row -> all
                        .gauge("pg_stat_database_numbackends", "Connections to the database", row.getDouble(2), "datname", row.getString(1))
                        .counter("pg_stat_database_xact_commit", "Transactions that were committed", row.getDouble(3), "datname",
                                row.getString(1))
                        .counter("pg_stat_database_xact_rollback", "Transactions that were rolled back", row.getDouble(4), "datname",
                                row.getString(1))
                        .counter("pg_stat_database_deadlocks", "Deadlocks", row.getDouble(5), "datname", row.getString(1)));
    }

    @Override
    public void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException broken) {
                // It is of no use any more.
            }
            connection = null;
        }
    }
}
