package org.debugshop.console.diagnosis;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.diagnosis.Incident.Evidence;
import org.debugshop.console.diagnosis.Incident.Measure;
import org.debugshop.console.diagnosis.Incident.Symptom;

/** Says what was found, as an engineer would. */
final class Sentences {

    private static final int MAX_EVIDENCE = 3;

    private Sentences() {}

    /** Says what is wrong with a suspect, if no other evidence has said so. */
    static String of(Suspects.Suspect suspect, boolean slow, Comparisons figures) {
        String name = Case.name(suspect.component);
        String quote = figures.quote(suspect);
        if (slow || suspect.reason() == null) {
            return "%s takes much longer than before.".formatted(name);
        }
        return switch (suspect.reason()) {
            case ERROR -> "%s fails by itself%s.".formatted(name, quote);
            case IMPATIENT -> "%s gives up its calls sooner than they usually take%s.".formatted(name, quote);
            case LATE -> "%s does not answer in time%s.".formatted(name, quote);
            case UNREACHABLE -> "%s cannot be reached%s.".formatted(name, quote);
            case DATABASE -> "%s does not do its work%s.".formatted(name, quote);
            case CONNECTION -> "%s gets no connection to its database%s.".formatted(name, quote);
            case STATEMENT -> "The database refuses a statement of %s%s.".formatted(name, quote);
            case MESSAGE -> "Consumers cannot read what %s sends%s.".formatted(name, quote);
            case SENDING -> "Messages cannot be sent to %s%s.".formatted(name, quote);
        };
    }

    static Symptom symptom(Symptoms.Found found, Instant began) {
        var key = found.key();
        String operation = key.operation().isEmpty() ? null : key.operation();
        String what = operation == null ? key.component() : operation;
        var before = found.before();
        var now = found.now();
        if (found.finding() != null) {
            return finding(found, began);
        }
        return switch (found.measure()) {
            case ERRORS -> {
                boolean refused = now.failed() == 0;
                int field = refused ? Sums.REFUSED : Sums.FAILED;
                yield new Symptom(key.component(), operation, Measure.ERRORS, before.share(field), now.share(field), "share",
                        (long) now.count(), began,
                        "%.0f %% of the requests %s %s (before %.0f %%)".formatted(100 * now.share(field), what,
                                refused ? "are refused" : "fail",
                                100 * before.share(field)));
            }
            case TRAFFIC ->
                new Symptom(key.component(), operation, Measure.TRAFFIC, before.count(), now.count(), "", (long) now.count(), began,
                        "%s handles many more messages than before (%s)".formatted(key.component(), what));
            default -> new Symptom(key.component(), operation, Measure.LATENCY, before.mean(), now.mean(), "ms", (long) now.count(), began,
                    "%s takes %.0f ms (before %.0f ms)".formatted(what, now.mean(), before.mean()));
        };
    }

    private static Symptom finding(Symptoms.Found found, Instant began) {
        String component = found.key().component();
        return switch (found.finding()) {
            case Symptoms.Calls calls when found.measure() == Measure.MISSING -> new Symptom(component, found.key().operation(),
                    Measure.MISSING, calls.before(), calls.now(), "", (long) found.now().count(), began,
                    "%s calls %s %.1f times for one request (before %.1f)".formatted(found.key().operation(), calls.callee(), calls.now(),
                            calls.before()));
            case Symptoms.Logged logged -> new Symptom(component, null, Measure.LOGS, logged.before(), logged.now(), "/s", 0, began,
                    "%s logs errors that it did not log before, %.1f a second (before %.1f)".formatted(component, logged.now(),
                            logged.before()));
            case SeriesReader.Gone gone -> new Symptom(component, null, Measure.MISSING, 1, 0, "", 0, began,
                    "%s does not answer when its metrics are asked for".formatted(gone.service()));
            case Symptoms.Calls calls -> new Symptom(component, found.key().operation(), Measure.TRAFFIC, calls.before(), calls.now(), "",
                    (long) found.now().count(),
                    began,
                    "%s calls %s %.1f times for one request (before %.1f)".formatted(found.key().operation(), calls.callee(), calls.now(),
                            calls.before()));
            case SeriesReader.Lag lag -> new Symptom(component, null, Measure.LAG, lag.before(), lag.now(), "", 0, began,
                    "%.0f messages of the topic %s wait for %s (before %.0f)".formatted(lag.now(), lag.topic(), lag.group(), lag.before()));
            case SeriesReader.Resource resource -> resource.kind() == SeriesReader.Resource.Kind.CPU
                    ? new Symptom(component, null, Measure.SATURATION, resource.before(), resource.now(), "cores", 0, began,
                            "%s uses %.1f cores (before %.1f)".formatted(component, resource.now(), resource.before()))
                    : new Symptom(component, null, Measure.SATURATION, resource.before(), resource.now(), "share", 0, began,
                            "%.0f %% of the heap of %s stay used (before %.0f %%)".formatted(100 * resource.now(), component,
                                    100 * resource.before()));
            case SeriesReader.Figure figure -> new Symptom(component, null, Measure.FIGURES, figure.before(), figure.now(), "", 0, began,
                    figure.before() == 0
                            ? "%s of %s began to grow".formatted(figure.text(), component)
                            : "%s of %s moved from %.4g to %.4g".formatted(figure.text(), component, figure.before(), figure.now()));
            default -> throw new IllegalStateException("unknown finding " + found.finding());
        };
    }

    /** Says what speaks for a suspect: the requests that end at it, and the time that it takes. */
    static List<Evidence> evidence(Suspects.Suspect suspect, Comparisons figures) {
        return suspect.keys.entrySet().stream().sorted(Map.Entry.<Key, Double>comparingByValue().reversed()).limit(MAX_EVIDENCE)
                .flatMap(entry -> evidence(entry.getKey(), entry.getValue(), figures).stream()).toList();
    }

    private static Optional<Evidence> evidence(Key key, double requests, Comparisons figures) {
        String operation = key.operation();
        return switch (key.what()) {
            case BLAME ->
                Optional.of(new Evidence("About %.0f failing requests %s lead to it.".formatted(Math.max(1, requests), operation), true,
                        "/traces?error=true&service=" + url(key.component())));
            case TIME -> {
                double count = figures.now(Key.request(key.component(), operation)).count();
                double countBefore = figures.before(Key.request(key.component(), operation)).count();
                double now = count == 0 ? 0 : figures.now(key).millis() / count;
                double before = countBefore == 0 ? 0 : figures.before(key).millis() / countBefore;
                yield Optional.of(new Evidence("%s waits %.0f ms for it, before %.0f ms%s.".formatted(operation, now, before,
                        key.detail().isEmpty() ? "" : " (" + key.detail() + ")"), true, "/traces?service=" + url(key.component())));
            }
            default -> Optional.empty();
        };
    }

    private static String url(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Says what to look at next. */
    static List<String> next(List<Incident.Suspect> suspects) {
        var next = new ArrayList<String>();
        if (!suspects.isEmpty()) {
            var first = suspects.getFirst();
            if (first.component() == null) {
                next.add("Compare the rates of the load with those before.");
            } else {
                next.add("Read what %s has logged at WARN and ERROR since then.".formatted(first.component()));
                if (first.path().size() > 1) {
                    next.add("Open a failing or slow trace and compare it with a good one.");
                }
            }
        }
        return List.copyOf(next);
    }
}
