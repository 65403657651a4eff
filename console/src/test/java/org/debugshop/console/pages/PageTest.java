package org.debugshop.console.pages;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class PageTest {

    private static final Pattern INLINE_SCRIPT = Pattern.compile("<script(?![^>]*src=)[^>]*>(.*?)</script>", Pattern.DOTALL);
    private static final Pattern IMPORT = Pattern.compile("(?:from|import|import\\()\\s*'([^']+)'");
    private static final Path MODULES = Path.of("src/main/resources/META-INF/resources/app");

    @ParameterizedTest
    @ValueSource(strings = {"/", "/incidents", "/incidents/1", "/traces", "/traces/0af7651916cd43dd8448eb211c80319c", "/compare", "/logs",
            "/charts", "/failures"})
    void shouldServeBrowsersThePageAtTheAddressOfEachView(String path) {
        given().accept("text/html,application/xhtml+xml,*/*;q=0.8").get(path).then().statusCode(200).contentType("text/html")
                .header("X-Content-Type-Options", "nosniff").header("Referrer-Policy", "no-referrer")
                .body(containsString("<console-shell>"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json"})
    void shouldListThePathsForOtherClients(String accepted) {
        given().accept(accepted).get("/").then().statusCode(200).contentType("application/json").body("service", equalTo("Console"));
    }

    @Test
    void shouldStillAnswerAnUnknownPathAsTheApiDoes() {
        given().accept("text/html").get("/nothing").then().statusCode(404).contentType("application/json").body("error",
                equalTo("There is nothing at this path"));
    }

    @Test
    void shouldAllowABrowserToRunOnlyWhatTheConsoleServes() throws Exception {
        var answer = given().accept("text/html").get("/");
        var inline = INLINE_SCRIPT.matcher(answer.asString()).results().map(script -> script.group(1)).toList();

        assertThat(inline).hasSize(1);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(inline.getFirst().getBytes(StandardCharsets.UTF_8));
        assertThat(answer.header("Content-Security-Policy").split("; ")).contains("default-src 'none'", "style-src 'self'",
                "connect-src 'self'",
                "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
                "script-src 'self' 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
        assertThat(answer.asString()).doesNotContain("style=", "onclick=", "http://", "https://");
    }

    @Test
    void shouldServeEveryModuleThatTheImportMapNames() throws Exception {
        var map = new ObjectMapper().readTree(INLINE_SCRIPT.matcher(given().accept("text/html").get("/").asString()).results()
                .map(script -> script.group(1)).findFirst().orElseThrow());
        map.get("imports").properties().stream().filter(entry -> !entry.getKey().endsWith("/"))
                .forEach(entry -> given().get(entry.getValue().asText()).then().statusCode(200).contentType(containsString("javascript")));
    }

    @Test
    void shouldServeEveryModuleThatAModuleImports() throws Exception {
        var imports = new ObjectMapper().readTree(INLINE_SCRIPT.matcher(given().accept("text/html").get("/").asString()).results()
                .map(script -> script.group(1)).findFirst().orElseThrow()).get("imports");
        try (Stream<Path> files = Files.walk(MODULES)) {
            for (Path file : files.filter(candidate -> candidate.toString().endsWith(".js")).toList()) {
                given().get("/app/" + MODULES.relativize(file)).then().statusCode(200).header("Cache-Control", "no-store");
                for (String name : IMPORT.matcher(Files.readString(file)).results().map((MatchResult found) -> found.group(1)).toList()) {
                    if (name.startsWith(".")) {
                        assertThat(file.resolveSibling(name)).as("import of %s in %s", name, file).exists();
                    } else {
                        String prefix = name.contains("/") && !imports.has(name) ? name.substring(0, name.indexOf('/') + 1) : name;
                        assertThat(imports.has(prefix)).as("import of %s in %s", name, file).isTrue();
                        given().get(imports.get(prefix).asText() + name.substring(prefix.length())).then().statusCode(200);
                    }
                }
            }
        }
    }
}
