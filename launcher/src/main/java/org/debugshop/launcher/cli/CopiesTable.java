package org.debugshop.launcher.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.debugshop.launcher.console.Copies;
import org.debugshop.launcher.terminal.Printable;

/**
 * The figures of the versions of a service, as text.
 *
 * <pre>
 * checkout, the last 40 s                  requests     rate    errors       p95
 *   1.0.0                                       214    5.4/s     0.0 %     31 ms
 *   1.0.0-canary  (canary, 10 %)                 23    0.6/s    13.0 %     35 ms
 * </pre>
 *
 * @param version the version that {@code note} is about
 */
record CopiesTable(String service, String version, String note) {

    private static final int WIDTH = 40;

    List<String> lines(Copies copies) {
        var lines = new ArrayList<String>();
        lines.add("%-40s%9s%9s%10s%10s".formatted("%s, the last %.0f s".formatted(service, copies.seconds()), "requests", "rate", "errors",
                "p95"));
        if (copies.copies().isEmpty()) {
            lines.add("  no request yet");
        }
        for (var copy : copies.copies()) {
            var name = copy.version().isEmpty() ? "no version" : copy.version();
            var label = "  " + Printable.of(copy.version().equals(version) ? name + "  (" + note + ")" : name, WIDTH - 3);
            lines.add("%-40s%9d%9s%10s%10s".formatted(label, copy.requests(), String.format(Locale.ROOT, "%.1f/s", copy.rate()),
                    String.format(Locale.ROOT, "%.1f %%", copy.error_share() * 100), duration(copy.p95_ms())));
        }
        return lines;
    }

    private static String duration(double millis) {
        return millis < 1000 ? Math.round(millis) + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000);
    }
}
