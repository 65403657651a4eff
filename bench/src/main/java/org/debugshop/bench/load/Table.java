package org.debugshop.bench.load;

import static org.debugshop.bench.load.Comparison.Subject.BARE;
import static org.debugshop.bench.load.Comparison.Subject.IN_MEMORY;
import static org.debugshop.bench.load.Comparison.Subject.NO_TELEMETRY;
import static org.debugshop.bench.load.Comparison.Subject.OPEN;
import static org.debugshop.bench.load.Comparison.Subject.PROTECTED;
import static org.debugshop.bench.load.Comparison.Subject.TELEMETRY;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.debugshop.bench.load.Instance.Member;
import org.debugshop.bench.load.Instance.Start;

/** Writes a {@link Report} as tables. */
final class Table {

    private static final double MB = 1024.0 * 1024;

    private final StringBuilder text = new StringBuilder();

    private Table() {}

    static String of(Report report) {
        var table = new Table();
        table.line("%s", report.machine());
        table.line("%s%d connections, %d %s of %s s, after a warm-up", report.commit().isEmpty() ? "" : "commit " + report.commit() + ", ",
                report.plan().connections(), report.plan().rounds(), report.plan().rounds() == 1 ? "round" : "rounds",
                report.plan().seconds());
        table.start(report);
        table.memory(report);
        table.throughput(report.withBare().filter(comparison -> comparison.rate() == 0).toList());
        table.orders(report.inMemory().filter(comparison -> comparison.rate() == 0).toList());
        table.routes(report.withOpen().filter(comparison -> comparison.rate() == 0).toList());
        table.latencies(report.comparisons());
        table.goals(report);
        return table.text.toString();
    }

    private void start(Report report) {
        heading("START of %d services side by side", report.services());
        line("%-34s %9s   %s", "", "median", "all, seconds");
        starts("from first process to last answer", report.shop(), Start::answer);
        starts("the same of bare Quarkus", report.bare(), Start::answer);
        line("%-34s %8.2fx", "ratio", report.startRatio());
        starts("./shop up -d", report.shop(), Start::command);
    }

    private void starts(String what, List<Start> starts, ToDoubleFunction<Start> seconds) {
        line("%-34s %8.1fs   %s", what, Comparison.median(starts, seconds), starts.stream().mapToDouble(seconds)
                .mapToObj("%.1f"::formatted).collect(Collectors.joining(" ")));
    }

    private void memory(Report report) {
        heading("MEMORY (PSS) AND THREADS");
        line("%-26s %10s %8s %12s %8s", "", "started", "threads", "after load", "threads");
        for (var member : report.rested()) {
            var worked = report.worked().stream().filter(other -> other.pid() == member.pid()).findFirst();
            line("%-26s %10s %8s %12s %8s", member.name(), megabytes(member), threads(member),
                    worked.map(Table::megabytes).orElse("-"), worked.map(Table::threads).orElse("-"));
        }
        line("%-26s %7.0f MB %8d %9.0f MB %8d", "in all", Report.pss(report.rested()) / MB, allThreads(report.rested()),
                Report.pss(report.worked()) / MB, allThreads(report.worked()));
    }

    private void throughput(List<Comparison> comparisons) {
        if (comparisons.isEmpty()) {
            return;
        }
        heading("THROUGHPUT, a second, each connection as fast as it is answered");
        line("%-28s %13s %13s %13s %9s %16s", "", BARE.title, TELEMETRY.title, NO_TELEMETRY.title, "of bare", "telemetry costs");
        for (var comparison : comparisons) {
            line("%-28s %13.0f %13.0f %13.0f %8.0f%% %15.0f%%", comparison.operation().title(), comparison.perSecond(BARE),
                    comparison.perSecond(TELEMETRY),
                    comparison.perSecond(NO_TELEMETRY), 100 * comparison.ratio(TELEMETRY, BARE),
                    100 * (1 - comparison.ratio(TELEMETRY, NO_TELEMETRY)));
        }
    }

    private void orders(List<Comparison> comparisons) {
        if (comparisons.isEmpty()) {
            return;
        }
        heading("ORDERS, a second: with PostgreSQL, Kafka and the stock; in memory (--memory), without events and stock");
        line("%-28s %13s %13s %16s", "", "with engines", IN_MEMORY.title, "engines cost");
        for (var comparison : comparisons) {
            line("%-28s %13.0f %13.0f %15.0f%%", comparison.operation().title(), comparison.perSecond(TELEMETRY),
                    comparison.perSecond(IN_MEMORY),
                    100 * (1 - comparison.ratio(TELEMETRY, IN_MEMORY)));
        }
    }

    private void routes(List<Comparison> comparisons) {
        if (comparisons.isEmpty()) {
            return;
        }
        heading("PROTECTED AND OPEN ROUTES, a second: GET /api/v1/order/{id} with a token; GET /order/{id}");
        line("%-28s %13s %13s %16s", "", OPEN.title, PROTECTED.title, "times an open one");
        for (var comparison : comparisons) {
            line("%-28s %13.0f %13.0f %15.2fx", comparison.operation().title(), comparison.perSecond(OPEN),
                    comparison.perSecond(PROTECTED), comparison.ratio(OPEN, PROTECTED));
        }
    }

    private void latencies(List<Comparison> comparisons) {
        heading("LATENCY, milliseconds; at a fixed rate, counted from when the request was due");
        line("%-28s %-22s %-13s %8s %8s %8s %8s %8s %7s", "", "", "", "p50", "p90", "p99", "p99.9", "max", "errors");
        for (var comparison : comparisons) {
            var isFirst = true;
            for (var subject : comparison.subjects()) {
                var latency = comparison.latency(subject);
                line("%-28s %-22s %-13s %8.2f %8.2f %8.2f %8.2f %8.2f %7d", isFirst ? comparison.operation().title() : "",
                        isFirst ? Report.mode(comparison) : "", subject.title, latency.p50(), latency.p90(), latency.p99(), latency.p999(),
                        latency.max(), comparison.errors(subject).values().stream().mapToInt(Integer::intValue).sum());
                isFirst = false;
            }
        }
    }

    private void goals(Report report) {
        heading("GOALS");
        for (var goal : report.goals()) {
            line("%-46s %8.2f %-2s %s %.1f %-2s  %s", goal.what(), goal.measured(), goal.unit(), goal.most() ? "≤" : "≥", goal.goal(),
                    goal.unit(), goal.verdict());
        }
        var failures = report.failures();
        if (!failures.isEmpty()) {
            heading("FAILED REQUESTS: do not trust the figures above");
            failures.forEach(failure -> line("%s", failure));
        }
    }

    private void heading(String format, Object... values) {
        text.append('\n');
        line(format, values);
    }

    private void line(String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }

    private static String megabytes(Member member) {
        return member.pss() == null ? "-" : String.format(Locale.ROOT, "%.0f MB", member.pss() / MB);
    }

    private static String threads(Member member) {
        return member.threads() == null ? "-" : member.threads().toString();
    }

    private static int allThreads(List<Member> members) {
        return members.stream().mapToInt(member -> member.threads() == null ? 0 : member.threads()).sum();
    }
}
