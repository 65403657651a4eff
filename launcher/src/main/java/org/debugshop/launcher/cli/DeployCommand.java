package org.debugshop.launcher.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.debugshop.launcher.os.Programs;
import org.debugshop.launcher.os.Signals;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts together the commands of build-and-push.sh, Helm and kubectl, and runs them. */
@Command(name = "deploy", description = {"Build services, push their images, and bring them to a cluster",
        "",
        "Runs build-and-push.sh, then helm upgrade --install with helm-chart/env/ENV.yaml. In a service's folder this means that service, "
                + "elsewhere all of them, unless services are named. The others keep their version. A deployment also ends the canary of each of its services.",
        "",
        "The tag of the images is the commit, with -dirty if something is not committed.",
        ""}, footer = {"",
                "Environment:",
                "  REPOSITORY    where the images are pushed, as for build-and-push.sh; PLATFORMS too",
                "  VERSION       another tag than the commit",
                "  NAMESPACE     of the cluster; default: debug-shop-ENV",
                "  RELEASE       of Helm; default: microservice-demo",
                "  KUBE_CONTEXT  the cluster; default: the one that kubectl uses",
                "",
                "Examples:",
                "  ./shop deploy --env dev --dry-run",
                "  REPOSITORY=ghcr.io/you/debug-shop ./shop deploy",
                "  cd checkout && ../shop deploy --env staging --canary",
                "  ./shop deploy checkout --status"}, exitCodeList = {"0:deployed", "1:not, the message says why",
                        "2:the command line or a variable is wrong", Shop.ENDED})
final class DeployCommand implements Callable<Integer> {

    private static final String CHART = "./helm-chart";
    private static final String ENVIRONMENTS = "helm-chart/env";
    private static final String PLACEHOLDER = "registry.example.com/debug-shop";
    private static final String RELEASE = "microservice-demo";
    private static final String TIMEOUT = "10m";
    private static final String DIRTY = "-dirty";
    /** The chart cuts longer ones. */
    private static final int LONGEST_RELEASE = 36;
    private static final int LONGEST_NAMESPACE = 63;
    private static final String NAME = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final int SIGNALLED = 128;

    private static final Map<String, String> INSTALL = Map.of(
            "git", "https://git-scm.com/downloads",
            "docker", "https://docs.docker.com/engine/install",
            "helm", "https://helm.sh/docs/intro/install",
            "kubectl", "https://kubernetes.io/docs/tasks/tools");

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--env", paramLabel = "ENV", defaultValue = "dev", completionCandidates = Candidates.Environments.class, description = "dev, staging, prod, or another file of helm-chart/env. Default: ${DEFAULT-VALUE}.")
    private String environment;

    @Option(names = "--canary", description = "Start this version beside the running one, for a part of the shoppers.")
    private boolean canary;

    @Option(names = "--dry-run", description = "Print the commands, and run none.")
    private boolean dryRun;

    @Option(names = "--status", description = "Show what is deployed instead.")
    private boolean status;

    @Parameters(paramLabel = "SERVICE", arity = "0..*", completionCandidates = Candidates.Applications.class, description = "Only these.")
    private List<String> names = List.of();

    private final AtomicInteger signal = new AtomicInteger();
    private volatile Process running;

    /** A command, and the variables that it gets in addition. */
    private record Step(Map<String, String> variables, List<String> command) {

        static Step of(Stream<String> command) {
            return new Step(Map.of(), command.toList());
        }

        String printed() {
            var set = variables.entrySet().stream().map(variable -> variable.getKey() + "=" + variable.getValue());
            return Programs.quoted(Stream.concat(variables.isEmpty() ? Stream.of() : Stream.concat(Stream.of("env"), set),
                    command.stream()).toList());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var checkout = Shop.checkout(spec).withSources("deploy");
        checkEnvironment(checkout);
        var services = services(checkout);
        var target = new Target(checked("RELEASE", variable("RELEASE", RELEASE), "[a-z]([-a-z0-9]*[a-z0-9])?", LONGEST_RELEASE),
                checked("NAMESPACE", variable("NAMESPACE", "debug-shop-" + environment), NAME, LONGEST_NAMESPACE),
                variable("KUBE_CONTEXT", ""));
        if (status) {
            return run(checkout, List.of("helm", "kubectl"), status(target, services));
        }
        var repository = checked("REPOSITORY", variable("REPOSITORY", PLACEHOLDER), "[a-z0-9.:_/-]+", Integer.MAX_VALUE);
        if (repository.equals(PLACEHOLDER)) {
            var sentence = "REPOSITORY is not set, so there is nowhere to push the images to.";
            if (!dryRun) {
                throw new ParameterException(spec.commandLine(), sentence);
            }
            System.err.println(sentence + " The commands have " + PLACEHOLDER + " instead.");
        }
        var tag = tag(checkout);
        System.err.printf("%s %s as %s to %s (namespace %s, %s)%n", dryRun ? "Would deploy" : "Deploying", described(services), tag,
                environment, target.namespace, target.context.isEmpty() ? "the current context" : "context " + target.context);
        var needed = tag.endsWith(DIRTY) ? List.of("docker", "helm", "kubectl") : List.of("docker", "helm");
        return run(checkout, needed, steps(target, services, repository, tag));
    }

    /** Where Helm puts it. @param context of kubectl; blank for the current one */
    private record Target(String release, String namespace, String context) {

        Stream<String> helm(String... words) {
            return Stream.of(Stream.of("helm"), Stream.of(words), Stream.of("--namespace", namespace),
                    context.isEmpty() ? Stream.<String>of() : Stream.of("--kube-context", context)).flatMap(part -> part);
        }

        Stream<String> kubectl(Stream<String> words) {
            return Stream.of(Stream.of("kubectl", "--namespace", namespace),
                    context.isEmpty() ? Stream.<String>of() : Stream.of("--context", context), words).flatMap(part -> part);
        }

        /** Returns the words by which kubectl finds the Deployments: one command for each, or for all of them. */
        Stream<Stream<String>> deployments(List<Service> services, boolean canary) {
            return isAll(services)
                    ? Stream.of(Stream.of("deployment", "--selector", "app.kubernetes.io/instance=" + release))
                    : services.stream().map(
                            service -> Stream.of("deployment/" + release + "-" + service.name() + (canary ? "-canary" : "")));
        }

        List<Step> rollout(String verb, List<Service> services, boolean canary, String... options) {
            return deployments(services, canary).map(words -> Step.of(kubectl(
                    Stream.of(Stream.of("rollout", verb), words, Stream.of(options)).flatMap(part -> part)))).toList();
        }
    }

    private List<Step> steps(Target target, List<Service> services, String repository, String tag) {
        var steps = new ArrayList<Step>();
        if (!isAll(services)) {
            // The others must be there already. This asks before images are built, which takes minutes.
            steps.add(Step.of(target.helm("status", target.release)));
        }
        var variables = new LinkedHashMap<String, String>();
        variables.put("REPOSITORY", repository);
        variables.put("VERSION", tag);
        steps.add(new Step(variables, Stream.concat(Stream.of("./build-and-push.sh", "--no-latest"),
                services.stream().map(Service::module).distinct()).toList()));
        var settings = new ArrayList<>(List.of("--set-string", "global.repository=" + repository));
        for (var service : services) {
            var path = "services." + service.name() + ".";
            // As text, because some commits look like numbers.
            settings.addAll(List.of("--set", path + "canary.enabled=" + canary,
                    "--set-string", path + (canary ? "canary.tag=" : "image.tag=") + tag));
        }
        steps.add(Step.of(Stream.of(target.helm("upgrade", "--install", target.release, CHART), Stream.of("--create-namespace",
                "--reset-then-reuse-values", "--values", ENVIRONMENTS + "/" + environment + ".yaml"), settings.stream(),
                Stream.of("--wait", "--timeout", TIMEOUT)).flatMap(part -> part)));
        if (tag.endsWith(DIRTY)) {
            // The tag may be that of the last deployment, and then Helm changes nothing.
            steps.addAll(target.rollout("restart", services, canary));
            steps.addAll(target.rollout("status", services, canary, "--timeout", TIMEOUT));
        }
        return steps;
    }

    private List<Step> status(Target target, List<Service> services) {
        return Stream.concat(Stream.of(Step.of(target.helm("status", target.release))),
                target.rollout("status", services, canary, "--watch=false").stream()).toList();
    }

    /** Runs the commands until one fails, or only prints them. @param needed the programs that they need */
    private int run(Path checkout, List<String> needed, List<Step> steps) throws IOException, InterruptedException {
        if (dryRun) {
            steps.forEach(step -> System.out.println(step.printed()));
            return Shop.OK;
        }
        check(needed);
        Signals.onEnding(number -> {
            signal.set(number);
            var program = running;
            if (program != null) {
                program.destroy();
            }
        });
        for (var step : steps) {
            if (signal.get() != 0) {
                return SIGNALLED + signal.get();
            }
            System.err.println("+ " + step.printed());
            var builder = new ProcessBuilder(step.command).directory(checkout.toFile()).inheritIO();
            builder.environment().putAll(step.variables);
            running = builder.start();
            var code = running.waitFor();
            if (signal.get() != 0) {
                return SIGNALLED + signal.get();
            }
            if (code != 0) {
                throw new IOException(step.command.getFirst() + " ended with exit code " + code + explained(step));
            }
        }
        return Shop.OK;
    }

    private static String explained(Step step) {
        return step.command.getFirst().equals("helm") && step.command.get(1).equals("status")
                ? ". The release must be there before a part of it can be shown or changed: ./shop deploy without a service makes it."
                : ", so what follows it was not done.";
    }

    private static void check(List<String> programs) throws IOException {
        for (var program : programs) {
            if (!Programs.isOnPath(program)) {
                throw new IOException("There is no " + program + " on the PATH. Install it: " + INSTALL.get(program));
            }
        }
    }

    private void checkEnvironment(Path checkout) throws IOException {
        var folder = checkout.resolve(ENVIRONMENTS);
        if (environment.matches(NAME) && Files.isRegularFile(folder.resolve(environment + ".yaml"))) {
            return;
        }
        try (var files = Files.list(folder)) {
            var known = files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".yaml"))
                    .map(file -> file.replace(".yaml", "")).sorted().toList();
            throw new ParameterException(spec.commandLine(), "There is no environment '" + environment + "', because there is no file "
                    + ENVIRONMENTS + "/" + environment + ".yaml. " + InstanceOptions.suggestion(environment, known));
        }
    }

    private List<Service> services(Path checkout) throws IOException {
        var applications = Topology.DEBUG_SHOP.applications();
        var known = applications.stream().map(Service::name).toList();
        for (var name : names) {
            if (!known.contains(name)) {
                throw new ParameterException(spec.commandLine(), Topology.DEBUG_SHOP.find(name).isPresent()
                        ? name + " is no service of this project, so it has no image here. The chart brings its own engines."
                        : "There is no service '" + name + "'. " + InstanceOptions.suggestion(name, known));
            }
        }
        var services = names.isEmpty()
                ? ofFolder(checkout)
                : applications.stream().filter(service -> names.contains(service.name())).toList();
        if (canary) {
            checkCanary(services);
        }
        return services.isEmpty() ? applications : services;
    }

    /** The services of the folder in which the user is; empty elsewhere. */
    private List<Service> ofFolder(Path checkout) throws IOException {
        var from = Shop.checkout(spec).from().toRealPath();
        var root = checkout.toRealPath();
        return Topology.DEBUG_SHOP.applications().stream().filter(service -> from.startsWith(root.resolve(service.module()))).toList();
    }

    private void checkCanary(List<Service> services) {
        if (services.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--canary needs a service: name it, or be in its folder.");
        }
        for (var service : services) {
            if (Topology.DEBUG_SHOP.waitingFor(service).isEmpty()) {
                throw new ParameterException(spec.commandLine(),
                        "No service calls " + service.name() + ", so a canary of it would get no requests.");
            }
        }
    }

    private static boolean isAll(List<Service> services) {
        return services.size() == Topology.DEBUG_SHOP.applications().size();
    }

    private String described(List<Service> services) {
        return (canary ? "a canary of " : "")
                + (isAll(services) ? "all services" : String.join(", ", services.stream().map(Service::name).toList()));
    }

    /** Returns the tag of the images: {@code VERSION}, or the commit. */
    private String tag(Path checkout) throws IOException, InterruptedException {
        var given = variable("VERSION", "");
        if (!given.isEmpty()) {
            return checked("VERSION", given, "[A-Za-z0-9_][A-Za-z0-9_.-]*", Integer.MAX_VALUE);
        }
        check(List.of("git"));
        String commit;
        String changes;
        try {
            commit = Programs.output(checkout, List.of("git", "rev-parse", "--short", "HEAD"));
            changes = Programs.output(checkout, List.of("git", "status", "--porcelain"));
        } catch (IOException noCommit) {
            throw new IOException("There is no commit to name the images after. Set VERSION instead. " + noCommit.getMessage(), noCommit);
        }
        if (changes.isEmpty()) {
            return commit;
        }
        System.err.printf("Not everything is committed (git status), so the tag ends with %s%n", DIRTY);
        return commit + DIRTY;
    }

    private static String variable(String name, String otherwise) {
        var value = System.getenv().getOrDefault(name, "");
        return value.isEmpty() ? otherwise : value;
    }

    private String checked(String variable, String value, String pattern, int length) {
        if (!value.matches(pattern) || value.length() > length) {
            throw new ParameterException(spec.commandLine(), variable + " is '" + value + "', but it must match " + pattern
                    + (length == Integer.MAX_VALUE ? "." : ", with " + length + " characters at most."));
        }
        return value;
    }
}
