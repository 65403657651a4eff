package org.debugshop.bench.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.debugshop.bench.load.Comparison.Subject;

/**
 * Measures one operation at all subjects in turns: first as fast as they answer, then at the same fixed rate. Another commit is not
 * measured at a fixed rate, because half of the faster one's throughput may be more than it can do.
 */
final class Turns {

    private final Plan plan;
    private final Load load;
    private final Map<Subject, Instance> instances;
    private final Operation operation;
    private final Progress progress;
    private final Map<Subject, Target> targets = new EnumMap<>(Subject.class);

    /** What is sent for a subject, where to, and the sizes of complete answers. */
    private record Target(Operation operation, int port, List<Integer> sizes) {}

    Turns(Plan plan, Load load, Map<Subject, Instance> instances, Operation operation, Progress progress) {
        this.plan = plan;
        this.load = load;
        this.instances = instances;
        this.operation = operation;
        this.progress = progress;
    }

    private interface Measurement {
        Round of(Operation asked, int port, List<Integer> whole) throws InterruptedException;
    }

    List<Comparison> measure() throws InterruptedException {
        prepare();
        for (var subject : operation.subjects()) {
            progress.step("%s, %s, warm-up", operation.title(), subject.title);
            one(subject, (steps, port, whole) -> load.closed(steps, port, whole, plan.warmUp()));
        }
        var closed = rounds(0, operation.subjects(), (steps, port, whole) -> load.closed(steps, port, whole, plan.round()));
        var timed = operation.subjects().contains(Subject.OTHER_COMMIT) ? Set.of(Subject.TELEMETRY) : operation.subjects();
        var slowest = timed.stream().mapToDouble(closed::perSecond).min().orElseThrow();
        var rate = plan.rate() > 0 ? plan.rate() : Math.max(1, Math.rint(slowest / 2));
        return List.of(closed, rounds(rate, timed, (steps, port, whole) -> load.open(steps, port, whole, plan.round(), rate)));
    }

    private void prepare() throws InterruptedException {
        var port = instances.get(Subject.TELEMETRY).port(operation.port());
        if (operation.subjects().contains(Subject.PROTECTED)) {
            var account = Account.create(load, port);
            for (var subject : operation.subjects()) {
                var steps = operation.of(account, subject);
                targets.put(subject, new Target(steps, port, load.probe(steps, port)));
            }
            return;
        }
        if (operation.subjects().contains(Subject.OTHER_COMMIT)) {
            for (var subject : operation.subjects()) {
                int own = instances.get(subject).port(operation.port());
                targets.put(subject, new Target(operation, own, load.probe(operation, own)));
            }
            return;
        }
        var sizes = load.probe(operation, port);
        for (var subject : operation.subjects()) {
            var steps = subject == Subject.BARE ? operation.bare(sizes) : operation;
            targets.put(subject, new Target(steps, instances.get(subject).port(steps.port()), sizes));
        }
    }

    /** Measures all rounds. The order of the subjects changes from round to round, so that none always follows the same one. */
    private Comparison rounds(double rate, Set<Subject> subjects, Measurement measurement) throws InterruptedException {
        var rounds = new EnumMap<Subject, List<Round>>(Subject.class);
        var order = new ArrayList<>(subjects);
        for (var i = 1; i <= plan.rounds(); i++) {
            for (var subject : order) {
                progress.step("%s, %s, %s, round %d of %d", operation.title(), subject.title,
                        rate == 0 ? "as fast as it answers" : "%.0f a second".formatted(rate), i, plan.rounds());
                rounds.computeIfAbsent(subject, _ -> new ArrayList<>()).add(one(subject, measurement));
            }
            Collections.rotate(order, 1);
        }
        return new Comparison(operation, rate, rounds);
    }

    /** Measures one round. It first waits until answers are complete, because the instance may still recover from the round before. */
    private Round one(Subject subject, Measurement measurement) throws InterruptedException {
        var target = targets.get(subject);
        load.probe(target.operation, target.port);
        return measurement.of(target.operation, target.port, target.sizes);
    }
}
