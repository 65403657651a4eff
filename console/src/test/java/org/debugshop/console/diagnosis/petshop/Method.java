package org.debugshop.console.diagnosis.petshop;

import static java.util.stream.Collectors.toMap;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.debugshop.console.diagnosis.Attribution;
import org.debugshop.console.diagnosis.Attribution.Call;
import org.debugshop.console.diagnosis.Attribution.Cause;
import org.debugshop.console.diagnosis.Attribution.Change;
import org.debugshop.console.diagnosis.Attribution.Figures;
import org.debugshop.console.diagnosis.Attribution.Measure;

/** A way to rank the components. */
enum Method {

    /** {@link Attribution}, for the component where the symptom was seen. */
    ATTRIBUTION("attribution") {
        @Override
        Map<String, Double> scores(Window window, Measure measure, String symptom) {
            var causes = window.attribution(measure).rankingFor(symptom);
            var order = Comparator.comparing(Cause::significant).thenComparingDouble(Cause::own);
            return causes.stream().collect(toMap(Cause::component,
                    cause -> 1.0 + causes.stream().filter(other -> order.compare(other, cause) < 0).count()));
        }
    },

    /** A simple baseline: how much the latency or the availability got worse, relative to before. */
    LARGEST_CHANGE("largest relative change") {
        @Override
        Map<String, Double> scores(Window window, Measure measure, String symptom) {
            var scores = new HashMap<String, Double>();
            window.changes().forEach((component, change) -> {
                double before = level(change.before(), measure);
                double worse = measure == Measure.WAITING ? level(change.now(), measure) - before : before - level(change.now(), measure);
                if (before > 0 && worse > 0) {
                    scores.put(component, worse / before);
                }
            });
            return scores;
        }

        private double level(Figures figures, Measure measure) {
            return figures.requests() == 0 ? 0 : measure == Measure.WAITING ? figures.meanMillis() : 1 - figures.failedShare();
        }
    },

    /** A simple baseline: follows the calls from the symptom through components that got significantly worse; the deepest one is first. */
    DEEPEST_ANOMALY("deepest anomaly") {
        @Override
        Map<String, Double> scores(Window window, Measure measure, String symptom) {
            var scores = new HashMap<>(Map.of(symptom, 1.0));
            var next = new ArrayDeque<>(List.of(symptom));
            while (!next.isEmpty()) {
                String caller = next.remove();
                window.calls().stream().filter(call -> call.caller().equals(caller)).map(Call::callee)
                        .filter(callee -> isAnomalous(window, measure, callee))
                        .filter(callee -> scores.putIfAbsent(callee, scores.get(caller) + 1) == null).forEach(next::add);
            }
            return scores;
        }

        private boolean isAnomalous(Window window, Measure measure, String component) {
            Change change = window.changes().get(component);
            return Attribution.of(measure, window.minutes(), Map.of(component, change), List.of()).ranking().stream()
                    .anyMatch(Cause::significant);
        }
    };

    private final String title;

    Method(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Returns a score for each component that may be the origin, the highest for the most likely one. Others are missing. */
    abstract Map<String, Double> scores(Window window, Measure measure, String symptom);
}
