package org.debugshop.bench.load;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.debugshop.bench.load.Comparison.Subject;
import org.debugshop.bench.load.Instance.Member;
import org.debugshop.bench.load.Instance.Start;

/**
 * The result of {@link Against}.
 *
 * @param other the commit that was named
 * @param here the last commit
 */
record AgainstReport(Machine machine, Plan plan, Measured other, Measured here, List<Comparison> comparisons) implements Result {

    private static final double MB = 1024.0 * 1024;
    private static final double MUCH_DOWNLOADED = 1e6;
    /** How many times the other commit's throughput is wanted, by operation. */
    private static final Map<String, Double> WANTED = Map.of("products", 5.0, "product", 5.0, "checkout", 4.0, "booking", 2.0);

    /** @param downloaded bytes by which the local Maven repository grew meanwhile */
    record FirstStart(double seconds, long downloaded) {}

    /**
     * The figures of one commit.
     *
     * @param started the processes right after each start
     * @param rested the processes after a while at the default load
     * @param worked the processes after the load, without the load generators
     * @param idle cores that all processes use at the default load
     */
    record Measured(String commit, FirstStart firstStart, List<Start> starts, List<List<Member>> started, List<Member> rested,
            List<Member> worked, double idle) {

        private double cpuOfAService() {
            return Comparison.median(started, members -> {
                var services = members.stream().filter(Member::isService).toList();
                return Member.cpuSeconds(services) / services.size();
            });
        }

        private Optional<Member> process(String name) {
            return rested.stream().filter(member -> member.name().equals(name)).findFirst();
        }
    }

    /** What is wanted of a figure. */
    private enum Of {
        /** Of the figure itself. */
        FIGURE,
        /** Of the figure, divided by that of the other commit. */
        RATIO
    }

    private record Goal(Of of, boolean most, double limit) {

        private boolean isMet(Row row) {
            double value = of == Of.RATIO ? row.here / row.other : row.here;
            return most ? value <= limit : value >= limit;
        }

        private String text() {
            return (most ? "≤ " : "≥ ") + "%.1f".formatted(limit) + (of == Of.RATIO ? "x" : "");
        }
    }

    /**
     * A figure of both.
     *
     * @param other NaN if it was not measured there
     * @param goal null if there is none
     * @param doubt why the figures cannot be compared; empty if they can
     */
    private record Row(String section, String what, String unit, double other, double here, Goal goal, String doubt) {

        private String verdict() {
            return goal == null ? "" : goal.text() + "  " + (!doubt.isEmpty() ? "unknown: " + doubt : goal.isMet(this) ? "met" : "missed");
        }
    }

    private List<Row> rows() {
        var doubt = plan.warmUpStart() ? "" : "a short run measures cold code";
        var rows = new ArrayList<Row>();
        var downloads = Stream.of(other, here).filter(measured -> measured.firstStart.downloaded > MUCH_DOWNLOADED)
                .map(measured -> "%s downloaded %.0f MB".formatted(measured.commit, measured.firstStart.downloaded / 1e6)).toList();
        var start = "START";
        rows.add(new Row(start, "the first of a fresh clone", "s", other.firstStart.seconds, here.firstStart.seconds,
                new Goal(Of.RATIO, true, 0.6), String.join(", ", downloads)));
        rows.add(new Row(start, "./shop up -d", "s", Comparison.median(other.starts, Start::command),
                Comparison.median(here.starts, Start::command), new Goal(Of.RATIO, true, 0.6), doubt));
        rows.add(new Row(start, "from first process to last answer", "s", Comparison.median(other.starts, Start::answer),
                Comparison.median(here.starts, Start::answer), null, doubt));
        rows.add(new Row(start, "CPU time of a service, mean", "s", other.cpuOfAService(), here.cpuOfAService(),
                new Goal(Of.FIGURE, true, 1.0), doubt));
        rows.add(new Row("AT THE DEFAULT LOAD", "CPU time of all", "%", 100 * other.idle, 100 * here.idle,
                new Goal(Of.FIGURE, true, 12), doubt));
        memory(rows);
        for (var comparison : comparisons) {
            var failed = comparison.subjects().stream().anyMatch(subject -> !comparison.errors(subject).isEmpty())
                    ? "requests failed"
                    : doubt;
            if (comparison.rate() == 0) {
                rows.add(new Row("THROUGHPUT, " + plan.connections() + " connections", comparison.operation().title(), "/s",
                        comparison.perSecond(Subject.OTHER_COMMIT), comparison.perSecond(Subject.TELEMETRY),
                        new Goal(Of.RATIO, false, WANTED.get(comparison.operation().name())), failed));
            } else {
                rows.add(new Row("LATENCY at half of that, p99", "%s, %.0f a second".formatted(comparison.operation().title(),
                        comparison.rate()), "ms", Double.NaN, comparison.latency(Subject.TELEMETRY).p99(),
                        new Goal(Of.FIGURE, true, 50), failed));
            }
        }
        return rows;
    }

    private void memory(List<Row> rows) {
        var section = "MEMORY (PSS) at the default load";
        var both = here.rested.stream().filter(member -> member.pss() != null && other.process(member.name()).isPresent()).toList();
        for (var member : here.rested) {
            if (member.pss() != null) {
                rows.add(new Row(section, member.name(), "MB",
                        other.process(member.name()).map(Member::pss).map(pss -> pss / MB).orElse(Double.NaN), member.pss() / MB, null,
                        ""));
            }
        }
        rows.add(new Row(section, "of all", "MB", Report.pss(other.rested) / MB, Report.pss(here.rested) / MB, null, ""));
        rows.add(new Row(section, "of those that both have", "MB",
                Report.pss(both.stream().flatMap(member -> other.process(member.name()).stream()).toList()) / MB, Report.pss(both) / MB,
                new Goal(Of.FIGURE, true, 1100), ""));
        rows.add(new Row(section, "of all but load generators, after the load", "MB", Report.pss(other.worked) / MB,
                Report.pss(here.worked) / MB, null, ""));
    }

    @Override
    public String table() {
        var text = new StringBuilder("%s%n%d connections, %d rounds of %s s%n".formatted(machine, plan.connections(), plan.rounds(),
                plan.seconds()));
        var section = "";
        for (var row : rows()) {
            if (!row.section.equals(section)) {
                section = row.section;
                text.append("%n%-46s %10s %10s%n".formatted(section, other.commit, here.commit));
            }
            text.append("%-46s %7s %-2s %7s %-2s %7s  %s".formatted(row.what, number(row.other), row.unit, number(row.here), row.unit,
                    Double.isNaN(row.other) ? "" : "%.2fx".formatted(row.here / row.other), row.verdict()).stripTrailing()).append('\n');
        }
        failures().forEach(failure -> text.append("%nFAILED REQUESTS: do not trust the figures above. %s".formatted(failure)));
        return text.toString();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : value < 100 ? "%.1f".formatted(value) : "%.0f".formatted(value);
    }

    @Override
    public String json() throws IOException {
        var figures = new ArrayList<Map<String, Object>>();
        for (var row : rows()) {
            var figure = new LinkedHashMap<String, Object>();
            figure.put("section", row.section);
            figure.put("what", row.what);
            figure.put("unit", row.unit);
            figure.put("other", Double.isNaN(row.other) ? null : row.other);
            figure.put("here", row.here);
            figure.put("goal", row.goal == null ? null : row.goal.text());
            figure.put("met", row.goal == null || !row.doubt.isEmpty() ? null : row.goal.isMet(row));
            figures.add(figure);
        }
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(Map.of("other",
                other.commit, "here", here.commit, "figures", figures, "failed_requests", failures()));
    }

    @Override
    public List<String> failures() {
        return Report.failures(comparisons);
    }
}
