package org.debugshop.defaults.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeMigrationsTest {

    private static final ClassLoader LOADER = NativeMigrationsTest.class.getClassLoader();

    @Test
    void shouldMigrateAsOnTheJvm() throws IOException, URISyntaxException {
        var folder = Path.of(getClass().getResource("/db/migration").toURI());
        try (var postgres = EmbeddedPostgres.start()) {
            var natively = Flyway.configure().dataSource(postgres.getPostgresDatabase())
                    .resourceProvider(NativeMigrations.of(folder, LOADER)).javaMigrationClassProvider(List::of).load();
            assertThat(natively.migrate().migrationsExecuted).isEqualTo(1);

            // Names and checksums are the same, so the same database can be used by both.
            var onTheJvm = Flyway.configure().dataSource(postgres.getPostgresDatabase()).load();
            onTheJvm.validate();
            assertThat(onTheJvm.migrate().migrationsExecuted).isZero();
        }
    }

    @Test
    void shouldFindEveryMigrationInTheOrderOfItsName(@TempDir Path folder) throws IOException {
        for (var name : List.of("V2__b.sql", "V1__a.sql", "V3__c.txt", "readme.sql")) {
            Files.writeString(folder.resolve(name), "select 1;\n");
        }

        var migrations = NativeMigrations.of(folder, LOADER);

        assertThat(migrations.getResources("V", new String[]{".sql"})).extracting(found -> found.getFilename())
                .containsExactly("V1__a.sql", "V2__b.sql");
        assertThat(migrations.getResource("V2__b.sql").getRelativePath()).isEqualTo("V2__b.sql");
        assertThat(migrations.getResource("V4__d.sql")).isNull();
    }

    /** Flyway would report that nothing had to be done. */
    @Test
    void shouldFailWithoutAnyMigration(@TempDir Path folder) {
        assertThatThrownBy(() -> NativeMigrations.of(folder, LOADER)).hasMessageContaining("no migrations");
        assertThatThrownBy(() -> NativeMigrations.of(folder.resolve("missing"), LOADER)).hasMessageContaining("no migrations");
    }
}
