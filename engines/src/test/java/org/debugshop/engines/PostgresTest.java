package org.debugshop.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresTest {

    /** Runs a command without root's rights, because PostgreSQL refuses to run as root. */
    private static final List<String> NOT_ROOT = System.getProperty("user.name").equals("root") ? List.of("unshare", "-U") : List.of();

    @TempDir
    Path directory;

    private Path checkout;

    @BeforeEach
    void layOut() throws Exception {
        checkout = Files.createDirectory(directory.resolve("größe, $HOME `b` 'c' \"d\" %20 #e \\f"));
        Files.writeString(checkout.resolve("password"), "secret");
    }

    @Test
    @Tag("nightly")
    void shouldPrepareInAFolderOfAnyNameAndRemoveAnInterruptedAttempt() throws Exception {
        var left = List.of(checkout.resolve("engines/postgres.unfinished123/bin"), checkout.resolve("data.unfinished456/base"));
        for (var folder : left) {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("half"), "");
        }

        var preparation = prepare("orders,inventory");

        assertThat(preparation.process().exitValue()).as("%s", preparation.printed()).isZero();
        assertThat(checkout.resolve("data/PG_VERSION")).hasContent("18");
        assertThat(checkout.resolve("engines/postgres/bin/postgres")).isExecutable();
        assertThat(checkout).isDirectoryNotContaining("glob:**unfinished*");
        assertThat(checkout.resolve("engines")).isDirectoryNotContaining("glob:**unfinished*");
    }

    @Test
    @Tag("nightly")
    void shouldReportThatADatabaseCouldNotBeCreatedAndLeaveNoData() throws Exception {
        var preparation = prepare("orders,orders");

        assertThat(preparation.process().exitValue()).isOne();
        assertThat(preparation.printed()).contains("postgres failed: ", "database \"orders\" already exists").doesNotContain("Exception");
        assertThat(checkout.resolve("data")).doesNotExist();
    }

    @Test
    void shouldExplainAFileSystemWithoutPermissions() throws Exception {
        var folder = checkout.resolve("data");

        assertThatIOException().isThrownBy(() -> Postgres.refuseUnlessPrivate(folder, PosixFilePermissions.fromString("rwxrwxrwx")))
                .withMessageContainingAll("The file system of " + checkout + " keeps no permissions", "WSL", "--memory");
    }

    private Program prepare(String databases) throws Exception {
        var arguments = new ArrayList<>(List.of(checkout.resolve("engines/postgres").toString(), checkout.resolve("data").toString(),
                "shop", checkout.resolve("password").toString(), databases));
        arguments.addAll(NOT_ROOT);
        var preparation = Program.start(Postgres.class, checkout, arguments);
        preparation.process().waitFor();
        return preparation;
    }
}
