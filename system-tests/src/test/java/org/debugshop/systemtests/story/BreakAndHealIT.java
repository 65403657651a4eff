package org.debugshop.systemtests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.TokenSwitch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story of {@link FailureIT} from the terminal: {@code ./shop break}, {@code trace}, {@code failures}, {@code heal}. */
@UsesTheSystem
class BreakAndHealIT {

    private static final String TOKEN = "instabook-token";
    private static final String REASON = "API token authentication is disabled";
    private static final Pattern TREE = Pattern.compile("(?m)^Trace ([0-9a-f]{32}) at .*: [0-9.]+ ms, \\d+ spans? in \\d+ services?$");

    private final Shop shop;
    private final Console console;
    private final TokenSwitch tokenSwitch;

    @TempDir
    private Path directory;

    BreakAndHealIT(Shop shop) {
        this.shop = shop;
        this.console = Console.of(shop);
        this.tokenSwitch = new TokenSwitch(shop);
    }

    @AfterEach
    void heal() {
        tokenSwitch.on();
    }

    @Test
    void shouldBreakFindAndHealFromTheTerminal() {
        assertThat(state()).isEqualTo("healed");
        assertThat(shop.run("break", TOKEN)).returns(0, Shop.Outcome::code).extracting(Shop.Outcome::out).asString()
                .startsWith("Broke instabook-token.")
                .contains("instabook_cache_errors_total{error_type=\"auth_failure\"}", "./shop trace --error", shop.url(CONSOLE))
                .doesNotContain(REASON);
        assertThat(tokenSwitch.isOn()).isFalse();
        var brokenAt = Instant.now();
        assertThat(state()).isEqualTo("broken");
        assertThat(shop.run("break", TOKEN)).returns(0, Shop.Outcome::code).extracting(Shop.Outcome::out).asString()
                .startsWith("instabook-token is broken already.");

        await("a failed booking").atMost(PATIENCE).until(
                () -> console.traces("service", "instabook-cache", "error", "true", "since", brokenAt.toString()),
                found -> !found.isEmpty());
        await("the trace of a failed booking, complete").atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shop.run("trace", "--error", "--service", "load-generator-instabook"))
                        .returns(0, Shop.Outcome::code).extracting(Shop.Outcome::out).asString()
                        .matches("(?s)Trace [0-9a-f]{32} at .*")
                        .containsPattern("(?m)^ +[0-9.]+ +[0-9.]+ +\\+ instabook SERVER .* ERROR 500$")
                        .containsPattern("(?m)^ +[0-9.]+ +[0-9.]+ +\\+ instabook-cache SERVER .* ERROR 401$")
                        .containsPattern("(?m)^ +<- started here: " + REASON + "$")
                        .containsPattern("(?m)^ +WARN Refused a request for a booking session: " + REASON + "$")
                        .endsWith("\ninstabook-cache answered 401: " + REASON + "; seen by load-generator-instabook as 500\n"));

        await("the diagnosis").atMost(PATIENCE).pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(shop.run("why").out()).contains("\n1. instabook-cache, confidence "));

        assertThat(shop.run("heal")).returns(0, Shop.Outcome::code).returns("Healed instabook-token.\n", Shop.Outcome::out);
        assertThat(tokenSwitch.isOn()).isTrue();
        assertThat(state()).isEqualTo("healed");
        assertThat(shop.run("heal")).returns(0, Shop.Outcome::code).returns("Nothing is broken.\n", Shop.Outcome::out);
    }

    @Test
    void shouldShowTheStateOfASwitchThatWasChangedElsewhere() {
        tokenSwitch.off();
        assertThat(state()).isEqualTo("broken");
        assertThat(Json.tree(Http.text(shop.url(CONSOLE) + "/api/failures/" + TOKEN)).path("active").booleanValue()).isTrue();
        assertThat(shop.run("heal", TOKEN)).returns(0, Shop.Outcome::code);
        assertThat(tokenSwitch.isOn()).isTrue();
    }

    @Test
    void shouldPlayTheIncidentGameAndHealWhenThePlayerLeaves() {
        var game = shop.run("incident", "--json", "--seed", "5");

        assertThat(game.code()).as("the input has ended without a guess").isOne();
        var lines = game.out().lines().map(Json::tree).toList();
        assertThat(lines).hasSize(2).extracting(line -> line.path("state").asText()).containsExactly("running", "given_up");
        assertThat(lines.getFirst().path("answer").isNull()).isTrue();
        assertThat(lines.getFirst().path("components")).extracting(name -> name.asText()).contains("payments", "none");
        assertThat(lines.getLast().path("answer").path("hints")).isNotEmpty();
        assertThat(Json.tree(Http.text(shop.url(CONSOLE) + "/api/faults")))
                .allSatisfy(fault -> assertThat(fault.path("active").booleanValue()).as(fault.toString()).isFalse());
    }

    @Test
    void shouldShowATraceOfTheConsole() {
        var trace = await("a complete trace of an order").atMost(PATIENCE)
                .until(() -> shop.run("trace", "--service", "checkout", "--json"), found -> found.code() == 0
                        && Json.one(found.out(), Console.Trace.class).isWhole())
                .out();
        var id = Json.one(trace, Console.Trace.class).traceId();

        assertThat(Json.tree(trace)).isEqualTo(Json.tree(console.traceText(id)));
        assertThat(shop.run("trace", id).out()).startsWith("Trace " + id).contains("checkout SERVER ").doesNotContain("\u001b")
                .endsWith("\nNo span of it failed.\n");
        assertThat(shop.run("trace", "0".repeat(31) + "1")).returns(1, Shop.Outcome::code).extracting(Shop.Outcome::err).asString()
                .contains("The console has no trace");
        assertThat(shop.run("trace", "--service", "gatway")).returns(1, Shop.Outcome::code).extracting(Shop.Outcome::err).asString()
                .contains("Did you mean gateway?");
    }

    @Test
    void shouldShowEachCompleteTraceOnceUntilCtrlC() throws Exception {
        var output = directory.resolve("follow.txt");
        var following = shop.prepare("trace", "--follow", "--service", "instabook-cache").redirectErrorStream(true)
                .redirectOutput(output.toFile()).start();
        try {
            await("some traces").atMost(PATIENCE).until(() -> TREE.matcher(Files.readString(output)).results().count() >= 5);
            assertThat(new ProcessBuilder("/bin/sh", "-c", "kill -INT " + following.pid()).start().waitFor()).isZero();
            assertThat(following.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            following.destroyForcibly();
        }

        assertThat(following.exitValue()).isEqualTo(130);
        var text = Files.readString(output);
        assertThat(TREE.matcher(text).results().map(trace -> trace.group(1))).doesNotHaveDuplicates();
        assertThat(text).contains("instabook-cache SERVER").doesNotContain("Not all of it is here");
    }

    @Test
    void shouldNotChangeASwitchForAPageOfAnotherOrigin() {
        for (var header : List.of("Origin: http://evil.example", "Sec-Fetch-Site: cross-site")) {
            var parts = header.split(": ");
            assertThat(
                    io.restassured.RestAssured.given().baseUri(shop.url(CONSOLE)).header(parts[0], parts[1]).contentType("application/json")
                            .body("{\"active\":true}").put("/api/failures/" + TOKEN).statusCode())
                    .isEqualTo(403);
        }
        assertThat(tokenSwitch.isOn()).isTrue();
    }

    @Test
    void shouldReportWhyTheStateOfAStoppedCacheIsUnknown() {
        try (var own = OwnShop.start("--only", "console")) {
            assertThat(own.shop().run("failures")).returns(0, Shop.Outcome::code).satisfies(failures -> {
                assertThat(failures.out()).containsPattern(TOKEN + " +unknown");
                assertThat(failures.err()).contains("The state is unknown: " + INSTABOOK_CACHE + " is unreachable.");
            });
            assertThat(own.shop().run("break", TOKEN)).returns(1, Shop.Outcome::code).extracting(Shop.Outcome::err).asString()
                    .contains("instabook-cache is unreachable.");
            assertThat(own.shop().run("heal").code()).isOne();
            assertThat(own.shop().run("trace", "--error").err()).contains("Nothing has failed lately.");
        }
    }

    private String state() {
        return Json.tree(shop.run("failures", TOKEN, "--json").out()).path("active").booleanValue() ? "broken" : "healed";
    }
}
