package org.debugshop.console.diagnosis.petshop;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.console.diagnosis.Attribution.Call;
import org.debugshop.console.diagnosis.Attribution.Figures;
import org.debugshop.console.diagnosis.Attribution.Measure;

/**
 * Reads the PetShop dataset (Hardt et al., CLeaR 2024): recordings of a system with injected issues, and of the same system without. A
 * recording has a row every five minutes, with the figures of each component.
 */
final class PetShop {

    static final int MINUTES_PER_ROW = 5;
    private static final String DATASET = "dataset";
    private static final String METRICS = "metrics.csv";
    /** The rows of names above the figures: component, metric, statistic, and the name of the index. */
    private static final int HEADER = 4;
    /** The 99th percentile of a normal distribution lies so many standard deviations above the median. */
    private static final double DEVIATIONS_TO_P99 = 2.33;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param pattern the name of the folder, such as {@code low_traffic} */
    record Traffic(String pattern, List<String> components, List<Call> calls, List<Row> normal) {}

    /** An issue with its truth. @param seenAt in seconds since the epoch */
    record Issue(Traffic traffic, Measure measure, String symptom, double seenAt, String origin, List<Row> rows) {}

    /** Five minutes. A component without requests is missing. @param start in seconds since the epoch */
    record Row(double start, Map<String, Figures> figures) {

        double end() {
            return start + MINUTES_PER_ROW * 60;
        }

        Figures of(String component) {
            return figures.getOrDefault(component, Figures.NONE);
        }
    }

    private record Column(String component, String name) {}

    private final Path dataset;
    private final List<Traffic> traffic;

    private PetShop(Path dataset, List<Traffic> traffic) {
        this.dataset = dataset;
        this.traffic = traffic;
    }

    /** @param folder the dataset, or the folder that has it */
    static PetShop read(Path folder) throws IOException {
        Path dataset = Files.isDirectory(folder.resolve(DATASET)) ? folder.resolve(DATASET) : folder;
        var traffic = new ArrayList<Traffic>();
        for (var pattern : children(dataset)) {
            if (Files.exists(pattern.resolve("graph.csv"))) {
                var graph = cells(pattern.resolve("graph.csv"));
                traffic.add(new Traffic(pattern.getFileName().toString(), List.of(graph.getFirst()).subList(1, graph.getFirst().length),
                        calls(graph), rows(pattern.resolve("noissue").resolve(METRICS))));
            }
        }
        if (traffic.isEmpty()) {
            throw new IOException(folder + " has no folders with a graph.csv; it must be the folder of the PetShop dataset.");
        }
        return new PetShop(dataset, traffic);
    }

    List<Traffic> traffic() {
        return traffic;
    }

    /** Reads the issues of one part. @param part {@code train} or {@code test} */
    List<Issue> issues(String part) throws IOException {
        var issues = new ArrayList<Issue>();
        for (var system : traffic) {
            for (var folder : children(dataset.resolve(system.pattern).resolve(part))) {
                var json = JSON.readTree(folder.resolve("target.json").toFile());
                var target = json.get("target");
                var measure = target.get("metric").asText().equals("latency") ? Measure.WAITING : Measure.FAILURES;
                issues.add(new Issue(system, measure, target.get("node").asText(), target.get("timestamp").asDouble(),
                        json.get("root_cause").get("node").asText(), rows(folder.resolve(METRICS))));
            }
        }
        return issues;
    }

    /** Adds the figures of several rows. */
    static Figures sum(List<Row> rows, String component) {
        var figures = rows.stream().map(row -> row.of(component)).filter(some -> some.requests() > 0).toList();
        if (figures.isEmpty()) {
            return Figures.NONE;
        }
        return new Figures(figures.stream().mapToDouble(Figures::requests).sum(), mean(figures, Figures::failedShare),
                mean(figures, Figures::meanMillis),
                Math.sqrt(mean(figures, one -> one.deviationMillis() * one.deviationMillis())));
    }

    /** Returns the mean of what is known, weighted by the requests. */
    private static double mean(List<Figures> figures, ToDoubleFunction<Figures> value) {
        var known = figures.stream().filter(one -> !Double.isNaN(value.applyAsDouble(one))).toList();
        return known.stream().mapToDouble(one -> one.requests() * value.applyAsDouble(one)).sum()
                / known.stream().mapToDouble(Figures::requests).sum();
    }

    /** Reads the matrix of calls: the row's component calls the column's. */
    private static List<Call> calls(List<String[]> graph) {
        String[] names = graph.getFirst();
        return graph.stream().skip(1).flatMap(row -> IntStream.range(1, row.length).filter(column -> number(row[column]) > 0)
                .mapToObj(column -> new Call(row[0], names[column]))).toList();
    }

    private static List<Row> rows(Path metrics) throws IOException {
        var cells = cells(metrics);
        var columns = IntStream.range(0, cells.getFirst().length)
                .mapToObj(i -> new Column(cells.get(0)[i], cells.get(1)[i] + " " + cells.get(2)[i])).toList();
        return cells.stream().skip(HEADER).map(row -> row(columns, row)).toList();
    }

    private static Row row(List<Column> columns, String[] cells) {
        var values = new HashMap<String, Map<String, Double>>();
        for (int i = 1; i < cells.length; i++) {
            if (!cells[i].isEmpty()) {
                values.computeIfAbsent(columns.get(i).component, _ -> new HashMap<>()).put(columns.get(i).name, number(cells[i]));
            }
        }
        var figures = new HashMap<String, Figures>();
        values.forEach((component, its) -> {
            if (its.getOrDefault("requests Sum", 0.0) > 0) {
                figures.put(component, figures(its));
            }
        });
        return new Row(number(cells[0]), figures);
    }

    /** The dataset has seconds, and the availability in percent. */
    private static Figures figures(Map<String, Double> values) {
        double unknown = Double.NaN;
        return new Figures(values.get("requests Sum"), 1 - values.getOrDefault("availability Average", unknown) / 100,
                1000 * values.getOrDefault("latency Average", unknown),
                1000 * (values.getOrDefault("latency p99", unknown) - values.getOrDefault("latency p50", unknown)) / DEVIATIONS_TO_P99);
    }

    private static double number(String cell) {
        return cell.isEmpty() ? 0 : Double.parseDouble(cell);
    }

    /** The dataset has no quoted cells. */
    private static List<String[]> cells(Path csv) throws IOException {
        try (Stream<String> lines = Files.lines(csv)) {
            return lines.filter(line -> !line.isEmpty()).map(line -> line.split(",", -1)).toList();
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).sorted().toList();
        }
    }
}
