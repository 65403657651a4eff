package org.debugshop.launcher.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The generator is a program of {@code deployment-tests}, since it reads YAML, and the launcher's own libraries are few. */
@Command(name = "generate", description = {"Update the lists of services in all files, after a change of Topology.java",
        "",
        "Topology.java, the services in helm-chart/values.yaml and the descriptions in the services' POMs are the source. From these it "
                + "writes the marked parts of pom.xml, distribution/pom.xml, the Compose files, Prometheus's configuration, the README and "
                + "the system tests.",
        ""}, footer = {"", "Examples:",
                "  ./shop generate && git diff"}, exitCodeList = {"0:every file is up to date",
                        "1:a file could not be written, the message says why"})
final class GenerateCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var checkout = Shop.checkout(spec).withSources("generate");
        var maven = new ProcessBuilder("./mvnw", "-B", "-ntp", "-q", "process-classes", "-Pgenerate", "-pl", "deployment-tests", "-am")
                .directory(checkout.toFile()).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(maven::destroy));
        return maven.waitFor();
    }
}
