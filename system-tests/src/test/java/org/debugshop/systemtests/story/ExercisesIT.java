package org.debugshop.systemtests.story;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.debugshop.testkit.Checkout;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Follows the pages in {@code docs/exercises/} command by command, and compares what is printed with what the page shows. */
@Tag("nightly")
class ExercisesIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Pattern SAME_AS_THE_EDIT = Pattern.compile("`(git apply [^`]+)` does the same");
    /** The port of a copy that intercepts. */
    private static final Pattern PORT = Pattern.compile("in dev mode, port (\\d+)");
    private static final String MARK = "-- end of the command --";
    private static final Map<Integer, Service> PORTS = Map.of(8080, Service.GATEWAY, 8090, Service.CONSOLE);

    @TempDir
    private static Path directory;
    private static Path copy;
    private static OwnShop own;

    /** A command of a page. {@code printed} is what it prints, with … for what differs. */
    private record Step(String command, List<String> printed) {

        boolean asksForTelemetry() {
            return command.contains("localhost:8090") || command.startsWith("./shop trace");
        }

        boolean startsDevMode() {
            return command.startsWith("./shop dev ") || command.startsWith("./shop intercept ");
        }

        List<String> words() {
            return List.of(command.substring("./shop ".length()).split(" "));
        }

        Pattern expected() {
            return Pattern.compile(printed.stream().map(Step::pattern).collect(Collectors.joining("\n")), Pattern.DOTALL);
        }

        /** Returns the command as the section "Several people, one system" changes it, for users whose names nobody else has. */
        Step of(Person person) {
            return new Step(
                    person.withOwnUsers(command).replaceFirst("^git apply", "git -C ../" + person.key + " apply")
                            .replace("localhost:8080", "-H 'baggage: debug-shop.intercept=" + person.key + "' localhost:8080"),
                    printed.stream().map(person::withOwnUsers).toList());
        }

        private static String pattern(String line) {
            return Pattern.compile("…").splitAsStream(line + " ").map(Pattern::quote).collect(Collectors.joining(".*"))
                    .replaceFirst(" \\\\E$", Matcher.quoteReplacement("\\E"));
        }
    }

    /** One of several people who do exercises in one system. */
    private record Person(String key, String page, Service service) {

        String withOwnUsers(String text) {
            return text.replaceAll("\"username\":\"(\\w+)\"", "\"username\":\"$1-" + key + "\"");
        }

        List<Step> steps() throws IOException {
            return ExercisesIT.steps(Files.readString(copy.resolve("docs/exercises/" + page + ".md")));
        }

        /** Returns the commands of the section, which is about one exercise, for this one. */
        List<Step> preparation() throws IOException {
            return ExercisesIT.steps(Files.readString(copy.resolve("docs/exercises/README.md")).replace("ann", key)
                    .replace("paid-twice", page).replace("intercept payments", "intercept " + service));
        }

        /** What the exercise says, without what the preparation has done and what would change the system of all. */
        List<Step> exercise() throws IOException {
            return steps().stream().filter(step -> !step.startsDevMode() && !step.command().startsWith("./shop restart "))
                    .filter(step -> !step.command().equals("git apply docs/exercises/" + page + ".patch")).map(step -> step.of(this))
                    .toList();
        }
    }

    @BeforeAll
    static void startACopy() throws Exception {
        copy = Checkout.copy(directory.resolve("a copy"), List.of("shop", "mvnw", ".mvn", ".gitignore", "pom.xml", "docs", "native-rules",
                "service-defaults", "launcher", "engines", "console", "product-catalog", "currency", "ad-service", "checkout", "inventory",
                "accounts", "payments", "gateway"));
        own = OwnShop.prepare(copy, OwnShop.PATIENT);
        own.up("--only", "console,postgres,kafka,product-catalog,currency,ad-service,checkout,inventory,accounts,payments,gateway");
    }

    @AfterAll
    static void stopTheCopy() {
        if (own != null) {
            own.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"sign-up, ACCOUNTS", "paid-twice, PAYMENTS", "event-loop, CHECKOUT"})
    void shouldHappenAsThePageSays(String page, Service service) throws Exception {
        var steps = steps(Files.readString(copy.resolve("docs/exercises/" + page + ".md")));
        assertThat(steps.stream().filter(Step::startsDevMode)).hasSize(1);
        assertThat(steps.stream().filter(step -> step.command().endsWith(".patch"))).as("corrections, and mistakes").isNotEmpty();
        var output = directory.resolve(page + "-dev.txt");
        Process dev = null;
        try (var shell = new Shell()) {
            for (var step : steps) {
                if (step.startsDevMode()) {
                    dev = start(step, service, output);
                } else {
                    shell.follow(step);
                    if (dev != null && step.command().startsWith("git apply")) {
                        awaitReload(output, service);
                    }
                }
            }
        } finally {
            end(dev);
        }
        assertThat(own.shop().run("restart", service.toString()).code()).isZero();
    }

    @Test
    void shouldHappenOnlyToThosePeopleWhoInterceptTheService() throws Exception {
        var people = List.of(new Person("ann", "paid-twice", Service.PAYMENTS), new Person("ben", "sign-up", Service.ACCOUNTS));
        var copies = new HashMap<Person, Process>();
        try (var shell = new Shell()) {
            shell.run("git init -q && git add -A && git -c user.name=Ann -c user.email=ann@example.com commit -qm Start");
            for (var person : people) {
                for (var step : person.preparation()) {
                    if (step.startsDevMode()) {
                        copies.put(person, start(step, person.service(), outputOf(person)));
                    } else {
                        shell.follow(step);
                    }
                }
            }
            for (var person : people) {
                followWithoutAKey(person, shell);
            }
            for (var person : people) {
                for (var step : person.exercise()) {
                    shell.follow(step);
                    if (step.command().startsWith("git ")) {
                        awaitReload(outputOf(person), person.service());
                    }
                }
            }
        } finally {
            for (var started : copies.values()) {
                end(started);
            }
        }
    }

    /** Places the requests of an exercise as somebody who has no key, and does not meet the mistake. */
    private static void followWithoutAKey(Person person, Shell shell) throws IOException {
        var anybody = new Person("anybody", person.page(), person.service());
        var requests = anybody.steps().stream()
                .filter(step -> !step.command().startsWith("./shop ") && !step.command().startsWith("git ") && !step.asksForTelemetry())
                .toList();
        for (var request : requests.subList(0, requests.size() - 1)) {
            shell.run(anybody.withOwnUsers(request.command()));
        }
        shell.follow(requests.getLast());
    }

    private static Path outputOf(Person person) {
        return directory.resolve(person.key() + "-dev.txt");
    }

    /** Starts the command of a step, and returns when the service that it names is ready. */
    private static Process start(Step step, Service service, Path output) throws IOException {
        var started = own.shop().prepare(step.words().getFirst(), step.words().stream().skip(1).toArray(String[]::new))
                .redirectErrorStream(true).redirectOutput(output.toFile()).redirectInput(new File("/dev/null")).start();
        awaitOutput(output, step.words().getFirst().equals("dev") ? service + " ready" : "Ctrl-C ends it.");
        return started;
    }

    private static void end(Process started) throws IOException, InterruptedException {
        if (started != null) {
            new ProcessBuilder("/bin/sh", "-c", "kill -INT " + started.pid()).start().waitFor();
            started.waitFor();
        }
    }

    /** Dev mode looks for changes when it gets a request, but at most every two seconds. */
    private static void awaitReload(Path output, Service service) throws IOException {
        var port = PORT.matcher(Files.readString(output));
        var url = port.find() ? "http://localhost:" + port.group(1) : own.shop().url(service);
        await("a request by the corrected code").atMost(PATIENCE).until(() -> {
            Http.get(url + "/");
            return Files.readString(output).contains("Live reload total time");
        });
    }

    private static void awaitOutput(Path file, String text) {
        await(text).atMost(PATIENCE).until(() -> Files.exists(file) && Files.readString(file).contains(text));
    }

    /**
     * Returns the commands of a page: lines that are indented by four spaces and begin with {@code $}, and what does the same as an edit
     * that the page describes.
     */
    private static List<Step> steps(String page) {
        var steps = new ArrayList<Step>();
        for (var line : page.lines().toList()) {
            var sameAsTheEdit = SAME_AS_THE_EDIT.matcher(line);
            if (sameAsTheEdit.find()) {
                steps.add(new Step(sameAsTheEdit.group(1), new ArrayList<>()));
            } else if (line.startsWith("    $ ")) {
                steps.add(new Step(line.substring(6), new ArrayList<>()));
            } else if (line.startsWith("    ") && !steps.isEmpty()) {
                steps.getLast().printed().add(line.substring(4));
            }
        }
        return steps;
    }

    /** A shell in the copy, which keeps its variables from one command to the next. The ports are those of this test's system. */
    private static final class Shell implements AutoCloseable {

        private final Process process;
        private final BufferedWriter in;
        private final BufferedReader out;

        Shell() throws IOException {
            process = new ProcessBuilder("/bin/bash").directory(copy.toFile()).redirectErrorStream(true).start();
            in = process.outputWriter(UTF_8);
            out = process.inputReader(UTF_8);
        }

        /** Runs a command, and compares what it prints. One that asks for telemetry is repeated, because that arrives later. */
        void follow(Step step) throws IOException {
            if (step.asksForTelemetry()) {
                await(step.command()).atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(run(step.command())).as(step.command()).matches(step.expected()));
            } else {
                assertThat(run(step.command())).as(step.command()).matches(step.expected());
            }
        }

        /** Returns what the command has printed, without the last end of line. Fails if it fails. */
        String run(String command) throws IOException {
            in.write("{ " + here(command) + "\n} </dev/null; status=$?; echo; echo '" + MARK + "' $status\n");
            in.flush();
            var printed = new StringBuilder();
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(MARK)) {
                    assertThat(line).as(command + " printed " + printed).isEqualTo(MARK + " 0");
                    return printed.toString().strip();
                }
                printed.append(line).append('\n');
            }
            throw new AssertionError("The shell ended: " + printed);
        }

        private static String here(String command) {
            var moved = command.replaceFirst("^\\./shop (\\w+)", "./shop $1 --port-offset " + own.shop().offset());
            for (var port : PORTS.entrySet()) {
                moved = moved.replace("localhost:" + port.getKey(), own.shop().url(port.getValue()).replaceFirst("^http://", ""));
            }
            return moved;
        }

        @Override
        public void close() throws IOException {
            in.close();
            process.destroy();
        }
    }
}
