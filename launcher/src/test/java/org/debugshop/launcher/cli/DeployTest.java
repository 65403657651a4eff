package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.debugshop.launcher.sandbox.Signal;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./shop deploy} with stand-ins for git, Docker, Helm, kubectl and build-and-push.sh, which write down their arguments. */
class DeployTest extends InASandbox {

    private static final String INSTALLED = "helm upgrade --install microservice-demo ./helm-chart --namespace debug-shop-%s "
            + "--create-namespace --reset-then-reuse-values --values helm-chart/env/%s.yaml --set-string global.repository=ghcr.io/ann/shop";
    private static final String WAITING = " --wait --timeout 10m";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Path tools;

    @BeforeEach
    void standIns() throws IOException {
        var chart = Files.createDirectories(sandbox.checkout().resolve("helm-chart/env"));
        for (var environment : List.of("dev", "staging", "prod", "eu-1")) {
            Files.writeString(chart.resolve(environment + ".yaml"), "");
        }
        tools = Files.createDirectory(sandbox.checkout().resolve("tools"));
        for (var tool : List.of("docker", "helm", "kubectl")) {
            tool(tool, "");
        }
        tool("git", "case $1 in rev-parse) echo abc1234 ;; esac");
        program(sandbox.checkout().resolve("build-and-push.sh"), "");
        // No program of this machine is there.
        sandbox.set("PATH", tools.toString());
        for (var variable : List.of("VERSION", "RELEASE", "NAMESPACE", "KUBE_CONTEXT")) {
            sandbox.set(variable, "");
        }
        sandbox.set("REPOSITORY", "ghcr.io/ann/shop");
    }

    private void tool(String name, String script) throws IOException {
        program(tools.resolve(name), script);
    }

    /** Makes a program that writes down a line, with its arguments in brackets if they are no plain words, and then does the rest. */
    private void program(Path file, String script) throws IOException {
        Files.writeString(file, """
                #!/bin/sh
                line=${0##*/}
                for argument; do
                  case $argument in
                    *[!A-Za-z0-9_=:,./-]*) line="$line [$argument]" ;;
                    *) line="$line $argument" ;;
                  esac
                done
                echo "$line" >>'%s/asked'
                case $0 in *build-and-push.sh) echo "with $REPOSITORY $VERSION" >>'%1$s/asked' ;; esac
                %s
                """.formatted(sandbox.checkout(), script));
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Outcome deploy(String... arguments) throws IOException, InterruptedException {
        return sandbox.run(Stream.concat(Stream.of("deploy"), Arrays.stream(arguments)).toArray(String[]::new));
    }

    /** Returns what the programs were asked since the last time, without git. */
    private List<String> asked() throws IOException {
        var file = sandbox.checkout().resolve("asked");
        if (!Files.exists(file)) {
            return List.of();
        }
        var lines = Files.readAllLines(file).stream().filter(line -> !line.startsWith("git ")).toList();
        Files.delete(file);
        return lines;
    }

    private static String tags(List<String> services, String tag) {
        var settings = new StringBuilder();
        services.forEach(
                service -> settings.append(" --set services.").append(service).append(".canary.enabled=false --set-string services.")
                        .append(service).append(".image.tag=").append(tag));
        return settings.toString();
    }

    @Test
    void shouldBuildAndUpgradeEverything() throws Exception {
        var outcome = deploy();

        assertThat(outcome).returns(0, Outcome::code);
        assertThat(outcome.out()).contains("Deploying all services as abc1234 to dev (namespace debug-shop-dev, the current context)")
                .doesNotContain("not everything");
        var services = Topology.DEBUG_SHOP.applications().stream().map(Service::name).toList();
        var modules = Topology.DEBUG_SHOP.applications().stream().map(Service::module).distinct().toList();
        assertThat(asked()).containsExactly("build-and-push.sh --no-latest " + String.join(" ", modules), "with ghcr.io/ann/shop abc1234",
                INSTALLED.formatted("dev", "dev") + tags(services, "abc1234") + WAITING);
    }

    @Test
    void shouldLeaveTheOtherServicesAsTheyAre() throws Exception {
        assertThat(deploy("gateway", "checkout", "--env", "staging")).returns(0, Outcome::code);

        assertThat(asked()).containsExactly("helm status microservice-demo --namespace debug-shop-staging",
                "build-and-push.sh --no-latest checkout gateway", "with ghcr.io/ann/shop abc1234",
                INSTALLED.formatted("staging", "staging") + tags(List.of("checkout", "gateway"), "abc1234") + WAITING);
    }

    @ParameterizedTest
    @CsvSource({"checkout, checkout", "checkout/src/main/java, checkout", "load-generator, load-generator load-generator-instabook"})
    void shouldMeanTheServiceOfTheFolder(String folder, String services) throws Exception {
        sandbox.enter(Files.createDirectories(sandbox.checkout().resolve(folder)));

        assertThat(deploy()).returns(0, Outcome::code);

        assertThat(asked()).contains("build-and-push.sh --no-latest " + services.split(" ")[0],
                INSTALLED.formatted("dev", "dev") + tags(List.of(services.split(" ")), "abc1234") + WAITING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs", "checkout-notes"})
    void shouldMeanAllServicesInAnotherFolder(String folder) throws Exception {
        sandbox.enter(Files.createDirectories(sandbox.checkout().resolve(folder)));

        assertThat(deploy("--dry-run").out()).contains("Would deploy all services");
    }

    @Test
    void shouldStartACanaryBesideTheRunningVersion() throws Exception {
        assertThat(deploy("checkout", "--canary", "--env", "prod")).returns(0, Outcome::code);

        assertThat(asked()).containsExactly("helm status microservice-demo --namespace debug-shop-prod",
                "build-and-push.sh --no-latest checkout", "with ghcr.io/ann/shop abc1234", INSTALLED.formatted("prod", "prod")
                        + " --set services.checkout.canary.enabled=true --set-string services.checkout.canary.tag=abc1234" + WAITING);
    }

    /** Otherwise Kubernetes would not see that there is another image of the same name. */
    @Test
    void shouldRestartThePodsOfAnImageThatIsOfNoCommit() throws Exception {
        tool("git", "case $1 in rev-parse) echo abc1234 ;; status) echo ' M checkout/pom.xml' ;; esac");

        var outcome = deploy("checkout");

        assertThat(outcome.out()).contains("Not everything is committed (git status), so the tag ends with -dirty");
        assertThat(asked()).endsWith(INSTALLED.formatted("dev", "dev") + tags(List.of("checkout"), "abc1234-dirty") + WAITING,
                "kubectl --namespace debug-shop-dev rollout restart deployment/microservice-demo-checkout",
                "kubectl --namespace debug-shop-dev rollout status deployment/microservice-demo-checkout --timeout 10m");

        deploy("checkout", "--canary");
        assertThat(asked()).endsWith("kubectl --namespace debug-shop-dev rollout restart deployment/microservice-demo-checkout-canary",
                "kubectl --namespace debug-shop-dev rollout status deployment/microservice-demo-checkout-canary --timeout 10m");

        deploy();
        assertThat(asked()).endsWith(
                "kubectl --namespace debug-shop-dev rollout restart deployment --selector app.kubernetes.io/instance=microservice-demo",
                "kubectl --namespace debug-shop-dev rollout status deployment --selector app.kubernetes.io/instance=microservice-demo"
                        + " --timeout 10m");
    }

    @Test
    void shouldPrintTheSameCommandsAndRunNone() throws Exception {
        sandbox.set("KUBE_CONTEXT", "my cluster");
        var printed = deploy("checkout", "--dry-run").out().lines().filter(line -> line.matches("(env|helm|kubectl) .*")).toList();

        assertThat(asked()).isEmpty();
        assertThat(printed).containsExactly("helm status microservice-demo --namespace debug-shop-dev --kube-context 'my cluster'",
                "env REPOSITORY=ghcr.io/ann/shop VERSION=abc1234 ./build-and-push.sh --no-latest checkout",
                INSTALLED.replace("debug-shop-%s", "debug-shop-dev --kube-context 'my cluster'").formatted("dev")
                        + tags(List.of("checkout"), "abc1234") + WAITING);
        deploy("checkout");
        assertThat(asked()).hasSize(printed.size() + 1);
    }

    @Test
    void shouldPrintTheCommandsWithoutARegistryAndWithoutTools() throws Exception {
        sandbox.set("REPOSITORY", "");
        for (var tool : List.of("docker", "helm", "kubectl")) {
            Files.delete(tools.resolve(tool));
        }

        assertThat(deploy("--dry-run")).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("REPOSITORY is not set", "global.repository=registry.example.com/debug-shop");
    }

    @Test
    void shouldShowTheStatus() throws Exception {
        assertThat(deploy("--status", "--env", "staging")).returns(0, Outcome::code);
        assertThat(asked()).containsExactly("helm status microservice-demo --namespace debug-shop-staging",
                "kubectl --namespace debug-shop-staging rollout status deployment --selector app.kubernetes.io/instance=microservice-demo"
                        + " --watch=false");

        sandbox.set("REPOSITORY", ""); // nothing is pushed
        assertThat(deploy("gateway", "--canary", "--status")).returns(0, Outcome::code);
        assertThat(asked()).containsExactly("helm status microservice-demo --namespace debug-shop-dev",
                "kubectl --namespace debug-shop-dev rollout status deployment/microservice-demo-gateway-canary --watch=false");
    }

    @Test
    void shouldTakeOtherNamesAndPassOddOnesOnAsTheyAre() throws Exception {
        sandbox.set("RELEASE", "shop");
        sandbox.set("NAMESPACE", "team-a");
        sandbox.set("VERSION", "1.2.3");
        sandbox.set("KUBE_CONTEXT", "a b;$(echo x >hacked)`echo x >hacked`'\"\\*");

        assertThat(deploy("checkout", "--env", "eu-1")).returns(0, Outcome::code);

        assertThat(asked()).containsExactly(
                "helm status shop --namespace team-a --kube-context [a b;$(echo x >hacked)`echo x >hacked`'\"\\*]",
                "build-and-push.sh --no-latest checkout", "with ghcr.io/ann/shop 1.2.3",
                "helm upgrade --install shop ./helm-chart --namespace team-a --kube-context [a b;$(echo x >hacked)`echo x >hacked`'\"\\*]"
                        + " --create-namespace --reset-then-reuse-values --values helm-chart/env/eu-1.yaml"
                        + " --set-string global.repository=ghcr.io/ann/shop" + tags(List.of("checkout"), "1.2.3") + WAITING);
        assertThat(sandbox.checkout().resolve("hacked")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"git, https://git-scm.com/downloads", "docker, https://docs.docker.com/engine/install",
            "helm, https://helm.sh/docs/intro/install"})
    void shouldSayWhatToInstallBeforeItBegins(String tool, String url) throws Exception {
        Files.delete(tools.resolve(tool));

        assertThat(deploy()).returns(1, Outcome::code).extracting(Outcome::out).asString()
                .contains("There is no " + tool + " on the PATH. Install it: " + url);
        assertThat(asked()).isEmpty();
    }

    @Test
    void shouldNeedKubectlOnlyWhereItUsesIt() throws Exception {
        Files.delete(tools.resolve("kubectl"));

        assertThat(deploy()).returns(0, Outcome::code);
        asked();
        assertThat(deploy("--status")).returns(1, Outcome::code).extracting(Outcome::out).asString()
                .contains("There is no kubectl on the PATH. Install it: https://kubernetes.io/docs/tasks/tools");
        tool("git", "case $1 in rev-parse) echo abc1234 ;; status) echo ' M pom.xml' ;; esac"); // pods are to be restarted
        assertThat(deploy()).returns(1, Outcome::code).extracting(Outcome::out).asString().contains("There is no kubectl on the PATH.");
        assertThat(asked()).isEmpty();
    }

    @Test
    void shouldDeployNothingIfAnImageCannotBeBuilt() throws Exception {
        program(sandbox.checkout().resolve("build-and-push.sh"), "exit 3");

        assertThat(deploy()).returns(1, Outcome::code).extracting(Outcome::out).asString()
                .contains("./build-and-push.sh ended with exit code 3, so what follows it was not done.");
        assertThat(asked()).noneMatch(line -> line.startsWith("helm "));
    }

    @Test
    void shouldNotBuildAPartOfWhatIsNotThere() throws Exception {
        tool("helm", "echo 'Error: release: not found' >&2; exit 1");

        assertThat(deploy("checkout")).returns(1, Outcome::code).extracting(Outcome::out).asString()
                .contains("Error: release: not found", "./shop deploy without a service makes it");
        assertThat(asked()).hasSize(1);
    }

    @Test
    void shouldNeedACommitOrAVersion() throws Exception {
        tool("git", "echo 'fatal: not a git repository' >&2; exit 128");

        assertThat(deploy()).returns(1, Outcome::code).extracting(Outcome::out).asString()
                .contains("Set VERSION instead.", "git rev-parse --short HEAD failed: fatal: not a git repository");

        sandbox.set("VERSION", "1.0.0");
        assertThat(deploy()).returns(0, Outcome::code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --env|stagin          | There is no environment 'stagin', because there is no file helm-chart/env/stagin.yaml. Did you mean staging?
            --env|../env/dev      | There is no environment '../env/dev'
            --env|xyzzy-plugh     | There are dev, eu-1, prod, staging.
            --env|                | There is no environment ''
            chekout|--dry-run     | There is no service 'chekout'. Did you mean checkout?
            postgres|--dry-run    | postgres is no service of this project
            --canary|--dry-run    | --canary needs a service: name it, or be in its folder.
            console|--canary      | No service calls console, so a canary of it would get no requests.
            load-generator|--canary | No service calls load-generator
            --watch|--dry-run     | Unknown option: '--watch'
            """)
    void shouldRefuseAWrongCommandLine(String first, String second, String sentence) throws Exception {
        assertThat(deploy(first, second == null ? "" : second)).returns(2, Outcome::code).extracting(Outcome::out).asString()
                .contains(sentence, "More: ./shop deploy --help");
        assertThat(asked()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"REPOSITORY, Ghcr.io/x", "REPOSITORY, 'a,b=c'", "VERSION, 1 2", "VERSION, -x", "RELEASE, 1shop",
            "RELEASE, a-name-that-the-chart-would-shorten-a", "NAMESPACE, a_b", "NAMESPACE, -a"})
    void shouldRefuseAWrongVariable(String variable, String value) throws Exception {
        sandbox.set(variable, value);

        assertThat(deploy()).returns(2, Outcome::code).extracting(Outcome::out).asString()
                .contains(variable + " is '" + value + "', but it must match");
        assertThat(asked()).isEmpty();
    }

    @Test
    void shouldRefuseToPushNowhere() throws Exception {
        sandbox.set("REPOSITORY", "");

        assertThat(deploy()).returns(2, Outcome::code).extracting(Outcome::out).asString().contains("REPOSITORY is not set");
        assertThat(asked()).isEmpty();
    }

    @Test
    void shouldEndTheProgramThatRunsWhenItIsEnded() throws Exception {
        program(sandbox.checkout().resolve("build-and-push.sh"),
                "trap 'kill $!; echo ended >>asked; exit 143' TERM; /bin/sleep 60 & echo started >>asked; wait $!");
        var output = sandbox.checkout().resolve("output.txt");
        var shop = sandbox.start(output, "deploy");
        await().atMost(PATIENCE).until(() -> Files.exists(sandbox.checkout().resolve("asked"))
                && Files.readString(sandbox.checkout().resolve("asked")).contains("started"));

        Signal.INT.send(shop.pid());

        assertThat(shop.waitFor(PATIENCE)).isTrue();
        assertThat(shop.exitValue()).isEqualTo(130);
        assertThat(asked()).contains("ended").noneMatch(line -> line.startsWith("helm"));
    }

    @Test
    void shouldCompleteTheEnvironmentsThatAreThere() throws IOException {
        var known = new ArrayList<String>();
        new Candidates.Environments().forEach(known::add);
        try (var files = Files.list(Path.of(System.getProperty("basedir", ""), "../helm-chart/env"))) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".yaml", "")).toList())
                    .containsExactlyInAnyOrderElementsOf(known);
        }
    }
}
