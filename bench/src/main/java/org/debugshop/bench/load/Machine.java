package org.debugshop.bench.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The machine on which the benchmark ran.
 *
 * @param memory in bytes
 * @param load the system's load average of the last minute before the benchmark; negative if it is not known
 */
record Machine(String processor, int cores, long memory, String system, String java, double load) {

    private static final double GIB = 1024.0 * 1024 * 1024;

    static Machine here() {
        var bean = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var system = System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch");
        return new Machine(
                lineOf("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                bean.getTotalMemorySize(),
                lineOf("/etc/os-release", "PRETTY_NAME").map(name -> name.replace("\"", "") + ", " + system).orElse(system),
                System.getProperty("java.vendor.version", System.getProperty("java.vendor")) + ", " + Runtime.version(),
                bean.getSystemLoadAverage());
    }

    @Override
    public String toString() {
        return "%s, %d cores, %.1f GiB%n%s%n%s%nload before: %.2f".formatted(processor, cores, memory / GIB, system, java, load);
    }

    /** Returns the text behind a name and its colon or equals sign. */
    private static Optional<String> lineOf(String file, String name) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name)).map(line -> line.replaceFirst("^[^:=]*[:=]\\s*", "")).findFirst();
        } catch (IOException elsewhere) {
            return Optional.empty();
        }
    }
}
