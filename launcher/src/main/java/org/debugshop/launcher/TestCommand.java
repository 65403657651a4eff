package org.debugshop.launcher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

@Command(name = "test",
    description = {"Run the project's whole test suite",
        "",
        "This is ./mvnw -B -ntp verify with a JDK that fits; what follows goes to Maven as it is.",
        ""},
    footer = {"", "Examples:",
        "  ./shop test",
        "  ./shop test -pl gateway -am",
        "",
        "Exit codes: Maven's; 0 when every test passed."})
final class TestCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Unmatched
    private final List<String> forMaven = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("./mvnw", "-B", "-ntp", "verify"));
        command.addAll(forMaven);
        var maven = new ProcessBuilder(command).directory(Shop.checkoutWithSources("test").toFile()).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(maven::destroy));
        return maven.waitFor();
    }
}
