package org.debugshop.launcher.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

@Command(name = "test", description = {"Run the project's whole test suite",
        "",
        "This is ./mvnw -B -ntp verify with a JDK that fits; what follows goes to Maven as it is.",
        "Where npm is on the PATH, the format of JS and CSS is checked too (-Pprettier).",
        "With --against, those tests run that need nothing but the ports of a system, against one that runs already: in containers, say.",
        ""}, footer = {"", "Examples:",
                "  ./shop test",
                "  ./shop test -pl gateway -am",
                "  ./shop test --against http://localhost:8080",
                "",
                "Exit codes: Maven's; 0 when every test passed."})
final class TestCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--against", paramLabel = "URL", description = "The gateway of a system that runs; the others are at the usual ports of its host, shifted as the gateway's is. It is broken and healed.")
    private String against;

    @Spec
    private CommandSpec spec;

    @Unmatched
    private final List<String> forMaven = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("./mvnw", "-B", "-ntp", "verify"));
        if (against != null) {
            if (!against.matches("http://[A-Za-z0-9.-]+:\\d{1,5}")) {
                throw new ParameterException(spec.commandLine(), "--against must be http://HOST:PORT, the address of a gateway.");
            }
            command.addAll(
                    List.of("-pl", "testkit,bench,system-tests", "-Dalone", "-Dagainst=" + against, "-Dgroups=anywhere & !with-launcher"));
        }
        if (against == null && isOnPath("npm")) {
            command.add("-Pprettier");
        }
        command.addAll(forMaven);
        var maven = new ProcessBuilder(command).directory(Shop.checkout(spec).withSources("test").toFile()).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(maven::destroy));
        return maven.waitFor();
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
