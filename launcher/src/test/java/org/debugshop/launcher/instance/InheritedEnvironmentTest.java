package org.debugshop.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InheritedEnvironmentTest extends InASandbox {

    @Test
    void shouldNotPassForeignVariablesToTheServices() throws Exception {
        var foreign = Map.of("REDIS_URL", "redis://elsewhere", "OTEL_SERVICE_NAME", "mine", "QUARKUS_HTTP_PORT", "1", "DATABASE_URL",
                "mine",
                "JAVA_TOOL_OPTIONS", "-Dmine=1", "PGDATA", "/mine", "FORWARD_SECRET", "mine", "PORT", "1");
        foreign.forEach(sandbox::set);
        sandbox.set("RATE", "3");
        sandbox.set("LC_TIME", "de_DE.UTF-8");
        sandbox.set("SHOP_QUARKUS_LOG_CATEGORY_X_LEVEL", "DEBUG");

        assertThat(sandbox.run("up", "-d", "--only", "currency", "--port-offset", n)).returns(0, Outcome::code);

        assertThat(sandbox.environmentOf(offset, "currency"))
                .contains("RATE=3", "LC_TIME=de_DE.UTF-8", "QUARKUS_LOG_CATEGORY_X_LEVEL=DEBUG", "PORT=" + (8082 + offset))
                .anyMatch(variable -> variable.startsWith("PATH="))
                .noneMatch(variable -> variable.startsWith("SHOP_"))
                .noneMatch(
                        variable -> foreign.entrySet().stream()
                                .anyMatch(entry -> variable.equals(entry.getKey() + "=" + entry.getValue())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EDGE_AUTH_SERVICE", "SHOP_EDGE_AUTH_SERVICE"})
    @Tag("nightly")
    void shouldLetUsersReplaceTheAuthenticationService(String variable) throws Exception {
        sandbox.set(variable, "http://localhost:9999/auth");

        assertThat(sandbox.run("up", "-d", "--only", "accounts,gateway", "--port-offset", n)).returns(0, Outcome::code);

        assertThat(sandbox.environmentOf(offset, "gateway")).contains("EDGE_AUTH_SERVICE=http://localhost:9999/auth",
                "ACCOUNTS_SERVICE=http://localhost:" + (8088 + offset));
    }

    @Test
    void shouldPreferVariablesWithThePrefixShop() {
        var environment = new HashMap<>(Map.of("RATE", "1", "SHOP_RATE", "2", "SHOP_", "odd", "SHOPPING", "no"));

        InheritedEnvironment.clean(environment);

        assertThat(environment).containsExactly(Map.entry("RATE", "2"));
    }

    @Test
    void shouldDocumentEachVariableThatIsLetThrough() throws IOException {
        var rows = Pattern.compile("^\\| `([A-Z_]+)` \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("..", "docs", "troubleshooting.md")));

        assertThat(rows.results().map(row -> row.group(1)).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(InheritedEnvironment.SETTINGS);
    }
}
