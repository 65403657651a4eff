package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.debugshop.launcher.os.Programs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

@Command(name = "test", description = {"Run the project's whole test suite",
        "",
        "This runs ./mvnw -B -ntp verify with a suitable JDK. All further arguments are passed to Maven.",
        "If npm is on the PATH, the format of JS and CSS is checked too (-Pprettier).",
        "With --against, it tests a system that already runs, for example in containers, with the tests that need only its ports.",
        ""}, footer = {"", "Examples:",
                "  ./shop test",
                "  ./shop test -pl gateway -am",
                "  ./shop test --against http://localhost:8080"}, exitCodeList = {"0:every test passed",
                        "1:a test failed, or the project could not be built"})
final class TestCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--against", paramLabel = "URL", description = "The gateway of a running system. The other services must have the usual ports on that host, with the same port offset. The tests break and heal it.")
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
        if (against == null && Programs.isOnPath("npm")) {
            command.add("-Pprettier");
        }
        command.addAll(forMaven);
        var maven = new ProcessBuilder(command).directory(Shop.checkout(spec).withSources("test").toFile()).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(maven::destroy));
        return maven.waitFor();
    }
}
