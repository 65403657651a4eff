package org.debugshop.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.debugshop.launcher.instance.PostgresUser.Starter;
import org.junit.jupiter.api.Test;

class PostgresUserTest {

    private static final Starter ROOT = new Starter("root", true);
    private static final OptionalInt NO_DATA = OptionalInt.empty();

    @Test
    void shouldRunAsTheUserOfTheLauncherUnlessThatIsRoot() throws IOException {
        var user = PostgresUser.choose(new Starter("somebody", true), OptionalInt.of(1000), only());

        assertThat(user).isEqualTo(new PostgresUser(List.of(), OptionalInt.empty()));
    }

    @Test
    void shouldRunInANamespaceWithDataOfRootIfThatIsAllowed() throws IOException {
        var user = PostgresUser.choose(ROOT, NO_DATA, only("unshare", "setpriv"));

        assertThat(user).isEqualTo(new PostgresUser(List.of("unshare", "-U"), OptionalInt.of(0)));
    }

    @Test
    void shouldRunAsTheUserNobodyIfNamespacesAreForbidden() throws IOException {
        var user = PostgresUser.choose(ROOT, OptionalInt.of(0), only("setpriv"));

        assertThat(user.owner()).hasValue(65_534);
        assertThat(user.prefix()).startsWith("setpriv", "--reuid=65534", "--regid=65534").contains("--ambient-caps=+dac_override");
    }

    @Test
    void shouldRunAsTheOwnerOfTheDataIfRootMayChangeUsers() throws IOException {
        var user = PostgresUser.choose(ROOT, OptionalInt.of(1000), only("unshare", "setpriv"));

        assertThat(user.owner()).hasValue(1000);
        assertThat(user.prefix()).startsWith("setpriv", "--reuid=1000");
    }

    @Test
    void shouldGiveTheDataBackToRootIfRootCannotChangeUsers() throws IOException {
        var user = PostgresUser.choose(ROOT, OptionalInt.of(65_534), only("unshare"));

        assertThat(user.owner()).hasValue(0);
    }

    @Test
    void shouldReportWhatToDoIfRootCannotChangeUsers() {
        assertThatIOException().isThrownBy(() -> PostgresUser.choose(ROOT, NO_DATA, only()))
                .withMessageContainingAll("PostgreSQL refuses to run as root", "as another user", "./shop up --memory");
        assertThatIOException().isThrownBy(() -> PostgresUser.choose(new Starter("root", false), NO_DATA, only("unshare", "setpriv")))
                .withMessageContaining("./shop up --memory");
    }

    @Test
    void shouldCreateNoDataForAUserWithoutANameOutsideANamespace() throws IOException {
        var unknown = new Starter("?", true);

        assertThat(PostgresUser.choose(unknown, NO_DATA, only("unshare")).prefix()).containsExactly("unshare", "-U");
        assertThat(PostgresUser.choose(unknown, OptionalInt.of(12_345), only()).prefix()).isEmpty();
        assertThatIOException().isThrownBy(() -> PostgresUser.choose(unknown, NO_DATA, only("setpriv")))
                .withMessageContainingAll("no name in /etc/passwd", "./shop up --memory");
    }

    /** Returns a predicate that accepts commands of these programs only. */
    private static Predicate<List<String>> only(String... programs) {
        return command -> Arrays.asList(programs).contains(command.getFirst());
    }
}
