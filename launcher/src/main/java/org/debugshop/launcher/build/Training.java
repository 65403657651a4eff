package org.debugshop.launcher.build;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.debugshop.launcher.instance.AotCache;
import org.debugshop.launcher.instance.FreeOffset;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.InstanceLock;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.instance.ServiceEnvironment;
import org.debugshop.launcher.os.Directories;
import org.debugshop.launcher.os.LogFile;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.supervise.Health;
import org.debugshop.launcher.supervise.Screen;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;

/**
 * Makes the {@link AotCache} of each service that has none for its jar: everything that is built starts once, at ports that are free,
 * takes some load and stops, upon which the JVM of each such service writes down what it has learnt.
 *
 * <p>Nothing depends on it but speed. If something goes wrong, a line says so, and the services start without a cache.
 */
public final class Training {

    private static final Duration UNTIL_READY = Duration.ofSeconds(120);
    private static final Duration UNTIL_TRAINED = Duration.ofSeconds(30);
    /** How long a JVM may take to write its cache, on a machine that is busy. */
    private static final Duration UNTIL_WRITTEN = Duration.ofSeconds(180);
    private static final Duration LOOK = Duration.ofMillis(100);
    /** How many requests each load generator has to send before it is enough: each kind of request a few times. */
    private static final int REQUESTS = 60;

    private static final FileTime AGE_OF_LIBRARIES = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    private final Optional<FreeOffset> offset;
    private final Instance instance;
    private final Screen screen;
    private final long started = System.nanoTime();
    /** Guarded by itself, since a Ctrl-C ends what another thread is starting. */
    private final Map<Service, Process> running = new LinkedHashMap<>();
    private volatile Optional<Process> preparing = Optional.empty();
    private volatile boolean over;

    public Training(Path checkout, Topology topology, Screen screen) {
        this.offset = FreeOffset.take(topology);
        this.instance = instance(checkout, offset.map(FreeOffset::value).orElse(0), topology);
        this.screen = screen;
    }

    private static Instance instance(Path checkout, int offset, Topology topology) {
        return new Instance(checkout, checkout.resolve(".shop/training"), offset, topology);
    }

    /** The processes of a training that was killed; none while a training is going on. */
    public static List<OsProcess> leftovers(Path checkout) throws IOException {
        var free = InstanceLock.tryAcquireForBuild(checkout);
        if (free.isEmpty()) {
            return List.of();
        }
        try (var _ = free.get()) {
            return leftoversOfAll(checkout);
        }
    }

    private static List<OsProcess> leftoversOfAll(Path checkout) throws IOException {
        var left = new ArrayList<OsProcess>();
        for (var topology : List.of(Topology.DEBUG_SHOP, Topology.BARE)) {
            left.addAll(Leftovers.of(instance(checkout, 0, topology)));
        }
        return left;
    }

    /** Returns once each of these services has a cache, or a line that says why not. To be called once. */
    public void run(List<Service> wanted) throws IOException, InterruptedException {
        try {
            if (!untrained(wanted).isEmpty()) {
                trainOneAtATime(wanted);
            }
        } finally {
            offset.ifPresent(FreeOffset::close);
        }
    }

    private void trainOneAtATime(List<Service> wanted) throws IOException, InterruptedException {
        Runnable whenBusy = () -> screen.line("Another ./shop makes the AOT caches of this checkout; waiting for it");
        try (var _ = InstanceLock.acquireForBuild(instance.checkout(), whenBusy)) {
            Leftovers.stop(leftoversOfAll(instance.checkout()));
            var untrained = untrained(wanted);
            if (!untrained.isEmpty()) {
                train(untrained);
            }
        }
    }

    /** One service for each jar without a cache: two that share the jar share the cache. */
    private List<Service> untrained(List<Service> wanted) {
        var modules = new HashSet<String>();
        return wanted.stream()
                .filter(service -> service.kind() != Service.Kind.POSTGRES && !aotCache(service).isFresh()
                        && modules.add(service.module()))
                .toList();
    }

    private void train(List<Service> pupils) throws IOException, InterruptedException {
        screen.plain("Making AOT caches, which let services start quickly, of " + names(pupils));
        var ending = Thread.ofPlatform().unstarted(this::kill);
        Runtime.getRuntime().addShutdownHook(ending);
        try {
            for (var pupil : pupils) {
                aotCache(pupil).discard();
                alignTimesOfLibraries(pupil);
            }
            discardData();
            for (var service : instance.topology().services()) {
                if (Files.exists(instance.jar(service)) && prepare(service)) {
                    start(service, pupils.contains(service));
                }
            }
            progress("everything starts");
            until(UNTIL_READY, () -> running.keySet().stream().allMatch(service -> isReady(service) || !running.get(service).isAlive()));
            progress("everything works a little");
            exercise();
            write(pupils.stream().filter(this::isReady).toList()); // what fails teaches its JVM the wrong things
        } finally {
            kill();
            Runtime.getRuntime().removeShutdownHook(ending);
            discardData();
        }
        screen.clear();
        var without = untrained(pupils);
        screen.line(without.isEmpty()
                ? "Made AOT caches in " + elapsed()
                : "No AOT cache could be made of " + names(without) + ", which will start more slowly; the logs of the attempt: "
                        + instance.checkout().relativize(instance.directory().resolve("logs")));
    }

    /**
     * Makes all libraries equally old. A cache goes with jars of a certain age, and so it goes with copies of them too, as one that
     * several services share in an archive.
     */
    private void alignTimesOfLibraries(Service service) throws IOException {
        try (var libraries = Files.newDirectoryStream(instance.jar(service).resolveSibling("lib"))) {
            for (var library : libraries) {
                Files.setLastModifiedTime(library, AGE_OF_LIBRARIES);
            }
        } catch (NoSuchFileException itHasNone) {
            // All of it is in the jar.
        }
    }

    /** Engines begin with nothing, and what they have kept in the end is of no use. */
    private void discardData() {
        instance.topology().services().stream().filter(service -> service.kind().isEngine()).map(Service::name).map(instance::data)
                .forEach(Directories::removeQuietly);
    }

    /** Returns whether the service can be started. */
    private boolean prepare(Service service) throws IOException, InterruptedException {
        List<String> preparation;
        try {
            preparation = new LaunchCommand(instance, service).preparation();
        } catch (IOException impossible) {
            return false; // the real start reports why
        }
        if (preparation.isEmpty()) {
            return true;
        }
        progress(service.name() + " is prepared");
        preparing = Optional.of(logged(service, preparation).start());
        try {
            return preparing.get().waitFor() == 0;
        } finally {
            preparing = Optional.empty();
        }
    }

    private ProcessBuilder logged(Service service, List<String> command) throws IOException {
        new LogFile(instance.log(service.name())).startNew();
        return new LaunchCommand(instance, service).process(command);
    }

    private void start(Service service, boolean pupil) throws IOException {
        synchronized (running) {
            if (!over) {
                running.put(service, spawn(service, pupil));
            }
        }
    }

    private Process spawn(Service service, boolean pupil) throws IOException {
        var command = new LaunchCommand(instance, service);
        var builder = logged(service, pupil ? command.forTraining() : command.in(Mode.PACKAGED));
        builder.environment().putAll(new ServiceEnvironment(instance, Instance.DEFAULT_HOST, this::isPresent).of(service, Mode.PACKAGED));
        builder.environment().putAll(Map.of("USERS", "4", "DELAY_BETWEEN_USERS", "0.2", "DELAY_BETWEEN_REQUESTS", "0.1"));
        return builder.start();
    }

    /** Sends the requests of a page and waits for those of the load generators; the classes for the start itself are known by then. */
    private void exercise() throws InterruptedException {
        try (var client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
            for (var service : running.keySet().stream().filter(program -> !program.kind().isEngine()).toList()) {
                get(client, service, "/metrics");
                get(client, service, service.page().map(Service.Page::path).orElse("/"));
            }
            var loads = running.keySet().stream().filter(Service::load).toList();
            until(UNTIL_TRAINED, () -> loads.stream().allMatch(load -> requests(get(client, load, "/metrics")) >= REQUESTS));
        }
    }

    private String get(HttpClient client, Service service, String path) {
        try {
            var request = HttpRequest.newBuilder(URI.create(instance.url(service, Instance.DEFAULT_HOST) + path))
                    .header("Accept", "text/html,*/*").timeout(Duration.ofSeconds(5)).build();
            return client.send(request, BodyHandlers.ofString()).body();
        } catch (IOException noAnswer) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** How many requests a load generator has counted ({@code load_generator_request_count_total} and the other profile's). */
    private static double requests(String metrics) {
        return metrics.lines()
                .filter(line -> line.matches("load_generator_\\w*request_count_total\\{.*"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf('}') + 1).strip().split(" ")[0]))
                .sum();
    }

    /**
     * Ends the pupils, as many at a time as there are cores, since a JVM that writes its cache keeps one busy for seconds. A cache
     * counts only once its writer has ended by itself.
     */
    private void write(List<Service> pupils) throws IOException, InterruptedException {
        var written = new ConcurrentLinkedQueue<Service>();
        try (var threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            threads.invokeAll(pupils.stream().map(pupil -> (Callable<Void>) () -> {
                running.get(pupil).destroy();
                if (running.get(pupil).waitFor(UNTIL_WRITTEN) && !over) {
                    written.add(pupil);
                }
                progress("%d of %d written".formatted(written.size(), pupils.size()));
                return null;
            }).toList());
        }
        synchronized (running) {
            for (var pupil : written) {
                if (!over) {
                    aotCache(pupil).publish();
                }
            }
        }
    }

    private boolean isReady(Service service) {
        return Health.isReady(service, Instance.DEFAULT_HOST, instance.port(service.port()));
    }

    /** Engines are there or not, and come first; the others are there in any case, sooner or later. */
    private boolean isPresent(String name) {
        return running.keySet().stream().anyMatch(service -> service.name().equals(name))
                || instance.topology().applications().stream()
                        .anyMatch(service -> service.name().equals(name) && Files.exists(instance.jar(service)));
    }

    /** Ends every process at once, and the JVM that one has started to write its cache. */
    private void kill() {
        synchronized (running) {
            over = true;
            for (var process : running.values()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            running.keySet().forEach(service -> aotCache(service).discard());
        }
        preparing.ifPresent(Process::destroyForcibly);
    }

    private AotCache aotCache(Service service) {
        return new LaunchCommand(instance, service).aotCache();
    }

    private void progress(String text) {
        screen.progress("  AOT caches: " + text + ", " + elapsed());
    }

    private String elapsed() {
        var seconds = Duration.ofNanos(System.nanoTime() - started).toSeconds();
        return "%d:%02d".formatted(seconds / 60, seconds % 60);
    }

    private static String names(List<Service> services) {
        return String.join(", ", services.stream().map(Service::name).toList());
    }

    private static boolean until(Duration atMost, BooleanSupplier condition) throws InterruptedException {
        var end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(LOOK);
        }
        return true;
    }
}
