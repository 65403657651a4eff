package org.debugshop.launcher.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.debugshop.launcher.build.Build;
import org.debugshop.launcher.build.Training;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.InstanceLock;
import org.debugshop.launcher.os.Directories;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Makes a copy of the checkout without its sources, which the same {@code ./shop} can run, and packs it.
 *
 * <pre>
 *   debug-shop-1.0.0/shop, README.md, LICENSE, docs/
 *                    launcher/target/launcher.jar, lib/, launcher-25.0.3.aot
 *                    gateway/target/quarkus-app/quarkus-run.jar, lib/, quarkus-run-1f0c2a9b.aot
 *                    …
 * </pre>
 *
 * Files of the same content and time, such as a library that all services use, are one file with many names (hard links), here and in
 * the archive. The times matter: the JVM takes a cache only with jars as old as those that it was made from.
 */
@Command(name = "package", description = {"Pack everything into one archive that needs only a JDK",
        "",
        "Builds what changed, and makes an archive of the services, the launcher and their AOT caches. On a machine with a JDK 25 and no "
                + "Maven, the ./shop up of the unpacked archive starts everything in seconds. With another JDK, the first start makes new "
                + "caches.",
        ""}, footer = {"", "Examples:",
                "  ./shop package",
                "  ./shop package -o /tmp/shop.tar.gz && tar -xzf /tmp/shop.tar.gz -C ~ && ~/debug-shop-1.0.0/shop up"}, exitCodeList = {
                        "0:the archive is written", "1:it is not, the message says why"})
final class PackageCommand implements Callable<Integer> {

    private static final List<String> ALSO = List.of("shop", "README.md", "LICENSE", "docs", "launcher/target/lib");
    private static final double MEGABYTE = 1_000_000;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "The archive; default: target/debug-shop-<version>.tar.gz.")
    private Path output;

    private final Screen screen = new Screen(Terminal.current(), System.out);
    /** The first file of each content in the copy, by its SHA-256 and time. */
    private final Map<String, Path> copied = new HashMap<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var checkout = Shop.checkout(spec).withSources("package");
        var name = "debug-shop-" + Shop.version();
        var archive = output != null ? Shop.checkout(spec).from().resolve(output) : checkout.resolve("target").resolve(name + ".tar.gz");
        checkWritable(archive);
        if (!new Build(checkout, screen).run(Topology.DEBUG_SHOP.services())) {
            return Shop.FAILED;
        }
        Training.first(checkout, Topology.DEBUG_SHOP, screen).run(Topology.DEBUG_SHOP.services());
        var work = checkout.resolve(".shop/package");
        var unfinished = archive.resolveSibling(archive.getFileName() + ".unfinished");
        var ending = Thread.ofPlatform().unstarted(() -> {
            unfinished.toFile().delete();
            Directories.removeQuietly(work);
        });
        Runtime.getRuntime().addShutdownHook(ending);
        Runnable whenBusy = () -> screen.line("Another ./shop is building in this checkout; waiting for it");
        try (var _ = InstanceLock.acquireForBuild(checkout, whenBusy)) { // so that no build replaces files during the copy
            Directories.remove(work);
            var copy = work.resolve(name);
            layOut(checkout, copy);
            pack(copy, unfinished);
            Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
            screen.line("%s, %.0f MB".formatted(output != null ? output : checkout.relativize(archive), Files.size(archive) / MEGABYTE));
        } finally {
            Directories.remove(work);
            Runtime.getRuntime().removeShutdownHook(ending);
        }
        return Shop.OK;
    }

    private static void checkWritable(Path archive) throws IOException {
        try {
            Files.createDirectories(archive.getParent());
        } catch (IOException notAFolder) {
            throw new IOException("Cannot write " + archive + ": there is no such folder, and it cannot be made.");
        }
        if (!Files.isWritable(archive.getParent()) || Files.isDirectory(archive)) {
            throw new IOException("Cannot write " + archive + ".");
        }
    }

    private void layOut(Path checkout, Path copy) throws IOException {
        for (var part : ALSO) {
            copyTree(checkout.resolve(part), copy.resolve(part));
        }
        copyMatching(checkout.resolve("launcher/target"), "launcher*.{jar,aot}", copy.resolve("launcher/target"));
        for (var jar : Topology.DEBUG_SHOP.services().stream().map(new Instance(checkout, 0, Topology.DEBUG_SHOP)::jar).distinct()
                .toList()) {
            var folder = checkout.relativize(jar.getParent());
            copyTree(checkout.resolve(folder).resolve("lib"), copy.resolve(folder).resolve("lib"));
            copyMatching(jar.getParent(), jar.getFileName().toString().replace(".jar", "*.{jar,aot}"), copy.resolve(folder));
        }
    }

    /** {@code tar} keeps hard links and permissions. Its output is compressed with the fastest setting. */
    private void pack(Path copy, Path unfinished) throws IOException, InterruptedException {
        var tar = new ProcessBuilder("tar", "-C", copy.getParent().toString(), "-cf", "-", copy.getFileName().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var in = new Counted(tar.getInputStream()); var out = new QuickGzip(Files.newOutputStream(unfinished))) {
            in.transferTo(out);
        } catch (IOException failure) {
            tar.destroyForcibly();
            Files.deleteIfExists(unfinished);
            throw failure;
        }
        screen.clear();
        if (tar.waitFor() != 0) {
            Files.deleteIfExists(unfinished);
            throw new IOException("tar ended with exit code " + tar.exitValue() + ".");
        }
    }

    private void copyMatching(Path from, String pattern, Path to) throws IOException {
        try (var files = Files.newDirectoryStream(from, pattern)) {
            for (var file : files) {
                copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Copies a file, or a folder with its content. */
    private void copyTree(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private void copy(Path file, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        var first = copied.putIfAbsent(sha256(file) + Files.getLastModifiedTime(file), target);
        if (first == null) {
            Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        } else {
            Files.createLink(target, first);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Shows the progress. */
    private final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            var count = super.read(buffer, offset, length);
            bytes += Math.max(0, count);
            screen.progress("  Packing: %.0f MB".formatted(bytes / MEGABYTE));
            return count;
        }
    }

    /** Compresses with the fastest setting, because AOT caches are large and better settings make them hardly smaller. */
    private static final class QuickGzip extends GZIPOutputStream {
        QuickGzip(OutputStream out) throws IOException {
            super(out, 64 * 1024);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
