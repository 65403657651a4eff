package org.debugshop.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.debugshop.bench.load.AgainstReport.FirstStart;
import org.debugshop.bench.load.AgainstReport.Measured;
import org.debugshop.bench.load.Comparison.Subject;
import org.debugshop.bench.load.Instance.Member;
import org.debugshop.bench.load.Instance.Start;

/**
 * Compares the last commit with another one: fresh clones of both are built, started and loaded in turns, on the same machine in the same
 * run.
 */
final class Against {

    /** How long the system runs before its memory and its use of the CPU are measured, and how long that takes. */
    private static final Duration SETTLING = Duration.ofSeconds(30);
    private static final Duration WATCHING = Duration.ofSeconds(60);
    private static final List<Subject> SUBJECTS = List.of(Subject.OTHER_COMMIT, Subject.TELEMETRY);

    private final Plan plan;
    private final Progress progress;
    private final Running running;
    private final Machine machine = Machine.here();
    private final Map<Subject, Clone> clones = new EnumMap<>(Subject.class);
    private final Map<Subject, Instance> instances = new EnumMap<>(Subject.class);
    private final Map<Subject, FirstStart> firstStarts = new EnumMap<>(Subject.class);
    private final Map<Subject, List<Start>> starts = new EnumMap<>(Subject.class);
    private final Map<Subject, List<List<Member>>> started = new EnumMap<>(Subject.class);
    private final Map<Subject, List<Member>> rested = new EnumMap<>(Subject.class);
    private final Map<Subject, Double> idle = new EnumMap<>(Subject.class);

    Against(Plan plan, Progress progress, Running running) {
        this.plan = plan;
        this.progress = progress;
        this.running = running;
    }

    AgainstReport run() throws IOException, InterruptedException {
        var folder = Path.of(".shop", "against").toAbsolutePath();
        clones.put(Subject.OTHER_COMMIT, Clone.of(plan.against(), folder.resolve("other")));
        clones.put(Subject.TELEMETRY, Clone.of("HEAD", folder.resolve("this")));
        for (var subject : SUBJECTS) {
            instances.put(subject,
                    new Instance(clones.get(subject).folder(), plan.offsets().get(SUBJECTS.indexOf(subject)), false, Map.of()));
            startForTheFirstTime(subject);
        }
        for (int i = 1; i <= plan.starts(); i++) {
            for (var subject : SUBJECTS) {
                progress.step("start of %s, %d of %d", name(subject), i, plan.starts());
                start(subject);
                if (i == plan.starts()) {
                    watch(subject);
                }
                running.stop(instances.get(subject));
            }
        }
        var comparisons = compare();
        var measured = new EnumMap<Subject, Measured>(Subject.class);
        for (var subject : SUBJECTS) {
            measured.put(subject, new Measured(name(subject), firstStarts.get(subject), starts.get(subject), started.get(subject),
                    rested.get(subject), instances.get(subject).members(), idle.get(subject)));
        }
        for (var subject : SUBJECTS) {
            running.stop(instances.get(subject));
            clones.get(subject).delete();
        }
        Files.deleteIfExists(folder);
        return new AgainstReport(machine, plan, measured.get(Subject.OTHER_COMMIT), measured.get(Subject.TELEMETRY), comparisons);
    }

    private String name(Subject subject) {
        return clones.get(subject).commit();
    }

    /** Measures what a user waits for after {@code git clone}, and then finishes what the system makes beside it. */
    private void startForTheFirstTime(Subject subject) throws IOException, InterruptedException {
        progress.step("first start of a fresh clone of %s", name(subject));
        long before = Clone.downloaded();
        double seconds = running.start(instances.get(subject)).command();
        firstStarts.put(subject, new FirstStart(seconds, Clone.downloaded() - before));
        running.stop(instances.get(subject));
        progress.step("AOT caches of %s", name(subject));
        clones.get(subject).prepare();
    }

    private void start(Subject subject) throws IOException, InterruptedException {
        var instance = instances.get(subject);
        starts.computeIfAbsent(subject, _ -> new ArrayList<>()).add(running.start(instance));
        started.computeIfAbsent(subject, _ -> new ArrayList<>()).add(instance.members());
    }

    /** Measures the memory and the CPU time of the system while the load generators work at their default rate. */
    private void watch(Subject subject) throws IOException, InterruptedException {
        progress.step("%s at its default load", name(subject));
        Thread.sleep(SETTLING);
        var before = instances.get(subject).members();
        long from = System.nanoTime();
        Thread.sleep(WATCHING);
        var after = instances.get(subject).members();
        idle.put(subject, (Member.cpuSeconds(after) - Member.cpuSeconds(before)) / ((System.nanoTime() - from) / 1e9));
        rested.put(subject, after);
    }

    private List<Comparison> compare() throws IOException, InterruptedException {
        for (var subject : SUBJECTS) {
            progress.step("start of %s for the load", name(subject));
            running.start(instances.get(subject), "--without-load");
        }
        var comparisons = new ArrayList<Comparison>();
        try (var load = new Load(plan.connections())) {
            for (var operation : plan.operations()) {
                if (operation.subjects().contains(Subject.BARE)) {
                    comparisons.addAll(new Turns(plan, load, instances, operation.betweenCommits(), progress).measure());
                }
            }
        }
        return comparisons;
    }
}
