package org.debugshop.console.diagnosis.petshop;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.debugshop.console.diagnosis.Attribution.Measure;
import org.debugshop.console.diagnosis.petshop.PetShop.Issue;
import org.debugshop.console.diagnosis.petshop.PetShop.Row;
import org.debugshop.console.diagnosis.petshop.PetShop.Traffic;

/**
 * The program behind {@code ./shop bench --petshop}. It measures how often the diagnosis finds the origin of the issues of the PetShop
 * dataset, next to two simple methods, and how often it raises an alarm where nothing was injected.
 */
final class Evaluation {

    /** First rows of recordings that are further apart are not compared. */
    private static final double MAX_SECONDS_APART = 3600;

    private final PetShop data;
    private final List<Issue> train;
    private final List<Issue> test;

    Evaluation(Path folder) throws IOException {
        data = PetShop.read(folder);
        train = data.issues("train");
        test = data.issues("test");
    }

    public static void main(String... arguments) throws IOException {
        System.out.println(new Evaluation(Path.of(arguments[0])).report());
    }

    /** Returns tables in Markdown. */
    String report() {
        return Stream.of(origins("train", train), origins("test", test), alarms()).collect(joining("\n\n"));
    }

    private static String origins(String part, List<Issue> issues) {
        var lines = new ArrayList<String>();
        lines.add("| %s: top-1 / top-3 | issues | %s |".formatted(part,
                Arrays.stream(Method.values()).map(Method::title).collect(joining(" | "))));
        lines.add("| --- | ---: |" + " --- |".repeat(Method.values().length));
        issues.stream().map(issue -> issue.traffic().pattern()).distinct()
                .forEach(pattern -> Arrays.stream(Measure.values()).forEach(measure -> lines.add(line(pattern + ", " + name(measure),
                        issues.stream().filter(issue -> issue.traffic().pattern().equals(pattern) && issue.measure() == measure)
                                .toList()))));
        lines.add(line("all", issues));
        return String.join("\n", lines);
    }

    private static String line(String name, List<Issue> issues) {
        return "| %s | %d | %s |".formatted(name, issues.size(), Arrays.stream(Method.values()).map(method -> score(method, issues))
                .map(score -> String.format(Locale.ROOT, "%.3f / %.3f", score.top1Share(), score.top3Share())).collect(joining(" | ")));
    }

    static Score score(Method method, List<Issue> issues) {
        return Score.sum(issues.stream().map(issue -> Score.of(method.scores(Window.of(issue), issue.measure(), issue.symptom()),
                issue.origin(), issue.traffic().components().size())).toList());
    }

    private String alarms() {
        var lines = new ArrayList<String>();
        lines.add("| alarms of the attribution | latency | availability |");
        lines.add("| --- | --- | --- |");
        lines.add(alarms("issues of train", measure -> ofIssues(train, measure)));
        lines.add(alarms("issues of test", measure -> ofIssues(test, measure)));
        for (var traffic : data.traffic()) {
            lines.add(alarms("windows of noissue, " + traffic.pattern(), measure -> ofNormal(traffic, measure)));
        }
        lines.add(alarms("rows before the issues", this::beforeIssues));
        return String.join("\n", lines);
    }

    /** @param raised how many of {@code of} */
    private record Alarms(long raised, long of) {

        static Alarms in(List<Boolean> windows) {
            return new Alarms(windows.stream().filter(raised -> raised).count(), windows.size());
        }

        @Override
        public String toString() {
            return raised + " of " + of;
        }
    }

    @FunctionalInterface
    private interface Count {
        Alarms of(Measure measure);
    }

    private static String alarms(String name, Count count) {
        return "| %s | %s | %s |".formatted(name, count.of(Measure.WAITING), count.of(Measure.FAILURES));
    }

    private static Alarms ofIssues(List<Issue> issues, Measure measure) {
        return Alarms.in(issues.stream().filter(issue -> issue.measure() == measure)
                .map(issue -> Window.of(issue).raisesAlarm(measure, issue.symptom())).toList());
    }

    /** Every row of the normal recording is compared with the rows after it, as in an issue. */
    private Alarms ofNormal(Traffic traffic, Measure measure) {
        var windows = new ArrayList<Boolean>();
        for (int i = 1; i + Window.ROWS <= traffic.normal().size(); i++) {
            windows.add(raisesAlarm(Window.of(traffic, List.of(traffic.normal().get(i - 1)), traffic.normal().subList(i, i + Window.ROWS)),
                    traffic, measure));
        }
        return Alarms.in(windows);
    }

    /** The first row of each recording of an issue is compared with that of the previous recording. */
    private Alarms beforeIssues(Measure measure) {
        var windows = new ArrayList<Boolean>();
        for (var traffic : data.traffic()) {
            var first = Stream.of(train, test).flatMap(List::stream).filter(issue -> issue.traffic() == traffic)
                    .map(issue -> issue.rows().getFirst()).sorted(Comparator.comparingDouble(Row::start)).toList();
            for (int i = 1; i < first.size(); i++) {
                if (first.get(i).start() - first.get(i - 1).start() <= MAX_SECONDS_APART) {
                    windows.add(raisesAlarm(Window.of(traffic, List.of(first.get(i - 1)), List.of(first.get(i))), traffic, measure));
                }
            }
        }
        return Alarms.in(windows);
    }

    private boolean raisesAlarm(Window window, Traffic traffic, Measure measure) {
        var symptoms = Stream.of(train, test).flatMap(List::stream).filter(issue -> issue.traffic() == traffic).map(Issue::symptom)
                .collect(toCollection(TreeSet::new));
        return symptoms.stream().anyMatch(symptom -> window.raisesAlarm(measure, symptom));
    }

    private static String name(Measure measure) {
        return measure == Measure.WAITING ? "latency" : "availability";
    }
}
