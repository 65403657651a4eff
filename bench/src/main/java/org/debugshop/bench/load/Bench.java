package org.debugshop.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.debugshop.bench.load.Comparison.Subject;
import org.debugshop.bench.load.Instance.Member;
import org.debugshop.bench.load.Instance.Start;

/**
 * The program behind {@code ./shop bench}. It compares the system with the system without traces and logs over OTLP, and with bare Quarkus
 * services that answer with the same number of bytes. Orders are also compared with a system without engines, and a protected route with an
 * open one. One run measures all of them in turns, so a disturbance of the machine affects all alike.
 */
public final class Bench {

    /** Quarkus's name for the variable OTEL_SDK_DISABLED of the specification: no spans or log records are made or sent. */
    private static final Map<String, String> SILENT = Map.of("SHOP_QUARKUS_OTEL_SDK_DISABLED", "true");

    private static final List<String> LOAD_GENERATORS = List.of("load-generator", "load-generator-instabook");

    private final Plan plan;
    private final Progress progress;
    private final Machine machine = Machine.here();
    private final Map<Subject, Instance> instances = new EnumMap<>(Subject.class);
    private final Running running;

    private Bench(Plan plan, Progress progress, Running running) {
        this.plan = plan;
        this.progress = progress;
        this.running = running;
        var checkout = Path.of("").toAbsolutePath();
        instances.put(Subject.TELEMETRY, new Instance(checkout, plan.offsets().get(0), false, Map.of()));
        instances.put(Subject.NO_TELEMETRY, new Instance(checkout, plan.offsets().get(1), false, SILENT));
        instances.put(Subject.BARE, new Instance(checkout, plan.offsets().get(2), true, Map.of()));
        instances.put(Subject.IN_MEMORY, new Instance(checkout, plan.offsets().get(3), false, Map.of()));
    }

    /**
     * Ends the JVM with 0 if everything was measured, and with 1 if a process did not start or requests failed.
     *
     * @param arguments a {@link Plan} as JSON
     */
    public static void main(String[] arguments) throws IOException {
        var plan = Plan.parse(arguments[0]);
        var progress = new Progress(plan.live());
        var running = new Running(progress);
        running.runAndExit(() -> {
            var report = plan.isAgainstAnother() ? new Against(plan, progress, running).run() : new Bench(plan, progress, running).run();
            progress.end();
            System.out.println(plan.json() ? report.json() : report.table());
            return report.failures().isEmpty() ? 0 : 1;
        });
    }

    private Report run() throws IOException, InterruptedException {
        for (var instance : instances.values()) {
            if (!instance.members().isEmpty()) {
                throw new IllegalStateException(
                        "Something is up at port offset " + instance.offset() + " already. ./shop down --port-offset "
                                + instance.offset() + " stops it; --port-offset has the benchmark listen elsewhere.");
            }
        }
        var shop = instances.get(Subject.TELEMETRY);
        var bare = instances.get(Subject.BARE);
        var starts = new ArrayList<Start>();
        var bareStarts = new ArrayList<Start>();
        var services = 0;
        for (var i = plan.warmUpStart() ? 0 : 1; i <= plan.starts(); i++) {
            var which = i == 0 ? "to warm up" : i + " of " + plan.starts();
            progress.step("start of bare Quarkus, %s", which);
            var bareStart = running.start(bare);
            services = (int) bare.members().stream().filter(Member::isService).count();
            if (i < plan.starts()) {
                running.stop(bare);
            } else {
                bare.stop(bare.members().stream().filter(member -> member.port() != null && member.port() != bare.port(Operation.GATEWAY))
                        .map(Member::name).toList());
            }
            progress.step("start of the system, %s", which);
            var start = running.start(shop);
            if (i < plan.starts()) {
                running.stop(shop);
            }
            if (i > 0) {
                bareStarts.add(bareStart);
                starts.add(start);
            }
        }
        var rested = shop.members();
        shop.stop(LOAD_GENERATORS);
        progress.step("start of the system without telemetry");
        running.start(instances.get(Subject.NO_TELEMETRY), "--without-load");
        if (plan.operations().stream().anyMatch(operation -> operation.subjects().contains(Subject.IN_MEMORY))) {
            progress.step("start of the system without engines");
            running.start(instances.get(Subject.IN_MEMORY), "--memory", "--without-load");
        }
        var comparisons = new ArrayList<Comparison>();
        try (var load = new Load(plan.connections())) {
            for (var operation : plan.operations()) {
                comparisons.addAll(new Turns(plan, load, instances, operation, progress).measure());
            }
        }
        return new Report(machine, plan, commit(), services, starts, bareStarts, rested, shop.members(), comparisons);
    }

    /** Returns the commit of the sources; empty outside a clone. */
    private static String commit() throws InterruptedException {
        try {
            var git = new ProcessBuilder("git", "describe", "--always", "--dirty").redirectError(ProcessBuilder.Redirect.DISCARD).start();
            var name = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? name : "";
        } catch (IOException noGit) {
            return "";
        }
    }
}
