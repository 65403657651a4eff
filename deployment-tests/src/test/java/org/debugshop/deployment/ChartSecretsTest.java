package org.debugshop.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Secret of the chart: where it comes from, and that a change reaches the pods. */
class ChartSecretsTest {

    private static final List<String> KEYS = List.of("api-token", "admin-password", "database-password");
    private static final String GIVEN = "secrets: {apiToken: %s, adminPassword: %s, databasePassword: %s}\n";

    @AfterEach
    void forget() {
        Cluster.forget();
    }

    private static Objects render(String values) {
        return new Objects(Chart.renderAnew("shop", values));
    }

    private static Map<String, String> secret(String values) {
        var decoded = new TreeMap<String, String>();
        Objects.texts(render(values).of("Secret").getFirst().path("data"))
                .forEach((key, text) -> decoded.put(key, new String(Base64.getDecoder().decode(text), UTF_8)));
        return decoded;
    }

    @Test
    void shouldTakeTheGivenSecrets() {
        assertThat(secret(GIVEN.formatted("token", "\"päss: word\"", "secret")))
                .isEqualTo(Map.of("api-token", "token", "admin-password", "päss: word", "database-password", "secret"));
    }

    @Test
    void shouldMakeSecretsIfNoneAreGiven() {
        var made = secret("");
        var again = secret("");
        for (var key : KEYS) {
            assertThat(made.get(key)).matches("[A-Za-z0-9]{32}").isNotEqualTo(again.get(key));
        }
        assertThat(made.get("token-key")).startsWith("-----BEGIN EC PRIVATE KEY-----\n").isNotEqualTo(again.get("token-key"));
    }

    @Test
    void shouldKeepTheSecretThatAReleaseHasMade() {
        Cluster.secret("shop-secrets", Map.of("api-token", "kept-token", "admin-password", "kept-password", "database-password", "kept",
                "token-key", "kept-key"));

        assertThat(secret("")).isEqualTo(Map.of("api-token", "kept-token", "admin-password", "kept-password", "database-password", "kept",
                "token-key", "kept-key"));
        assertThat(secret("secrets: {apiToken: mine}")).isEqualTo(
                Map.of("api-token", "mine", "admin-password", "kept-password", "database-password", "kept", "token-key", "kept-key"));
    }

    /** Accounts makes its key itself then, so a Secret from before there were accounts is enough, and so are the first three. */
    @Test
    void shouldNotNeedTheKeyOfTokens() {
        assertThat(secret(GIVEN.formatted("a", "b", "c"))).doesNotContainKey("token-key");
        assertThat(secret(GIVEN.formatted("a", "b", "c").replace("}", ", tokenKey: \"-----BEGIN PRIVATE KEY-----\\n\"}")))
                .containsEntry("token-key", "-----BEGIN PRIVATE KEY-----\n");
        Cluster.secret("mine", Map.of("api-token", "a", "admin-password", "b", "database-password", "c"));
        var reference = Objects.podSpec(render("secrets: {existing: mine}").find("Deployment", "shop-accounts").orElseThrow())
                .at("/containers/0/env").valueStream().filter(variable -> variable.path("name").asText().equals("TOKEN_KEY")).findFirst()
                .orElseThrow()
                .at("/valueFrom/secretKeyRef");
        assertThat(reference.path("key").asText()).isEqualTo("token-key");
        assertThat(reference.path("optional").asBoolean()).isTrue();
        assertThatThrownBy(() -> Chart.render("secrets: {tokenKey: secret}")).hasMessageContaining("tokenKey");
    }

    /** Rendering without a cluster would make the others anew each time. */
    @ParameterizedTest
    @ValueSource(strings = {"apiToken", "adminPassword", "databasePassword"})
    void shouldRefuseToMakeSomeSecretsIfOthersAreGiven(String given) {
        assertThatThrownBy(() -> Chart.render("secrets: {%s: mine}".formatted(given)))
                .hasMessageContaining("is not given, but another one is");
    }

    @Test
    void shouldNeedNoSecretThatNoPodUses() {
        assertThat(secret("""
                secrets: {adminPassword: a, databasePassword: b}
                services: {instabook: {enabled: false}, instabook-cache: {enabled: false}, load-generator-instabook: {enabled: false}}
                """)).containsOnlyKeys("admin-password", "database-password");
    }

    @Test
    void shouldMakeNoneIfThereIsOne() {
        assertThat(render("secrets: {existing: mine}").of("Secret")).isEmpty();
    }

    @Test
    void shouldRefuseASecretOfYourOwnWithoutAKeyThatIsNeeded() {
        Cluster.secret("mine", Map.of("api-token", "a", "admin-password", "b"));

        assertThatThrownBy(() -> Chart.render("secrets: {existing: mine}"))
                .hasMessageContaining("secrets.existing is mine, and this Secret has no key database-password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secrets: {apiToken: a, adminPassword: b}"})
    void shouldRefuseAnExternalDatabaseWithoutItsPassword(String secrets) {
        var external = "engines: {postgres: {enabled: false, external: {host: db.example.com}}}\n";

        assertThatThrownBy(() -> Chart.render(external + secrets)).hasMessageContaining("so its password must be given");
        assertThat(secret(external + GIVEN.formatted("a", "b", "c"))).containsEntry("database-password", "c");
        assertThat(render(external + "secrets: {existing: mine}").of("Secret")).isEmpty();
        var own = "{secretKeyRef: {name: mine, key: password}}";
        assertThat(render((external + "services: {checkout: {env: {DATABASE_PASSWORD: %s}}, inventory: {env: {DATABASE_PASSWORD: %s}}, "
                + "accounts: {env: {DATABASE_PASSWORD: %s}}, payments: {env: {DATABASE_PASSWORD: %s}}}").formatted(own, own, own, own))
                .of("Deployment")).isNotEmpty();
    }

    /** The pods whose template differs between two values, by the name of the component. */
    private static TreeSet<String> restarted(String before, String after) {
        var names = new TreeSet<String>();
        var objects = render(after);
        for (var workload : render(before).workloads()) {
            var now = objects.find(workload.path("kind").asText(), Objects.name(workload)).orElseThrow();
            if (!now.at("/spec/template").equals(workload.at("/spec/template"))) {
                names.add(Objects.podLabels(workload).get("app.kubernetes.io/name"));
            }
        }
        return names;
    }

    @Test
    void shouldRestartThePodsThatUseAChangedSecret() {
        var before = GIVEN.formatted("a", "b", "c");

        assertThat(restarted(before, before)).isEmpty();
        assertThat(restarted(before, GIVEN.formatted("x", "b", "c"))).containsExactly("instabook", "instabook-cache");
        assertThat(restarted(before, GIVEN.formatted("a", "x", "c"))).containsExactly("console", "instabook-cache");
        assertThat(restarted(before, GIVEN.formatted("a", "b", "x"))).containsExactly("accounts", "checkout", "inventory", "payments",
                "postgres");
    }

    @Test
    void shouldRestartPodsWhenASecretOfYourOwnHasChanged() {
        var data = Map.of("api-token", "a", "admin-password", "b", "database-password", "c");
        Cluster.secret("mine", data);
        var before = render("secrets: {existing: mine}");
        assertThat(render("secrets: {existing: mine}")).isEqualTo(before);

        Cluster.secret("mine", Map.of("api-token", "x", "admin-password", "b", "database-password", "c"));
        var after = render("secrets: {existing: mine}");

        assertThat(template(after, "shop-instabook")).isNotEqualTo(template(before, "shop-instabook"));
        assertThat(template(after, "shop-checkout")).isEqualTo(template(before, "shop-checkout"));
    }

    private static JsonNode template(Objects objects, String name) {
        return objects.find("Deployment", name).orElseThrow().at("/spec/template");
    }

    /** A secret that is made is the same for all templates, so the next upgrade restarts nothing. */
    @Test
    void shouldRestartNothingAfterTheFirstInstallation() {
        var first = render("");
        var made = first.of("Secret").getFirst().path("data");
        Cluster.secret("shop-secrets", Stream.of("api-token", "admin-password", "database-password", "token-key").collect(
                java.util.stream.Collectors.toMap(key -> key,
                        key -> new String(Base64.getDecoder().decode(made.path(key).asText()), UTF_8))));

        assertThat(render("")).isEqualTo(first);
    }
}
