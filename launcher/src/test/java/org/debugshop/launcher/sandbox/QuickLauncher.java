package org.debugshop.launcher.sandbox;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.debugshop.launcher.cli.Shop;
import org.debugshop.launcher.instance.LaunchCommand;

/**
 * Starts the launcher as {@code ./shop} does: from a jar, with an AOT cache. Both are made in {@code target/}, once for each run of the
 * tests.
 */
final class QuickLauncher {

    private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx48m", "-Xlog:disable");
    private static final Path CLASSES = classes();
    private static final String CLASS_PATH = classPath();
    private static final Path CACHE = train();

    private QuickLauncher() {}

    /** @param from the folder in which the user is */
    static List<String> command(Path checkout, Path from, List<String> arguments) {
        var flags = new ArrayList<>(FLAGS);
        flags.add("-Dshop.from=" + from);
        if (Files.exists(CACHE)) {
            flags.add("-XX:AOTCache=" + CACHE);
        }
        return command(flags, checkout, arguments);
    }

    private static List<String> command(List<String> flags, Path checkout, List<String> arguments) {
        var command = new ArrayList<>(List.of(LaunchCommand.java()));
        command.addAll(flags);
        command.addAll(List.of("-Dshop.checkout=" + checkout, "-cp", CLASS_PATH, Shop.class.getName()));
        command.addAll(arguments);
        return command;
    }

    private static Path classes() {
        try {
            return Path.of(Shop.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Packs the classes into a jar, because a JVM makes no cache for classes in a folder. */
    private static String classPath() {
        var jar = CLASSES.resolveSibling("launcher-of-tests.jar");
        if (ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "--create", "--file", jar.toString(), "-C",
                CLASSES.toString(), ".") != 0) {
            throw new IllegalStateException(jar + " could not be made");
        }
        return jar + File.pathSeparator + Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar")).collect(Collectors.joining(File.pathSeparator));
    }

    private static Path train() {
        var cache = CLASSES.resolveSibling("launcher-of-tests.aot");
        var flags = new ArrayList<>(FLAGS);
        flags.add("-XX:AOTCacheOutput=" + cache);
        try {
            Files.deleteIfExists(cache);
            new ProcessBuilder(command(flags, CLASSES, List.of("train"))).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return cache;
    }
}
