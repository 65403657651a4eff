package org.debugshop.console.forward;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.debugshop.console.store.Exposition;
import org.debugshop.console.store.Exposition.Family;
import org.debugshop.console.store.Sample;

/**
 * A metric whose samples are collected from the lines of a scrape:
 *
 * <pre>
 *   # TYPE d histogram                          name d, family histogram
 *   d_bucket{uri="/",le="0.1"} 8                points
 *   d_bucket{uri="/",le="+Inf"} 9                 uri="/"   buckets 0.1: 8, ∞: 9   count 9   sum 1.5
 *   d_count{uri="/"} 9
 *   d_sum{uri="/"} 1.5
 * </pre>
 *
 * @param name the metric's name: that of the family for histograms and summaries, otherwise that of the sample
 * @param points the points by labels (name, value, name, value, ...) without {@code le} and {@code quantile}, in the order of the
 * scrape
 */
record ScrapedMetric(String name, Family family, Map<List<String>, Point> points) {

    /** A point. Missing numbers are NaN. */
    static final class Point {
        double value = Double.NaN;
        double count = Double.NaN;
        double sum = Double.NaN;
        /** The creation time, in seconds since the epoch. */
        double created = Double.NaN;
        /** The buckets by upper bound. */
        final SortedMap<Double, Double> buckets = new TreeMap<>();
        final SortedMap<Double, Double> quantiles = new TreeMap<>();
        final List<Sample.Exemplar> exemplars = new ArrayList<>();
    }

    /** The role of a sample in its metric. */
    private enum Part {
        VALUE(""), BUCKET("_bucket"), COUNT("_count"), SUM("_sum"), CREATED("_created"), NONE("");

        final String suffix;

        Part(String suffix) {
            this.suffix = suffix;
        }
    }

    /** Returns all metrics except gauge histograms, which OTLP doesn't have. */
    static Collection<ScrapedMetric> of(Exposition exposition) {
        Map<String, ScrapedMetric> metrics = new LinkedHashMap<>();
        for (Sample sample : exposition.samples()) {
            String familyName = familyOf(sample.name(), exposition.families());
            Family family = exposition.families().getOrDefault(familyName, Family.UNKNOWN);
            Part part = part(sample, familyName, family);
            if (part == Part.NONE) {
                continue;
            }
            String name = switch (family.type()) {
                case "histogram", "summary" -> familyName;
                // A counter's "_created" sample belongs to its "_total" series.
                case "counter" -> part == Part.CREATED ? familyName + "_total" : sample.name();
                default -> sample.name();
            };
            String bound = part == Part.BUCKET ? "le" : family.type().equals("summary") && part == Part.VALUE ? "quantile" : "";
            Point point = metrics.computeIfAbsent(name, _ -> new ScrapedMetric(name, family, new LinkedHashMap<>())).points
                    .computeIfAbsent(without(bound, sample.labels()), _ -> new Point());
            switch (part) {
                case BUCKET -> point.buckets.put(number(bound, sample), sample.value());
                case COUNT -> point.count = sample.value();
                case SUM -> point.sum = sample.value();
                case CREATED -> point.created = sample.value();
                case VALUE -> {
                    if (bound.isEmpty()) {
                        point.value = sample.value();
                    } else if (!Double.isNaN(number(bound, sample))) {
                        point.quantiles.put(number(bound, sample), sample.value());
                    }
                }
                case NONE -> {}
            }
            // A histogram's count repeats the exemplar of a bucket with a different value, so it is ignored.
            if (part == Part.BUCKET || part == Part.VALUE) {
                sample.exemplar().ifPresent(point.exemplars::add);
            }
        }
        return metrics.values();
    }

    /** Returns the family with the name of the sample, with or without one of the suffixes for its type. */
    private static String familyOf(String sample, Map<String, Family> families) {
        if (families.containsKey(sample)) {
            return sample;
        }
        int suffix = sample.lastIndexOf('_');
        String stem = suffix < 0 ? sample : sample.substring(0, suffix);
        Family family = families.getOrDefault(stem, Family.UNKNOWN);
        boolean belongs = switch (sample.substring(stem.length())) {
            case "_total" -> family.type().equals("counter");
            case "_created" -> List.of("counter", "histogram", "summary").contains(family.type());
            case "_count", "_sum" -> List.of("histogram", "summary").contains(family.type());
            case "_bucket" -> List.of("histogram", "gaugehistogram").contains(family.type());
            case "_gcount", "_gsum" -> family.type().equals("gaugehistogram");
            case "_info" -> family.type().equals("info");
            default -> false;
        };
        return belongs ? stem : sample;
    }

    private static Part part(Sample sample, String familyName, Family family) {
        String suffix = sample.name().substring(familyName.length());
        if (family.type().equals("gaugehistogram")) {
            return Part.NONE;
        }
        for (Part part : List.of(Part.BUCKET, Part.COUNT, Part.SUM, Part.CREATED)) {
            if (suffix.equals(part.suffix)) {
                return part == Part.BUCKET && Double.isNaN(number("le", sample)) ? Part.NONE : part;
            }
        }
        return Part.VALUE;
    }

    /** Parses the number in a label; NaN if it is missing. */
    private static double number(String label, Sample sample) {
        for (int i = 0; i < sample.labels().size(); i += 2) {
            if (sample.labels().get(i).equals(label)) {
                String text = sample.labels().get(i + 1);
                try {
                    return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
                } catch (NumberFormatException e) {
                    return Double.NaN;
                }
            }
        }
        return Double.NaN;
    }

    private static List<String> without(String name, List<String> labels) {
        if (name.isEmpty()) {
            return labels;
        }
        List<String> others = new ArrayList<>(labels.size());
        for (int i = 0; i < labels.size(); i += 2) {
            if (!labels.get(i).equals(name)) {
                others.add(labels.get(i));
                others.add(labels.get(i + 1));
            }
        }
        return others;
    }
}
