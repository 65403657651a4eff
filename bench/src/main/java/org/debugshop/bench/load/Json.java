package org.debugshop.bench.load;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.debugshop.bench.load.Comparison.Subject;
import org.debugshop.bench.load.Instance.Member;
import org.debugshop.bench.load.Instance.Start;

/** Writes a {@link Report} as JSON, with snake_case names that end with the unit. It has every round and the medians. */
final class Json {

    private static final JSON WRITER = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).with(JSON.Feature.WRITE_NULL_PROPERTIES);

    private Json() {}

    static String of(Report report) throws IOException {
        var machine = report.machine();
        var plan = report.plan();
        return WRITER.asString(object(
                "machine", object("processor", machine.processor(), "cores", machine.cores(), "memory_bytes", machine.memory(),
                        "system", machine.system(), "java", machine.java(), "load_before", machine.load()),
                "commit", report.commit(),
                "options",
                object("connections", plan.connections(), "rate", plan.rate(), "seconds", plan.seconds(), "rounds", plan.rounds(),
                        "starts", plan.starts()),
                "start", object("services", report.services(),
                        "ratio", report.startRatio(),
                        "answer_s", report.shop().stream().map(Start::answer).toList(),
                        "bare_answer_s", report.bare().stream().map(Start::answer).toList(),
                        "command_s", report.shop().stream().map(Start::command).toList()),
                "processes", report.rested().stream().map(member -> process(member, report.worked())).toList(),
                "comparisons", report.comparisons().stream().map(Json::comparison).toList(),
                "goals", report.goals().stream().map(goal -> object("what", goal.what(), "unit", goal.unit(),
                        goal.most() ? "at_most" : "at_least", goal.goal(), "measured", goal.measured(), "met", goal.isMet().orElse(null)))
                        .toList(),
                "failed_requests", report.failures()));
    }

    private static Map<String, Object> process(Member started, List<Member> worked) {
        var later = worked.stream().filter(other -> other.pid() == started.pid()).findFirst();
        return object("name", started.name(), "pss_bytes", started.pss(), "threads", started.threads(),
                "pss_after_load_bytes", later.map(Member::pss).orElse(null), "threads_after_load", later.map(Member::threads).orElse(null));
    }

    private static Map<String, Object> comparison(Comparison comparison) {
        var subjects = new LinkedHashMap<String, Object>();
        for (var subject : comparison.subjects()) {
            var latency = comparison.latency(subject);
            subjects.put(subject.name().toLowerCase(Locale.ROOT), object(
                    "per_second", comparison.perSecond(subject),
                    "latency_ms", object("p50", latency.p50(), "p90", latency.p90(), "p99", latency.p99(), "p99.9", latency.p999(),
                            "max", latency.max()),
                    "errors", comparison.errors(subject),
                    "rounds", comparison.rounds().get(subject).stream().map(Json::round).toList()));
        }
        return object("operation", comparison.operation().name(), "title", comparison.operation().title(),
                "rate", comparison.rate() == 0 ? null : comparison.rate(),
                "of_bare", ratio(comparison, Subject.TELEMETRY, Subject.BARE),
                "of_no_telemetry", ratio(comparison, Subject.TELEMETRY, Subject.NO_TELEMETRY),
                "of_in_memory", ratio(comparison, Subject.TELEMETRY, Subject.IN_MEMORY),
                "of_open", ratio(comparison, Subject.PROTECTED, Subject.OPEN),
                "subjects", subjects);
    }

    /** Returns the throughput of one subject divided by that of another; null if that was not measured. */
    private static Double ratio(Comparison comparison, Subject one, Subject other) {
        return comparison.subjects().contains(other) ? comparison.ratio(one, other) : null;
    }

    private static Map<String, Object> round(Round round) {
        return object("operations", round.operations(), "seconds", round.seconds(), "p50_ms",
                round.latencies().getValueAtPercentile(50) / 1e6,
                "p99_ms", round.latencies().getValueAtPercentile(99) / 1e6, "failed", round.failed());
    }

    /** @param namesAndValues names and values in turn */
    private static Map<String, Object> object(Object... namesAndValues) {
        var object = new LinkedHashMap<String, Object>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }
}
