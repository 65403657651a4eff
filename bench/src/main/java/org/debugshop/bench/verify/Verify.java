package org.debugshop.bench.verify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.awaitility.core.ConditionTimeoutException;
import org.debugshop.bench.chaos.Chaos;
import org.debugshop.bench.chaos.Invariants;
import org.debugshop.bench.verify.Report.Row;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;

/**
 * The program behind {@code ./shop verify}. It switches on one fault after the other. For each it measures how long the effect takes, asks the
 * diagnosis every second, compares the answers with the truth, switches the fault off, and measures the recovery.
 *
 * @param shop a system with load
 * @param progress takes a line of text for each step
 */
public record Verify(Shop shop, Settings settings, Consumer<String> progress) {

    /** The load is that of {@code ./shop up}. Reservations expire soon, so that the run can wait until all stock is released. */
    public static final Map<String, String> ENVIRONMENT = environment();

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration WATCH = Duration.ofSeconds(30);
    /** As long as a diagnosis has named nothing, although something is at fault: a rare failure takes longer to be told from chance. */
    private static final Duration LONGEST_WATCH = Duration.ofSeconds(60);
    /** How long the diagnosis of the fault before may last. */
    private static final Duration CALM = Duration.ofSeconds(30);
    private static final Duration BETWEEN_DISTURBANCES = Duration.ofSeconds(20);
    /** How many samples or answers in a row are needed. */
    private static final int SAMPLES = 2;
    private static final int ANSWERS = 5;
    private static final int AT_ONCE = 4;
    private static final int WARM = 50;

    /**
     * What to do.
     *
     * @param ids the faults; empty for all
     * @param blind whether the diagnosis does without what services say about origins
     * @param noise whether clients make mistakes and services restart meanwhile
     * @param effects whether only effects and recoveries are measured, as quickly as possible: without a diagnosis and noise
     * @param whole whether nothing else uses the system, so that the orders can be checked at the end
     * @param pairs how many pairs of faults are switched on instead of single ones
     * @param healthyMinutes how long a system without a fault is watched first
     */
    public record Settings(List<String> ids, long seed, boolean blind, boolean noise, boolean effects, boolean whole, int pairs,
            int healthyMinutes) {

        /** Measures the effects of these faults. */
        public static Settings effectsOf(List<String> ids) {
            return new Settings(ids, 0, false, false, true, true, 0, 0);
        }
    }

    /** @param row what happened with a fault; null if it has just been switched off, and recovers */
    private record Step(Fault fault, Row row) {}

    /** @param nanos the duration, from the start of the measurement */
    private record Reached(long nanos, double figure) {}

    /** @param firstSeconds null if the origin was not the first suspect at the end */
    private record Watched(Score last, Double firstSeconds) {}

    public static void main(String[] args) throws InterruptedException {
        var ids = new ArrayList<String>();
        var options = new HashMap<String, String>();
        for (var i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--seed", "--port-offset", "--pairs", "--healthy" -> options.put(args[i], args[++i]);
                case String option when option.startsWith("--") -> options.put(option, "");
                case String id when !id.isBlank() -> ids.add(id);
                default -> {}
            }
        }
        var seed = Long.parseLong(options.getOrDefault("--seed", Long.toString(System.nanoTime() % 1_000_000)));
        var effects = options.containsKey("--effects");
        var settings = new Settings(ids, seed, options.containsKey("--blind"), !effects && !options.containsKey("--without-noise"), effects,
                !options.containsKey("--port-offset"), Integer.parseInt(options.getOrDefault("--pairs", "0")),
                Integer.parseInt(options.getOrDefault("--healthy", "0")));
        Report report;
        if (settings.whole()) {
            try (var own = OwnShop.start(ENVIRONMENT)) {
                report = new Verify(own.shop(), settings, System.err::println).run();
            }
        } else {
            var shop = new Shop(Shop.thisCheckout(), Integer.parseInt(options.get("--port-offset")));
            report = new Verify(shop, settings, System.err::println).run();
        }
        System.out.println(options.containsKey("--json") ? Json.text(report) : report.table());
        System.exit(report.isGood() ? 0 : 1);
    }

    private static Map<String, String> environment() {
        var environment = new HashMap<>(Chaos.ENVIRONMENT);
        environment.putAll(Map.of("USERS", "", "DELAY_BETWEEN_USERS", "", "DELAY_BETWEEN_REQUESTS", ""));
        return Map.copyOf(environment);
    }

    public Report run() throws InterruptedException {
        var all = Fault.all(shop.checkout());
        var chosen = all.stream().filter(fault -> settings.ids().isEmpty() || settings.ids().contains(fault.id())).toList();
        progress.accept("waiting for the first %d requests".formatted(WARM));
        shop.awaitSuccesses(Service.LOAD_GENERATOR, WARM);
        var began = System.nanoTime();
        var console = shop.url(Service.CONSOLE);
        var switches = new Switches(console);
        var healing = Thread.ofPlatform().unstarted(switches::off);
        Runtime.getRuntime().addShutdownHook(healing);
        var figures = new LinkedHashMap<Fault, Figure>();
        chosen.forEach(fault -> figures.put(fault, new Figure(fault.symptom())));
        var diagnosis = Diagnosis.incidents(console);
        List<Row> rows = List.of();
        List<Report.Pair> pairs = List.of();
        Report.Healthy healthy = null;
        try (var sampler = new Sampler(shop, List.copyOf(figures.values()));
                var noise = new Noise(shop, settings.noise(), settings.seed(), progress)) {
            var run = new Run(figures, switches, sampler, noise, diagnosis,
                    all.stream().anyMatch(fault -> fault.id().equals(Fault.HARMLESS_DEPLOYMENT)));
            if (settings.healthyMinutes() > 0) {
                healthy = run.healthy(Duration.ofMinutes(settings.healthyMinutes()));
            }
            if (settings.pairs() > 0) {
                pairs = run.pairs();
            } else if (settings.healthyMinutes() == 0 || !settings.ids().isEmpty()) {
                rows = settings.effects() ? run.overlapping() : run.inTurn();
            }
        } finally {
            switches.off();
            Runtime.getRuntime().removeShutdownHook(healing);
        }
        var violations = settings.whole() ? violations() : null;
        return Report.of(settings.seed(), settings.blind(), settings.noise(), settings.effects() ? null : diagnosis.name(),
                seconds(began), rows, pairs, healthy, violations);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /** Ends the load, and compares the orders, stock and payments. Dead letters are sent back first, as an operator would do. */
    private List<String> violations() {
        shop.run("stop", Service.LOAD_GENERATOR.toString(), Service.LOAD_GENERATOR_INSTABOOK.toString());
        var invariants = new Invariants(shop, progress);
        try {
            invariants.awaitEvents();
            if (deadLetters() > 0) {
                progress.accept(shop.run("events", "replay").all().strip());
                invariants.awaitEvents();
            }
            var violations = new ArrayList<>(invariants.violations());
            if (deadLetters() > 0) {
                violations.add("%.0f events were put aside again after they were sent back".formatted(deadLetters()));
            }
            return violations;
        } catch (ConditionTimeoutException never) {
            return List.of("The system does not come to rest: " + never.getMessage());
        }
    }

    private double deadLetters() {
        return Metrics.of(shop.url(Service.INVENTORY)).sum("shop_dead_letters_waiting");
    }

    /** The parts that all faults share. */
    private final class Run {

        private final Map<Fault, Figure> figures;
        private final Switches switches;
        private final Sampler sampler;
        private final Noise noise;
        private final Diagnosis diagnosis;
        private final boolean deploymentExists;

        Run(Map<Fault, Figure> figures, Switches switches, Sampler sampler, Noise noise, Diagnosis diagnosis, boolean deploymentExists) {
            this.figures = figures;
            this.switches = switches;
            this.sampler = sampler;
            this.noise = noise;
            this.diagnosis = diagnosis;
            this.deploymentExists = deploymentExists;
        }

        List<Row> inTurn() throws InterruptedException {
            var rows = new ArrayList<Row>();
            for (var fault : figures.keySet()) {
                awaitCalm();
                rows.add(checkOrFail(fault, noise.next(fault, deploymentExists), () -> {}));
            }
            return rows;
        }

        /**
         * Checks several faults at once, if they do not disturb each other, and the next ones while those before recover. One that has a
         * problem is checked again, alone.
         */
        List<Row> overlapping() throws InterruptedException {
            var rows = new LinkedHashMap<Fault, Row>();
            figures.keySet().forEach(fault -> rows.put(fault, null));
            var pending = new ArrayList<>(figures.keySet());
            var running = new ArrayList<Fault>();
            var recovering = new ArrayList<Fault>();
            var steps = new LinkedBlockingQueue<Step>();
            while (!pending.isEmpty() || !running.isEmpty() || !recovering.isEmpty()) {
                for (var fault : List.copyOf(pending)) {
                    if (running.size() < AT_ONCE && Overlap.isPossible(fault, running)
                            && recovering.stream().noneMatch(other -> fault.symptom().overlaps(other.symptom()))) {
                        pending.remove(fault);
                        running.add(fault);
                        Thread.ofPlatform().daemon().start(() -> steps.add(new Step(fault,
                                checkOrFail(fault, Noise.Plan.NOTHING, () -> steps.add(new Step(fault, null))))));
                    }
                }
                var step = steps.take();
                running.remove(step.fault);
                if (step.row == null) {
                    recovering.add(step.fault);
                } else {
                    recovering.remove(step.fault);
                    rows.put(step.fault, step.row);
                }
            }
            for (var row : rows.entrySet()) {
                if (row.getValue().problem() != null) {
                    progress.accept(row.getKey().id() + ": " + row.getValue().problem() + "; once more, alone");
                    row.setValue(checkOrFail(row.getKey(), Noise.Plan.NOTHING, () -> {}));
                }
            }
            return List.copyOf(rows.values());
        }

        private Row checkOrFail(Fault fault, Noise.Plan plan, Runnable whenOff) {
            try {
                return check(fault, plan, whenOff);
            } catch (InterruptedException | RuntimeException | AssertionError failure) {
                switches.set(fault.id(), false);
                return failed(fault, failure.toString());
            }
        }

        private static Row failed(Fault fault, String problem) {
            return new Row(fault.id(), null, null, null, null, null, List.of(), null, List.of(), problem);
        }

        /** @param whenOff is called when the fault has been switched off, and recovers */
        private Row check(Fault fault, Noise.Plan plan, Runnable whenOff) throws InterruptedException {
            var figure = figures.get(fault);
            figure.restart(Figure.SHORT_NANOS);
            if (await(figure, false).isEmpty()) {
                return failed(fault, "its symptom is there, or not measured, before it is on: the %s is %s".formatted(fault.symptom(),
                        now(figure)));
            }
            progress.accept(fault.id() + ": on");
            var disturbances = new ArrayList<String>();
            var disturbing = Thread.ofPlatform().daemon().start(() -> disturb(plan, disturbances));
            Optional<Reached> effect = Optional.empty();
            Optional<Watched> watched = Optional.empty();
            var problem = Optional.<String>empty();
            try {
                var began = System.nanoTime();
                problem = switches.set(fault.id(), true);
                if (problem.isEmpty()) {
                    figure.restart(Figure.SHORT_NANOS);
                    effect = await(figure, true).map(reached -> new Reached(reached.nanos() - began, reached.figure()));
                    if (effect.isEmpty()) {
                        problem = Optional.of("no effect within %d s: the %s is %s".formatted(LIMIT.toSeconds(), fault.symptom(),
                                now(figure)));
                    } else if (!settings.effects()) {
                        progress.accept("%s: effect after %.1f s (%s)".formatted(fault.id(), effect.get().nanos() / 1e9, now(figure)));
                        watched = Optional.of(watch(fault.origin()));
                    }
                }
            } finally {
                disturbing.join();
            }
            var ended = System.nanoTime();
            var healed = switches.set(fault.id(), false);
            figure.restart(Figure.WINDOW_NANOS);
            whenOff.run();
            var recovered = await(figure, false).map(reached -> new Reached(reached.nanos() - ended, reached.figure()));
            if (plan.deployment()) {
                switches.set(Fault.HARMLESS_DEPLOYMENT, false);
            }
            if (problem.isEmpty() && healed.isPresent()) {
                problem = healed;
            }
            if (problem.isEmpty() && recovered.isEmpty()) {
                problem = Optional.of("not healthy %d s after it was switched off: the %s is %s".formatted(LIMIT.toSeconds(),
                        fault.symptom(), now(figure)));
            }
            var row = new Row(fault.id(), effect.map(Run::seconds).orElse(null),
                    effect.map(reached -> Report.rounded(reached.figure())).orElse(null),
                    watched.map(Watched::firstSeconds).orElse(null), watched.map(all -> all.last().rank()).orElse(null),
                    watched.map(all -> all.last().path()).orElse(null), watched.map(all -> all.last().wrong()).orElse(List.of()),
                    recovered.map(Run::seconds).orElse(null), disturbances, problem.orElse(null));
            progress.accept("%s: %s".formatted(fault.id(), problem.orElse("healed")));
            return row;
        }

        private static Double seconds(Reached reached) {
            return Report.rounded(reached.nanos() / 1e9);
        }

        private static String now(Figure figure) {
            var now = figure.now();
            return now.isPresent() ? String.format(Locale.ROOT, "%.4g", now.getAsDouble()) : "unknown";
        }

        private void disturb(Noise.Plan plan, List<String> happened) {
            try {
                if (plan.deployment()) {
                    happened.add(switches.set(Fault.HARMLESS_DEPLOYMENT, true).map(why -> "no deployment: " + why)
                            .orElse("a harmless deployment"));
                }
                happened.addAll(noise.happen(plan));
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        }

        /** Returns when enough samples in a row are on one side, with the time then; empty if that takes too long. */
        private Optional<Reached> await(Figure figure, boolean broken) throws InterruptedException {
            var end = System.nanoTime() + LIMIT.toNanos();
            var inARow = 0;
            while (System.nanoTime() < end) {
                sampler.awaitNext(figure);
                var now = figure.now();
                inARow = now.isPresent() && figure.symptom().isShownBy(now.getAsDouble()) == broken ? inARow + 1 : 0;
                if (inARow == SAMPLES) {
                    return Optional.of(new Reached(System.nanoTime(), now.getAsDouble()));
                }
            }
            return Optional.empty();
        }

        /** Asks every second, until the origin has been first for some time. */
        private Watched watch(Fault.Origin truth) throws InterruptedException {
            var began = System.nanoTime();
            Double first = null;
            var inARow = 0;
            while (true) {
                var suspects = diagnosis.ask();
                var score = Score.of(truth, suspects);
                var limit = truth.component() != null && suspects.isEmpty() ? LONGEST_WATCH : WATCH;
                inARow = score.isFirst() ? inARow + 1 : 0;
                first = !score.isFirst() ? null : first == null ? Report.rounded((System.nanoTime() - began) / 1e9) : first;
                // A diagnosis that names nothing is right at first if no component is at fault, and must stay so.
                if (System.nanoTime() - began >= limit.toNanos() || truth.component() != null && inARow == ANSWERS) {
                    return new Watched(score, first);
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }

        /** Watches a system in which clients make mistakes, services restart and new versions are deployed, but nothing else is wrong. */
        Report.Healthy healthy(Duration duration) throws InterruptedException {
            progress.accept("watching the healthy system for %d minutes".formatted(duration.toMinutes()));
            var over = new AtomicBoolean();
            var disturbances = Collections.synchronizedList(new ArrayList<String>());
            var disturbing = Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    disturb(noise.next(figures.keySet().iterator().next(), deploymentExists), disturbances);
                    switches.set(Fault.HARMLESS_DEPLOYMENT, false);
                    pause(over);
                }
            });
            var named = new TreeSet<String>();
            var answers = 0;
            var wrong = 0;
            for (var end = System.nanoTime() + duration.toNanos(); System.nanoTime() < end;) {
                var suspects = diagnosis.ask();
                answers++;
                wrong += suspects.isEmpty() ? 0 : 1;
                suspects.stream().map(suspect -> Objects.requireNonNullElse(suspect.component(), "the load")).filter(named::add)
                        .forEach(name -> progress.accept("named without a fault: " + name));
                TimeUnit.SECONDS.sleep(1);
            }
            over.set(true);
            disturbing.join();
            return new Report.Healthy(answers, wrong, List.copyOf(named), List.copyOf(disturbances));
        }

        private static void pause(AtomicBoolean over) {
            for (var end = System.nanoTime() + BETWEEN_DISTURBANCES.toNanos(); System.nanoTime() < end && !over.get();) {
                try {
                    TimeUnit.SECONDS.sleep(1);
                } catch (InterruptedException ended) {
                    over.set(true);
                }
            }
        }

        /** Switches on two faults at a time. Which, decides the seed. */
        List<Report.Pair> pairs() throws InterruptedException {
            var random = new Random(settings.seed());
            var faults = figures.keySet().stream().filter(fault -> fault.origin().component() != null).toList();
            var pairs = new ArrayList<Report.Pair>();
            var drawn = new HashSet<Set<String>>();
            var most = Math.min(settings.pairs(), faults.size() * (faults.size() - 1) / 2);
            while (pairs.size() < most) {
                var one = faults.get(random.nextInt(faults.size()));
                var other = faults.get(random.nextInt(faults.size()));
                if (one != other && drawn.add(Set.of(one.id(), other.id()))) {
                    awaitCalm();
                    pairs.add(check(one, other));
                }
            }
            return pairs;
        }

        private Report.Pair check(Fault one, Fault other) throws InterruptedException {
            var both = List.of(one, other);
            var problems = new ArrayList<String>();
            progress.accept("%s and %s: on".formatted(one.id(), other.id()));
            both.forEach(fault -> switches.set(fault.id(), true).ifPresent(problems::add));
            for (var fault : both) {
                figures.get(fault).restart(Figure.SHORT_NANOS);
                if (await(figures.get(fault), true).isEmpty()) {
                    problems.add("no effect of %s: the %s is %s".formatted(fault.id(), fault.symptom(), now(figures.get(fault))));
                }
            }
            var began = System.nanoTime();
            Double seconds = null;
            var inARow = 0;
            List<Score> scores;
            List<Diagnosis.Suspect> suspects;
            do {
                TimeUnit.SECONDS.sleep(1);
                suspects = diagnosis.ask();
                var answer = suspects;
                scores = both.stream().map(fault -> Score.of(fault.origin(), answer)).toList();
                inARow = scores.stream().allMatch(Score::isAmongThree) ? inARow + 1 : 0;
                seconds = inARow == 0 ? null : seconds == null ? Report.rounded(Verify.seconds(began)) : seconds;
            } while (inARow < ANSWERS && System.nanoTime() - began < WATCH.toNanos());
            both.forEach(fault -> switches.set(fault.id(), false).ifPresent(problems::add));
            for (var fault : both) {
                figures.get(fault).restart(Figure.WINDOW_NANOS);
                if (await(figures.get(fault), false).isEmpty()) {
                    problems.add("%s is not healthy again: the %s is %s".formatted(fault.id(), fault.symptom(), now(figures.get(fault))));
                }
            }
            var wrong = suspects.stream().map(Diagnosis.Suspect::component).filter(Objects::nonNull)
                    .filter(name -> both.stream().noneMatch(fault -> fault.origin().isNamedBy(name))).toList();
            var pair = new Report.Pair(one.id(), other.id(), scores.getFirst().rank(), scores.getLast().rank(), seconds, wrong,
                    problems.isEmpty() ? null : String.join("; ", problems));
            progress.accept("%s and %s: %s".formatted(one.id(), other.id(), pair.isRight()
                    ? "both named"
                    : "not both named, but "
                            + suspects.stream().map(Diagnosis.Suspect::component).toList()));
            return pair;
        }

        /** Returns when the diagnosis names nothing, so that the fault before is not counted again, or after some time. */
        private void awaitCalm() throws InterruptedException {
            var end = System.nanoTime() + CALM.toNanos();
            while (System.nanoTime() < end && !diagnosis.ask().isEmpty()) {
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }
}
