package org.debugshop.checkout;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;

/** A real PostgreSQL that checks the password of the service, and that of no one else. */
public class PostgresWithPassword implements QuarkusTestResourceLifecycleManager {

    private static EmbeddedPostgres postgres;
    private static Path directory;

    @Override
    public Map<String, String> start() {
        try {
            directory = Files.createTempDirectory("postgres");
            var data = directory.resolve("data");
            postgres = EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).start();
            Files.writeString(data.resolve("pg_hba.conf"), """
                    host all postgres all trust
                    host all shop     all scram-sha-256
                    """);
            try (var connection = connect("postgres"); var statement = connection.createStatement()) {
                for (var sql : new String[]{"select pg_reload_conf()", "create role shop login password 'secret'",
                        "create database orders owner shop"}) {
                    statement.execute(sql);
                }
            }
            return Map.of("shop.database.url", "postgresql://localhost:" + postgres.getPort() + "/orders", "shop.database.user", "shop",
                    "shop.database.password", "secret");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens a session of an operator. */
    static Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://localhost:%d/%s".formatted(postgres.getPort(), database), "postgres", "");
    }

    @Override
    public void stop() {
        try {
            postgres.close();
            try (var files = Files.walk(directory)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
