package org.debugshop.bench.verify;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Which faults may be on at the same time, so that the effect of one is not taken for that of the other. */
final class Overlap {

    /** These concern the whole machine, what all services share, or most requests: without users who are logged in, no order is paid. */
    private static final Set<String> ALONE = Set.of("saturation", "lock", "load", "configuration", "nothing");
    private static final Set<String> SHARED = Set.of("postgres", "kafka");
    /** Nearly everything passes through these. A fault of another service changes only the series of its own routes there. */
    private static final Set<String> PASSED = Set.of("gateway", "load-generator", "load-generator-instabook");

    private Overlap() {}

    static boolean isPossible(Fault fault, Collection<Fault> others) {
        return others.isEmpty() || others.stream().allMatch(other -> isPossible(fault, other));
    }

    private static boolean isPossible(Fault one, Fault other) {
        if (isAlone(one) || isAlone(other) || one.symptom().overlaps(other.symptom())) {
            return false;
        }
        var both = new TreeSet<>(one.concerned());
        both.retainAll(other.concerned());
        both.removeAll(PASSED);
        return both.isEmpty() && one.owners().stream().noneMatch(other.owners()::contains);
    }

    private static boolean isAlone(Fault fault) {
        return fault.origin().component() == null || ALONE.contains(fault.origin().kind())
                || fault.concerned().stream().anyMatch(SHARED::contains);
    }
}
