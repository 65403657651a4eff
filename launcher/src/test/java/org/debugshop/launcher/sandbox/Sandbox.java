package org.debugshop.launcher.sandbox;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.debugshop.launcher.build.Training;
import org.debugshop.launcher.instance.FreeOffset;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.supervise.ServiceStatus;
import org.debugshop.launcher.topology.Topology;

/** A checkout with a {@link StandIn} for each service. Commands of {@code ./shop} run in it as separate processes. */
public final class Sandbox {

    private static final Set<String> TRAINED = Set.of("currency", "ad-service", "gateway", "load-generator");
    /** A port that the system does not use. */
    private static final int SPARE_PORT = 8078;

    /** The version of all stand-ins. */
    public static final String VERSION = "2.1.0";

    private final Path checkout;
    private final List<Process> started = new ArrayList<>();
    private final List<FreeOffset> offsets = new ArrayList<>();
    private boolean training;
    private Path from;
    private final Map<String, String> environment = new HashMap<>();

    public Sandbox(Path checkout) throws IOException {
        this.checkout = checkout.toRealPath();
        this.from = this.checkout;
        Files.createFile(checkout.resolve("pom.xml")); // so it is a checkout with sources, which are older than the jars
        for (var service : Topology.DEBUG_SHOP.applications()) {
            writeStandIn(instance(0).jar(service));
        }
        Files.createDirectories(checkout.resolve("behaviour"));
        writeMavenStandIn();
    }

    /** Makes real AOT caches, for a system of a few services. Most tests are quicker without them. */
    public Sandbox training() throws IOException {
        training = true;
        for (var service : Topology.DEBUG_SHOP.applications()) {
            if (!TRAINED.contains(service.module())) {
                Files.deleteIfExists(instance(0).jar(service));
            }
        }
        return this;
    }

    public Path checkout() {
        return checkout;
    }

    public Instance instance(int offset) {
        return new Instance(checkout, offset, Topology.DEBUG_SHOP);
    }

    /** Reserves an offset for this sandbox until it is closed. */
    public int freeOffset() {
        var offset = FreeOffset.take(Topology.DEBUG_SHOP).orElseThrow();
        offsets.add(offset);
        return offset.value();
    }

    /** Returns a port that the system does not use. No other program takes it, because the offset is reserved. */
    public static int sparePort(int offset) {
        return SPARE_PORT + offset;
    }

    public void behave(String service, String behaviour) throws IOException {
        Files.writeString(checkout.resolve("behaviour").resolve(service), behaviour);
    }

    /** Sets an environment variable for all later commands. */
    public void set(String variable, String value) {
        environment.put(variable, value);
    }

    /** Calls all later commands in this folder. */
    public void enter(Path folder) {
        from = folder;
    }

    /** Returns what the stand-ins recorded: {@code started <name>} and {@code ended <name>}, in order. */
    public List<String> events() throws IOException {
        var file = checkout.resolve("events.txt");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** @param out standard output and standard error */
    public record Outcome(int code, String out) {}

    /** Starts a command in the background. Its output goes to the file. */
    public Process start(Path output, String... arguments) throws IOException {
        var command = new ArrayList<>(QuickLauncher.command(checkout, from, List.of(arguments)));
        if (arguments[0].equals("up")) {
            command.add("--memory"); // there are no stand-ins for engines
            if (!training) {
                command.add("--no-training");
            }
        }
        var builder = new ProcessBuilder(Signal.reaching(command)).directory(checkout.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        started.add(process);
        return process;
    }

    /** Runs a command and returns when it has ended. */
    public Outcome run(String... arguments) throws IOException, InterruptedException {
        var output = Files.createTempFile(checkout, "output", ".txt");
        var process = start(output, arguments);
        if (!process.waitFor(120, SECONDS)) {
            throw new IllegalStateException(String.join(" ", arguments) + " does not end: " + Files.readString(output));
        }
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    /** Runs a command for the instance at this offset and returns when it has ended. */
    public Outcome run(int offset, String command, String... more) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--port-offset", Integer.toString(offset)));
        return run(arguments.toArray(String[]::new));
    }

    /** An object of {@code status --json}. The names are those of the JSON. */
    public record Status(String name, String state, Long pid, Integer port, Long uptime_s, Long pss_bytes, int restarts) {
        Status(ServiceStatus line) {
            this(line.name(), line.state().word(), line.process() == null ? null : line.process().pid(), line.port(),
                    line.uptimeSeconds(), line.pss(), line.restarts());
        }
    }

    /** Returns what {@code ./shop status} would print about a service or {@code launcher}, without starting a process. */
    public Status status(int offset, String service) throws IOException {
        return ServiceStatus.of(instance(offset)).stream().filter(line -> line.name().equals(service)).findFirst().map(Status::new)
                .orElseThrow();
    }

    /** Returns the environment of a running stand-in as {@code NAME=value}. */
    public List<String> environmentOf(int offset, String service) throws IOException {
        var port = instance(offset).port(Topology.DEBUG_SHOP.find(service).orElseThrow().port());
        try (var body = URI.create("http://127.0.0.1:" + port + "/environment").toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** Stops everything that the test has left running. */
    public void close() throws IOException, InterruptedException {
        for (var process : started) {
            process.destroyForcibly().waitFor();
        }
        for (var offset : offsets) {
            var instance = instance(offset.value());
            State.read(instance).map(State::launcher).ifPresent(OsProcess::kill);
            Leftovers.of(instance).forEach(OsProcess::kill);
        }
        Training.leftovers(checkout).forEach(OsProcess::kill);
        offsets.forEach(FreeOffset::close);
    }

    /** A stand-in for dev mode: a process that starts the service as a child process, and ends it when it gets a signal. */
    private void writeMavenStandIn() throws IOException {
        var maven = checkout.resolve("mvnw");
        Files.writeString(maven, """
                #!/bin/sh
                while [ $# -gt 0 ]; do
                  case $1 in
                    -Dshop.process=*) marker=$1 ;;
                    -pl) module=$2; echo "mvnw $1 $2 $3 $4" >>events.txt ;;
                  esac
                  shift
                done
                "$JAVA_HOME/bin/java" "$marker" -jar "$module/target/quarkus-app/quarkus-run.jar" &
                trap 'kill $!; wait $!; exit 143' TERM
                wait $!
                """);
        if (!maven.toFile().setExecutable(true)) {
            throw new IOException(maven + " cannot be made executable");
        }
    }

    private static void writeStandIn(Path jar) throws IOException {
        Files.createDirectories(jar.getParent());
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StandIn.class.getName());
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, VERSION);
        var file = StandIn.class.getName().replace('.', '/') + ".class";
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                var in = StandIn.class.getClassLoader().getResourceAsStream(file)) {
            out.putNextEntry(new JarEntry(file));
            in.transferTo(out);
        }
    }
}
