package org.debugshop.console.diagnosis.petshop;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import java.util.List;
import java.util.Map;
import org.debugshop.console.diagnosis.Attribution;
import org.debugshop.console.diagnosis.Attribution.Call;
import org.debugshop.console.diagnosis.Attribution.Change;
import org.debugshop.console.diagnosis.Attribution.Measure;
import org.debugshop.console.diagnosis.petshop.PetShop.Issue;
import org.debugshop.console.diagnosis.petshop.PetShop.Row;
import org.debugshop.console.diagnosis.petshop.PetShop.Traffic;

/** Two periods of a recording that are compared. @param minutes the length of the second one */
record Window(double minutes, Map<String, Change> changes, List<Call> calls) {

    /** How many rows are compared with what was before: 15 minutes. The injected issues of {@code train} last about ten. */
    static final int ROWS = 3;

    /** A smaller part of the requests that fail at the symptom is no alarm. */
    private static final double LEAST_FAILED_SHARE = 0.005;
    /** A smaller rise of the mean duration at the symptom is no alarm. */
    private static final double LEAST_RELATIVE_WAITING = 0.05;

    static Window of(Traffic traffic, List<Row> before, List<Row> now) {
        return new Window(now.size() * PetShop.MINUTES_PER_ROW, traffic.components().stream().collect(toMap(identity(),
                component -> new Change(PetShop.sum(before, component), PetShop.sum(now, component)))), traffic.calls());
    }

    /** Compares the rows from the one in which the issue was seen with those that had ended before. */
    static Window of(Issue issue) {
        var before = issue.rows().stream().takeWhile(row -> row.end() <= issue.seenAt()).toList();
        return of(issue.traffic(), before, issue.rows().stream().skip(before.size()).limit(ROWS).toList());
    }

    Attribution attribution(Measure measure) {
        return Attribution.of(measure, minutes, changes, calls);
    }

    /**
     * Returns whether an engine should report something: the symptom got worse enough, and the first cause is not chance and large
     * enough.
     */
    boolean raisesAlarm(Measure measure, String symptom) {
        Change change = changes.get(symptom);
        if (change.before().requests() == 0 || change.now().requests() == 0) {
            return false;
        }
        double least = change.now().requests() / minutes * (measure == Measure.FAILURES
                ? LEAST_FAILED_SHARE
                : LEAST_RELATIVE_WAITING * change.before().meanMillis() / 1000);
        var attribution = attribution(measure);
        return attribution.total(symptom) >= least
                && attribution.rankingFor(symptom).stream().limit(1).anyMatch(cause -> cause.significant() && cause.own() >= least);
    }
}
