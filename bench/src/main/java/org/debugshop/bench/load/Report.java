package org.debugshop.bench.load;

import static org.debugshop.bench.load.Comparison.Subject.BARE;
import static org.debugshop.bench.load.Comparison.Subject.IN_MEMORY;
import static org.debugshop.bench.load.Comparison.Subject.NO_TELEMETRY;
import static org.debugshop.bench.load.Comparison.Subject.TELEMETRY;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.bench.load.Instance.Member;
import org.debugshop.bench.load.Instance.Start;

/**
 * All that came of a run.
 *
 * @param commit of the sources; empty when it is not known
 * @param services how many were started on either side
 * @param shop starts of the system, one for each of {@code bare}
 * @param bare starts of as many bare services
 * @param rested the processes of the system when it had started
 * @param worked the same after the load, without the load generators
 */
record Report(Machine machine, Plan plan, String commit, int services, List<Start> shop, List<Start> bare, List<Member> rested,
        List<Member> worked, List<Comparison> comparisons) {

    private static final double MB = 1024.0 * 1024;

    /** What is aimed at, and what came of it. */
    record Goal(String what, double goal, double measured, boolean most, String unit) {

        boolean met() {
            return most ? measured <= goal : measured >= goal;
        }
    }

    /** What was done at bare services too, with telemetry and without. */
    Stream<Comparison> withBare() {
        return comparisons.stream().filter(each -> each.subjects().contains(BARE));
    }

    /** What was done with engines and without. */
    Stream<Comparison> inMemory() {
        return comparisons.stream().filter(each -> each.subjects().contains(IN_MEMORY));
    }

    double startRatio() {
        return Comparison.median(IntStream.range(0, shop.size()).boxed().toList(),
                i -> shop.get(i).answer() / bare.get(i).answer());
    }

    /** Bytes of all processes; 0 where the system does not tell. */
    static long pss(List<Member> members) {
        return members.stream().mapToLong(member -> member.pss() == null ? 0 : member.pss()).sum();
    }

    List<Goal> goals() {
        var goals = new ArrayList<Goal>();
        goals.add(new Goal("start, times that of bare Quarkus", 1.5, startRatio(), true, "x"));
        goals.add(new Goal("./shop up -d returns", 20, Comparison.median(shop, Start::command), true, "s"));
        if (pss(rested) > 0) {
            goals.add(new Goal("memory of all (PSS)", 1750, pss(rested) / MB, true, "MB"));
        }
        comparisons.stream().filter(each -> each.rate() == 0 && each.operation().name().equals("products"))
                .forEach(each -> goals.add(new Goal("GET /products, of bare Quarkus", 60, 100 * each.ratio(TELEMETRY, BARE), false, "%")));
        withBare().filter(each -> each.rate() == 0).forEach(each -> goals.add(
                new Goal("telemetry costs, " + each.operation().title(), 15, 100 * (1 - each.ratio(TELEMETRY, NO_TELEMETRY)), true, "%")));
        return goals;
    }

    /** Failed operations of everything measured, as sentences. */
    List<String> failures() {
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
