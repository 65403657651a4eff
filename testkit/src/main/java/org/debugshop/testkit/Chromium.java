package org.debugshop.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.impl.driver.Driver;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The browser of this machine, headless. An installed Chromium, Chrome or Edge is used. If there is none, root on Debian or Ubuntu gets
 * the package {@code chromium}, and other users get Playwright's own build in their cache. If that fails too, the tests fail with a
 * message that names what to install; no test is skipped.
 */
public record Chromium(Playwright playwright, Browser browser) implements AutoCloseable {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
            "microsoft-edge", "microsoft-edge-stable", "msedge");
    private static final List<Path> ON_A_MAC = List.of(
            Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
            Path.of("/Applications/Chromium.app/Contents/MacOS/Chromium"),
            Path.of("/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"));

    /** The browser sends no requests of its own, and needs nothing that a container lacks. */
    private static final List<String> FLAGS = List.of("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync");

    /** Without this, Playwright downloads three browsers when it is created. */
    private static final Map<String, String> NO_DOWNLOAD = Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");

    public static Chromium start() {
        var executable = installed().or(Chromium::installedByApt);
        var playwright = Playwright.create(new Playwright.CreateOptions().setEnv(NO_DOWNLOAD));
        try {
            var type = playwright.chromium();
            var options = new BrowserType.LaunchOptions().setArgs(FLAGS);
            executable.or(() -> downloaded(Path.of(type.executablePath()))).ifPresent(options::setExecutablePath);
            return new Chromium(playwright, type.launch(options));
        } catch (RuntimeException | Error failure) {
            playwright.close();
            throw failure;
        }
    }

    private static Optional<Path> installed() {
        return Stream.concat(
                NAMES.stream().flatMap(name -> path().map(folder -> folder.resolve(name)))
                        .filter(Predicate.not(Chromium::isSnapWithoutSnap)),
                ON_A_MAC.stream()).filter(Files::isExecutable).findFirst();
    }

    /** Ubuntu's package is a script that only prints how to install the snap. */
    private static boolean isSnapWithoutSnap(Path executable) {
        return Files.exists(executable) && Files.notExists(Path.of("/snap/bin/chromium")) && contains(executable, "snap install");
    }

    private static Optional<Path> installedByApt() {
        if (!"root".equals(System.getProperty("user.name")) || !contains(Path.of("/etc/os-release"), "debian")
                || path().noneMatch(folder -> Files.isExecutable(folder.resolve("apt-get")))) {
            return Optional.empty();
        }
        System.out.println("No Chromium, Chrome or Edge is installed: installing the package chromium");
        run(new ProcessBuilder("/bin/sh", "-c", "apt-get -qq -o DPkg::Lock::Timeout=600 update && "
                + "DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=600 install chromium"));
        return installed();
    }

    /** @param executable where Playwright puts its own build */
    private static Optional<Path> downloaded(Path executable) {
        if (Files.notExists(executable)) {
            System.out.println("No Chromium, Chrome or Edge is installed: Playwright downloads its own");
            var download = Driver.ensureDriverInstalled(Map.of(), false).createProcessBuilder();
            download.command().addAll(List.of("install", "chromium"));
            run(download);
        }
        if (Files.notExists(executable)) {
            throw new AssertionError(
                    "The browser tests need Chromium, Google Chrome or Microsoft Edge on the PATH, and neither apt-get nor Playwright"
                            + " could install one. Install one of them and try again; on Debian: apt-get install chromium");
        }
        return Optional.of(executable);
    }

    /** Runs a command and prints why it failed. Callers check whether the browser is there afterwards. */
    private static void run(ProcessBuilder command) {
        try {
            command.redirectErrorStream(true).redirectInput(new File("/dev/null"));
            var process = command.start();
            var output = process.inputReader().readAllAsString();
            if (process.waitFor() != 0) {
                System.out.println(output);
            }
        } catch (IOException e) {
            System.out.println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Stream<Path> path() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).filter(Predicate.not(String::isEmpty))
                .map(Path::of);
    }

    private static boolean contains(Path file, String text) {
        try (var start = Files.newInputStream(file)) {
            return new String(start.readNBytes(4096), ISO_8859_1).contains(text);
        } catch (IOException unreadable) {
            return false;
        }
    }

    @Override
    public void close() {
        try (playwright; browser) {
            browser.contexts().forEach(BrowserContext::close);
        }
    }
}
