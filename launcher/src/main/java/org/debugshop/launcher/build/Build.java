package org.debugshop.launcher.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.launcher.instance.InstanceLock;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.topology.Service;

/**
 * Builds the modules whose sources are newer than their last build.
 *
 * <p>By the root POM, Maven touches {@code target/build-started} before it compiles a module. So builds without {@code ./shop} count too,
 * and a file that is saved during a build counts as changed.
 */
public final class Build {

    private static final String SHARED = "service-defaults";
    /** What the console knows of faults. */
    private static final String FAILURES = "failures";
    private static final Pattern MODULE = Pattern.compile("\\[INFO] Building (?:Debug Shop: )?(.+) \\S+ +\\[(\\d+)/(\\d+)]");
    private static final Pattern DOWNLOAD = Pattern.compile("\\[?(?:INFO)?]? ?Downloaded from \\S+ (\\S+) \\(([\\d.]+) ([kM]?B)\\b.*");
    private static final int SHOWN_ERRORS = 40;
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

    private static final Duration TICK = Duration.ofMillis(500);

    private final Path checkout;
    private final Screen screen;
    private final Path log;

    private long started;
    private String module = "";
    private int downloads;
    private double megabytes;
    private long lastSign;

    public Build(Path checkout, Screen screen) {
        this.checkout = checkout;
        this.screen = screen;
        this.log = checkout.resolve(".shop/build.log");
    }

    /** Builds the stale modules of the services. Returns whether all are built now; if not, prints the reason. */
    public boolean run(List<Service> services) throws IOException, InterruptedException {
        if (stale(services).isEmpty()) {
            return true;
        }
        Runnable whenBusy = () -> screen.line("Another ./shop is building in this checkout; waiting for it");
        try (var _ = InstanceLock.acquireForBuild(checkout, whenBusy)) {
            var modules = stale(services);
            return modules.isEmpty() || maven(modules);
        }
    }

    /** Returns the modules of the services that must be built. */
    public List<String> stale(List<Service> services) throws IOException {
        var shared = Math.max(newest(checkout.resolve("pom.xml")),
                Math.max(newest(checkout.resolve(SHARED).resolve("pom.xml")), newest(checkout.resolve(SHARED).resolve("src/main"))));
        var modules = new LinkedHashSet<String>();
        for (var service : services) {
            var folder = checkout.resolve(service.module());
            var sources = Math.max(shared, Math.max(newest(folder.resolve("pom.xml")), newest(folder.resolve("src/main"))));
            if (service.takesOtlp()) {
                sources = Math.max(sources, newest(checkout.resolve(FAILURES)));
            }
            var built = modified(jar(folder));
            var builtFrom = modified(folder.resolve("target/build-started"));
            if (built == 0 || built < builtFrom || sources > (builtFrom == 0 ? built : builtFrom)) {
                modules.add(service.module());
            }
        }
        return List.copyOf(modules);
    }

    /** Returns the last file that the build of a module writes: the jar of a Quarkus application, or a plain jar with the module's name. */
    private static Path jar(Path folder) {
        var plain = folder.resolve("target/" + folder.getFileName() + ".jar");
        return Files.exists(plain) ? plain : folder.resolve("target/quarkus-app/quarkus-run.jar");
    }

    private boolean maven(List<String> modules) throws IOException, InterruptedException {
        screen.line("Building " + String.join(", ", modules) + (Files.isDirectory(checkout.resolve(SHARED).resolve("target"))
                ? ""
                : " (the first build downloads a few hundred MB)"));
        started = System.nanoTime();
        lastSign = started;
        var command = List.of("./mvnw", "-B", "-pl", String.join(",", modules), "-am", "-Dmaven.test.skip=true", "package");
        var maven = new ProcessBuilder(command).directory(checkout.toFile()).redirectErrorStream(true).start();
        maven.getOutputStream().close();
        var ending = Thread.ofPlatform().unstarted(maven::destroy);
        Runtime.getRuntime().addShutdownHook(ending);
        var ticking = Thread.ofVirtual().start(this::tick);
        var errors = new ArrayList<String>();
        try (var out = maven.inputReader(); var copy = Files.newBufferedWriter(log)) {
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                copy.write(line);
                copy.newLine();
                follow(line);
                if (line.startsWith("[ERROR]")) {
                    errors.add(line);
                }
            }
        }
        var code = maven.waitFor();
        ticking.interrupt();
        ticking.join();
        Runtime.getRuntime().removeShutdownHook(ending);
        screen.clear();
        if (code == 0) {
            screen.line("Built in " + elapsed());
            return true;
        }
        screen.line("The build failed:");
        var compiler = errors.stream().filter(line -> line.contains(".java:[")).distinct().toList();
        (compiler.isEmpty() ? errors : compiler).stream().limit(SHOWN_ERRORS)
                .forEach(line -> screen.line("  " + line.replace(checkout + "/", "").replaceFirst("^\\[ERROR] ", "")));
        screen.line("  the whole log: " + checkout.relativize(log));
        return false;
    }

    /** Shows the elapsed time, because Maven prints nothing for long times. */
    private void tick() {
        try {
            while (true) {
                show();
                Thread.sleep(TICK);
            }
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void follow(String line) {
        var building = MODULE.matcher(line);
        var download = DOWNLOAD.matcher(line);
        if (building.find()) {
            module = "%s, module %s of %s".formatted(building.group(1), building.group(2), building.group(3));
            lastSign = started - SIGN_OF_LIFE.toNanos();
        } else if (download.matches()) {
            downloads++;
            var size = Double.parseDouble(download.group(2));
            megabytes += switch (download.group(3)) {
                case "MB" -> size;
                case "kB" -> size / 1000;
                default -> size / 1_000_000;
            };
        }
        show();
    }

    private synchronized void show() {
        screen.progress("  " + progress());
        if (System.nanoTime() - lastSign > SIGN_OF_LIFE.toNanos()) {
            lastSign = System.nanoTime();
            screen.plain("  " + progress());
        }
    }

    private String progress() {
        var fetched = downloads == 0 ? "" : "%d files, %.0f MB downloaded, ".formatted(downloads, megabytes);
        return (module.isEmpty() ? "Maven starts" : module) + ", " + fetched + elapsed();
    }

    private String elapsed() {
        var seconds = Duration.ofNanos(System.nanoTime() - started).toSeconds();
        return "%d:%02d".formatted(seconds / 60, seconds % 60);
    }

    /** Returns the latest modification time of the file, or of a folder and its content. The folder's own time shows deleted files. */
    private static long newest(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return modified(path);
        }
        try (Stream<Path> all = Files.walk(path)) {
            return all.mapToLong(Build::modified).max().orElse(0);
        } catch (UncheckedIOException changing) {
            return Long.MAX_VALUE;
        }
    }

    private static long modified(Path path) {
        return path.toFile().lastModified();
    }
}
