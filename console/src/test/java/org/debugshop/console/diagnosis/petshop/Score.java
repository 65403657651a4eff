package org.debugshop.console.diagnosis.petshop;

import java.util.Collection;
import java.util.Map;

/** How many issues are attributed to the right component: with the first guess, and with one of the first three. */
record Score(int issues, double top1, double top3) {

    /**
     * Scores one issue. Components with equal scores count as if they were shuffled: what is expected is counted, not what luck or the
     * alphabet gives.
     *
     * @param components how many there are; those without a score share the last place
     */
    static Score of(Map<String, Double> scores, String origin, int components) {
        return new Score(1, within(1, scores, origin, components), within(3, scores, origin, components));
    }

    static Score sum(Collection<Score> scores) {
        return new Score(scores.size(), scores.stream().mapToDouble(Score::top1).sum(), scores.stream().mapToDouble(Score::top3).sum());
    }

    private static double within(int places, Map<String, Double> scores, String origin, int components) {
        Double own = scores.get(origin);
        long better = own == null ? scores.size() : scores.values().stream().filter(other -> other > own).count();
        long equal = own == null ? components - scores.size() : scores.values().stream().filter(own::equals).count();
        return Math.clamp((places - better) / (double) equal, 0, 1);
    }

    double top1Share() {
        return top1 / issues;
    }

    double top3Share() {
        return top3 / issues;
    }
}
