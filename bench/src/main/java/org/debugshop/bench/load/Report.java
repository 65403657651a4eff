package org.debugshop.bench.load;

import static org.debugshop.bench.load.Comparison.Subject.BARE;
import static org.debugshop.bench.load.Comparison.Subject.IN_MEMORY;
import static org.debugshop.bench.load.Comparison.Subject.NO_TELEMETRY;
import static org.debugshop.bench.load.Comparison.Subject.OPEN;
import static org.debugshop.bench.load.Comparison.Subject.PROTECTED;
import static org.debugshop.bench.load.Comparison.Subject.TELEMETRY;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.bench.load.Instance.Member;
import org.debugshop.bench.load.Instance.Start;

/**
 * The results of a run.
 *
 * @param commit the commit of the sources; empty if it is not known
 * @param services the number of services of the system, which is also the number of bare services
 * @param shop the starts of the system, one for each of {@code bare}
 * @param bare the starts of the bare services
 * @param rested the processes of the system after the start
 * @param worked the processes of the system after the load, without the load generators
 */
record Report(Machine machine, Plan plan, String commit, int services, List<Start> shop, List<Start> bare, List<Member> rested,
        List<Member> worked, List<Comparison> comparisons) implements Result {

    private static final double MB = 1024.0 * 1024;

    /**
     * A goal and the measured value.
     *
     * @param most whether the goal is an upper limit; otherwise it is a lower limit
     * @param doubt why the measured value says nothing about the goal; empty if it does
     */
    record Goal(String what, double goal, double measured, boolean most, String unit, String doubt) {

        private boolean met() {
            return most ? measured <= goal : measured >= goal;
        }

        /** Returns whether the goal is met; empty if that is not known. */
        Optional<Boolean> isMet() {
            return doubt.isEmpty() ? Optional.of(met()) : Optional.empty();
        }

        String verdict() {
            return isMet().map(met -> met ? "met" : "missed").orElse("unknown: " + doubt);
        }
    }

    /** Returns the comparisons with bare services and with the system without telemetry. */
    Stream<Comparison> withBare() {
        return comparisons.stream().filter(comparison -> comparison.subjects().contains(BARE));
    }

    /** Returns the comparisons with the system without engines. */
    Stream<Comparison> inMemory() {
        return comparisons.stream().filter(comparison -> comparison.subjects().contains(IN_MEMORY));
    }

    /** Returns the comparisons of protected routes with open ones. */
    Stream<Comparison> withOpen() {
        return comparisons.stream().filter(comparison -> comparison.subjects().contains(OPEN));
    }

    double startRatio() {
        return Comparison.median(IntStream.range(0, shop.size()).boxed().toList(),
                i -> shop.get(i).answer() / bare.get(i).answer());
    }

    /** Returns the bytes of all processes; 0 if the operating system does not report them. */
    static long pss(List<Member> members) {
        return members.stream().mapToLong(member -> member.pss() == null ? 0 : member.pss()).sum();
    }

    List<Goal> goals() {
        var goals = new ArrayList<Goal>();
        goals.add(new Goal("start, times that of bare Quarkus", 1.5, startRatio(), true, "x", doubt()));
        goals.add(new Goal("./shop up -d returns", 20, Comparison.median(shop, Start::command), true, "s", doubt()));
        if (pss(rested) > 0) {
            goals.add(new Goal("memory of all (PSS)", 1750, pss(rested) / MB, true, "MB", ""));
        }
        comparisons.stream().filter(comparison -> comparison.rate() == 0 && comparison.operation().name().equals("products"))
                .forEach(comparison -> goals.add(
                        new Goal("GET /products, of bare Quarkus", 60, 100 * comparison.ratio(TELEMETRY, BARE), false, "%",
                                doubt(comparison))));
        withBare().filter(comparison -> comparison.rate() == 0).forEach(comparison -> goals.add(new Goal(
                "telemetry costs, " + comparison.operation().title(), 15, 100 * (1 - comparison.ratio(TELEMETRY, NO_TELEMETRY)), true,
                "%", doubt(comparison))));
        withOpen().filter(comparison -> comparison.rate() == 0).forEach(comparison -> goals.add(new Goal(
                "a protected request, times an open one", 1.5, comparison.ratio(OPEN, PROTECTED), true, "x", doubt(comparison))));
        return goals;
    }

    private String doubt() {
        return plan.warmUpStart() ? "" : "a short run measures cold code";
    }

    private String doubt(Comparison comparison) {
        return comparison.subjects().stream().allMatch(subject -> comparison.errors(subject).isEmpty()) ? doubt() : "requests failed";
    }

    @Override
    public String table() {
        return Table.of(this);
    }

    @Override
    public String json() throws IOException {
        return Json.of(this);
    }

    @Override
    public List<String> failures() {
        return failures(comparisons);
    }

    /** Returns a sentence for each kind of error in some comparisons. */
    static List<String> failures(List<Comparison> comparisons) {
        var failures = new ArrayList<String>();
        for (var comparison : comparisons) {
            for (var subject : comparison.subjects()) {
                comparison.errors(subject).forEach((error, count) -> failures.add("%s, %s, %s: %d times %s".formatted(
                        comparison.operation().title(), subject.title, mode(comparison), count, error)));
            }
        }
        return failures;
    }

    static String mode(Comparison comparison) {
        return comparison.rate() == 0 ? "as fast as it answers" : "%.0f a second".formatted(comparison.rate());
    }
}
