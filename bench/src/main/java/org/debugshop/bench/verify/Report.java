package org.debugshop.bench.verify;

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
 * @param violations a sentence about each order, payment or stock that is wrong after all faults; null if that was not checked
 */
public record Report(long seed, boolean blind, boolean noise, String diagnosis, double seconds, Double ac1, Double ac3,
        Double meanSeconds, List<Row> faults, List<String> violations) {

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

    static Report of(long seed, boolean blind, boolean noise, String diagnosis, double seconds, List<Row> rows, List<String> violations) {
        var asked = rows.stream().filter(row -> row.pathRight() != null).toList();
        var mean = asked.stream().map(Row::firstSeconds).filter(Objects::nonNull).mapToDouble(Double::doubleValue).average();
        return new Report(seed, blind, noise, diagnosis, rounded(seconds), accuracy(asked.isEmpty() ? asked : rows, 1),
                accuracy(asked.isEmpty() ? asked : rows, 3),
                mean.isPresent() ? rounded(mean.getAsDouble()) : null, rows, violations);
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
        return faults.stream().allMatch(row -> row.problem() == null) && (violations == null || violations.isEmpty());
    }

    public String table() {
        var width = Math.max(5, faults.stream().mapToInt(row -> row.id().length()).max().orElse(0));
        var text = new StringBuilder();
        text.append(("%-" + width + "s %8s %8s %5s %6s %8s  %s%n").formatted("FAULT", "EFFECT", "FIRST", "RANK", "PATH", "HEALED",
                "WRONG SUSPECTS"));
        for (var row : faults) {
            text.append(("%-" + width + "s %8s %8s %5s %6s %8s  %s").formatted(row.id(), seconds(row.effectSeconds()),
                    seconds(row.firstSeconds()), row.rank() == null ? "-" : row.rank(),
                    row.pathRight() == null ? "-" : row.pathRight() ? "right" : "wrong", seconds(row.healSeconds()),
                    String.join(", ", row.wrongSuspects())).stripTrailing()).append('\n');
        }
        for (var row : faults) {
            if (row.problem() != null) {
                text.append("PROBLEM: ").append(row.id()).append(": ").append(row.problem()).append('\n');
            }
        }
        if (violations != null) {
            text.append(violations.isEmpty()
                    ? "Afterwards each order has one receipt, its stock is sold once, and it is paid at most once.\n"
                    : "WRONG:\n  " + String.join("\n  ", violations) + "\n");
        }
        if (ac1 != null) {
            text.append(
                    String.format(Locale.ROOT, "AC@1 %.2f   AC@3 %.2f   mean time to the right answer %s   (%s%s, seed %d%s)%n", ac1, ac3,
                            seconds(meanSeconds).strip(), diagnosis, blind ? ", blind" : "", seed, noise ? "" : ", without noise"));
        }
        return text.toString();
    }

    private static String seconds(Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.1f s", value);
    }
}
