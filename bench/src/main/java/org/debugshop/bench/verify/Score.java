package org.debugshop.bench.verify;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * How good one answer of a diagnosis is.
 *
 * @param rank the place of the origin among the suspects, from 1; null if it is not named
 * @param path whether the path to where users see it is right; false if the origin is not named
 * @param wrong the suspects that are not the origin
 */
record Score(Integer rank, boolean path, List<String> wrong) {

    /** @param suspects the most likely first. If no component is at fault, naming none is right */
    static Score of(Fault.Origin truth, List<Diagnosis.Suspect> suspects) {
        var wrong = suspects.stream().map(Diagnosis.Suspect::component).filter(Objects::nonNull).filter(name -> !truth.isNamedBy(name))
                .toList();
        if (truth.component() == null && suspects.isEmpty()) {
            return new Score(1, true, wrong);
        }
        var place = IntStream.range(0, suspects.size()).filter(i -> truth.isNamedBy(suspects.get(i).component())).findFirst();
        if (place.isEmpty()) {
            return new Score(null, false, wrong);
        }
        var right = suspects.get(place.getAsInt());
        return new Score(place.getAsInt() + 1, truth.component() == null || rest(truth.path()).equals(rest(right.path())), wrong);
    }

    /** The origin itself may have another name, which {@link Fault.Origin#isNamedBy} has checked. */
    private static List<String> rest(List<String> path) {
        return path.isEmpty() ? path : path.subList(1, path.size());
    }

    boolean isAmongThree() {
        return rank != null && rank <= 3;
    }

    boolean isFirst() {
        return rank != null && rank == 1;
    }
}
