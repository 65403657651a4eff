package org.debugshop.bench.verify;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The result of a run. The names of the members are those of the JSON.
 *
 * @param diagnosis the name of the method; null if only effects were measured
 * @param ac1 the share of the faults whose origin was the first suspect in the last answer; null if no diagnosis was asked
 * @param ac3 the same for the first three suspects
 * @param meanSeconds the mean of {@link Row#firstSeconds}; null if the origin was never first
 * @param pairs two faults at a time; empty if none were drawn
 * @param healthy null if the healthy system was not watched
 * @param violations a sentence about each order, payment or stock that is wrong after all faults; null if that was not checked
 */
public record Report(long seed, boolean blind, boolean noise, String diagnosis, double seconds, Double ac1, Double ac3,
        Double meanSeconds, List<Row> faults, List<Pair> pairs, Healthy healthy, List<String> violations) {

    /**
     * What happened while two faults were on at the same time.
     *
     * @param rankOfOne the place of its origin in the last answer; null if it was not named
     * @param seconds from both effects until both origins were among the first three suspects and stayed there; null if they were not
     * @param wrongSuspects components in the last answer that are the origin of neither
     * @param problem why an effect was not measured or a fault did not heal; null if all went well
     */
    public record Pair(String one, String other, Integer rankOfOne, Integer rankOfOther, Double seconds, List<String> wrongSuspects,
            String problem) {

        @JsonIgnore
        boolean isRight() {
            return rankOfOne != null && rankOfOne <= 3 && rankOfOther != null && rankOfOther <= 3;
        }
    }

    /**
     * What the diagnosis said about a system without a fault.
     *
     * @param wrongAnswers how many of the answers named anything
     */
    public record Healthy(int answers, int wrongAnswers, List<String> named, List<String> disturbances) {}

    /**
     * What happened with one fault. All times are seconds.
     *
     * @param effectSeconds from the switch until the effect was measured; null if it was not
     * @param figure the symptom's figure then
     * @param firstSeconds from the effect until the origin was the first suspect and stayed that; null if it was not in the last answer
     * @param rank the origin's place in the last answer; null if it was not named
     * @param pathRight whether the last answer has the right path from the origin to the symptom; null if no diagnosis was asked
     * @param wrongSuspects components in the last answer that are not the origin
     * @param healSeconds from the switch until the figure was healthy again; null if it did not become so
     * @param disturbances what else happened meanwhile
     * @param problem why the effect was not measured or the fault did not heal; null if all went well
     */
    public record Row(String id, Double effectSeconds, Double figure, Double firstSeconds, Integer rank, Boolean pathRight,
            List<String> wrongSuspects, Double healSeconds, List<String> disturbances, String problem) {}

    static Report of(long seed, boolean blind, boolean noise, String diagnosis, double seconds, List<Row> rows, List<Pair> pairs,
            Healthy healthy, List<String> violations) {
        var asked = rows.stream().filter(row -> row.pathRight() != null).toList();
        var mean = asked.stream().map(Row::firstSeconds).filter(Objects::nonNull).mapToDouble(Double::doubleValue).average();
        return new Report(seed, blind, noise, diagnosis, rounded(seconds), accuracy(asked.isEmpty() ? asked : rows, 1),
                accuracy(asked.isEmpty() ? asked : rows, 3),
                mean.isPresent() ? rounded(mean.getAsDouble()) : null, rows, pairs, healthy, violations);
    }

    private static Double accuracy(List<Row> asked, int places) {
        return asked.isEmpty()
                ? null
                : rounded(asked.stream().filter(row -> row.rank() != null && row.rank() <= places).count() / (double) asked.size());
    }

    static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** Returns whether all effects were measured, all faults healed, and nothing is wrong afterwards. The score has no influence. */
    public boolean isGood() {
        return faults.stream().allMatch(row -> row.problem() == null) && pairs.stream().allMatch(pair -> pair.problem() == null)
                && (violations == null || violations.isEmpty());
    }

    public String table() {
        var width = Math.max(5, faults.stream().mapToInt(row -> row.id().length()).max().orElse(0));
        var text = new StringBuilder();
        if (healthy != null) {
            text.append("Without a fault, %d of %d answers named anything%s.%n".formatted(healthy.wrongAnswers(), healthy.answers(),
                    healthy.named().isEmpty() ? "" : ": " + String.join(", ", healthy.named())));
        }
        if (!pairs.isEmpty()) {
            appendPairs(text);
        }
        if (faults.isEmpty()) {
            appendViolations(text);
            return text.toString();
        }
        text.append(("%-" + width + "s %8s %8s %5s %6s %8s  %s%n").formatted("FAULT", "EFFECT", "FIRST", "RANK", "PATH", "HEALED",
                "WRONG SUSPECTS"));
        for (var row : faults) {
            text.append(("%-" + width + "s %8s %8s %5s %6s %8s  %s").formatted(row.id(), seconds(row.effectSeconds()),
                    seconds(row.firstSeconds()), rank(row.rank()),
                    row.pathRight() == null ? "-" : row.pathRight() ? "right" : "wrong", seconds(row.healSeconds()),
                    String.join(", ", row.wrongSuspects())).stripTrailing()).append('\n');
        }
        for (var row : faults) {
            if (row.problem() != null) {
                text.append("PROBLEM: ").append(row.id()).append(": ").append(row.problem()).append('\n');
            }
        }
        appendViolations(text);
        if (ac1 != null) {
            text.append(
                    String.format(Locale.ROOT, "AC@1 %.2f   AC@3 %.2f   mean time to the right answer %s   (%s%s, seed %d%s)%n", ac1, ac3,
                            seconds(meanSeconds).strip(), diagnosis, blind ? ", blind" : "", seed, noise ? "" : ", without noise"));
        }
        return text.toString();
    }

    private void appendPairs(StringBuilder text) {
        var width = pairs.stream().mapToInt(pair -> pair.one().length() + pair.other().length() + 3).max().orElse(0);
        text.append(("%-" + width + "s %6s %9s  %s%n").formatted("PAIR", "RANKS", "BOTH", "WRONG SUSPECTS"));
        for (var pair : pairs) {
            text.append(("%-" + width + "s %6s %9s  %s").formatted(pair.one() + " + " + pair.other(),
                    rank(pair.rankOfOne()) + ", " + rank(pair.rankOfOther()), seconds(pair.seconds()),
                    String.join(", ", pair.wrongSuspects()))
                    .stripTrailing()).append('\n');
        }
        pairs.stream().filter(pair -> pair.problem() != null)
                .forEach(pair -> text.append("PROBLEM: %s + %s: %s%n".formatted(pair.one(), pair.other(), pair.problem())));
        text.append("Both origins are among the first three suspects for %d of %d pairs (seed %d).%n"
                .formatted(pairs.stream().filter(Pair::isRight).count(), pairs.size(), seed));
    }

    private static String rank(Integer rank) {
        return rank == null ? "-" : rank.toString();
    }

    private void appendViolations(StringBuilder text) {
        if (violations != null) {
            text.append(violations.isEmpty()
                    ? "Afterwards each order has one receipt, its stock is sold once, and it is paid at most once.\n"
                    : "WRONG:\n  " + String.join("\n  ", violations) + "\n");
        }
    }

    private static String seconds(Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.1f s", value);
    }
}
