package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code helm-chart/check.sh} with stand-ins for helm and kubectl, which write down what they are asked. */
class CheckScriptTest {

    private static final String RENDERED = "echo '---\napiVersion: v1\nkind: Service\n---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor'";

    @TempDir
    private Path folder;

    private record Outcome(int code, String out, List<String> asked) {}

    @BeforeEach
    void standIns() throws IOException {
        program("helm", RENDERED);
        kubectl("apps/v1", "cat >> applied; echo service/shop serverside-applied");
    }

    private void program(String name, String script) throws IOException {
        var file = folder.resolve(name);
        Files.writeString(file, "#!/bin/sh\ncd '" + folder + "'\necho \"" + name + " $*\" >> asked\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private void kubectl(String served, String apply) throws IOException {
        program("kubectl", "case $1 in\napi-versions) echo '%s' ;;\napply) %s ;;\nesac".formatted(served, apply));
    }

    private Outcome check(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Chart.FOLDER.resolve("check.sh").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        var process = builder.start();
        var out = new String(process.getInputStream().readAllBytes());
        var asked = folder.resolve("asked");
        return new Outcome(process.waitFor(), out, Files.exists(asked) ? Files.readAllLines(asked) : List.of());
    }

    private String values(String text) throws IOException {
        return Files.writeString(folder.resolve("mine.yaml"), text).toString();
    }

    @Test
    void shouldAskTheApiServerAboutEachCombination() throws Exception {
        var outcome = check();

        assertThat(outcome.code()).as(outcome.out()).isZero();
        assertThat(outcome.out().lines()).hasSize(Chart.variants().size())
                .allMatch(line -> line.matches("ok +\\S+[.]yaml: 1 objects"));
        assertThat(outcome.asked().stream().filter(line -> line.startsWith("kubectl apply"))).hasSize(Chart.variants().size())
                .allMatch(line -> line.contains("--server-side --dry-run=server --validate=strict --warnings-as-errors"));
        assertThat(outcome.asked()).anyMatch(line -> line.matches("kubectl label namespace \\S+ .*enforce=restricted.*"));
    }

    @Test
    void shouldMakeANamespaceAndRemoveIt() throws Exception {
        var outcome = check(values(""));

        var created = outcome.asked().stream().filter(line -> line.startsWith("kubectl create namespace ")).findFirst().orElseThrow();
        assertThat(outcome.asked().getLast())
                .startsWith("kubectl delete namespace " + created.substring(created.lastIndexOf(' ') + 1) + " ");
        assertThat(outcome.asked().stream().filter(line -> line.startsWith("helm template")))
                .hasSize(2).allMatch(line -> line.contains("secrets.apiToken=a"));
    }

    @Test
    void shouldLeaveOutKindsThatTheApiServerDoesNotHave() throws Exception {
        check(values(""));
        assertThat(Files.readString(folder.resolve("applied"))).contains("kind: Service\n").doesNotContain("ServiceMonitor");

        kubectl("monitoring.coreos.com/v1", "cat >> applied");
        check(values(""));
        assertThat(Files.readString(folder.resolve("applied"))).contains("kind: ServiceMonitor");
    }

    @Test
    void shouldFailIfTheApiServerRefuses() throws Exception {
        kubectl("v1", "cat >/dev/null; exit 1");

        var outcome = check(values(""));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("FAILED   mine.yaml: the API server refuses");
        assertThat(outcome.asked().getLast()).startsWith("kubectl delete namespace");
    }

    @Test
    void shouldFailIfTheChartRefusesOrRendersDifferently() throws Exception {
        program("helm", "exit 1");
        assertThat(check(values("")).out()).contains("FAILED   mine.yaml: the chart refuses");

        program("helm", "date +%N; echo $$");
        var outcome = check(values("secrets: {existing: mine}"));
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("FAILED   mine.yaml: rendered twice, it differs");
    }

    @Test
    void shouldSayThatNoApiServerAnswers() throws Exception {
        program("kubectl", "exit 1");

        var outcome = check(values(""));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out()).contains("No API server answers");
        assertThat(outcome.asked()).noneMatch(line -> line.contains("namespace"));
    }
}
