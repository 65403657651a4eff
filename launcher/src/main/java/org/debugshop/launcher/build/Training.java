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
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
 * Makes the {@link AotCache} of each service whose jar has none. All built services start once on free ports, handle some load and stop.
 * When they stop, the JVMs of these services write their caches.
 *
 * <p>The caches only make the next start faster. If something fails, a line reports it, and the services start without a cache. So nobody
 * waits for them: {@code ./shop up} makes them beside the running system, {@linkplain #inBackground in the background}.
 */
public final class Training {

    private static final Duration UNTIL_READY = Duration.ofSeconds(120);
    private static final Duration UNTIL_TRAINED = Duration.ofSeconds(30);
    /** How long a JVM may take to write its cache on a busy machine. */
    private static final Duration UNTIL_WRITTEN = Duration.ofSeconds(180);
    /** The JVM that makes a cache of what another has recorded needs more heap than a service (JEP 514, "JDK_AOT_VM_OPTIONS"). */
    private static final String ROOM_TO_WRITE = "-Xmx512m -Xms256m -Xmn128m";
    private static final Duration LOOK = Duration.ofMillis(100);
    /** In the background, only what nobody else needs of the CPU (nice(1)). */
    private static final List<String> LEAST_PRIORITY = List.of("nice", "-n", "19");
    /** So everything may take this many times as long there. */
    private static final int PATIENCE = 5;
    /** How many requests each load generator must send, so that each kind of request occurs a few times. */
    private static final int REQUESTS = 60;

    private static final FileTime AGE_OF_LIBRARIES = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    private final Optional<FreeOffset> offset;
    private final Instance instance;
    private final Screen screen;
    private final boolean background;
    private final long started = System.nanoTime();
    /** Guarded by itself, because a Ctrl-C ends processes while another thread starts them. */
    private final Map<Service, Process> running = new LinkedHashMap<>();
    private volatile Optional<Process> preparing = Optional.empty();
    private volatile boolean over;

    private Training(Path checkout, Topology topology, Screen screen, boolean background) {
        this.offset = FreeOffset.take(topology);
        this.instance = instance(checkout, offset.map(FreeOffset::value).orElse(0), topology);
        this.screen = screen;
        this.background = background;
    }

    /** For commands whose user waits for the caches. They wait for another process that makes them, too. */
    public static Training first(Path checkout, Topology topology, Screen screen) {
        return new Training(checkout, topology, screen, false);
    }

    /** With the least priority. Does nothing while another process makes caches. An interrupt ends it. */
    public static Training inBackground(Path checkout, Topology topology, Screen screen) {
        return new Training(checkout, topology, screen, true);
    }

    private static Instance instance(Path checkout, int offset, Topology topology) {
        return new Instance(checkout, checkout.resolve(".shop/training"), offset, topology);
    }

    /** Returns the processes of a training run that was killed; none while a training run is in progress. */
    public static List<OsProcess> leftovers(Path checkout) throws IOException {
        var free = InstanceLock.tryAcquireForTraining(checkout);
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

    /** Makes the caches. For a service that gets none, a line reports why. Must be called only once. */
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
        var right = background
                ? InstanceLock.tryAcquireForTraining(instance.checkout())
                : Optional.of(InstanceLock.acquireForTraining(instance.checkout(), whenBusy));
        if (right.isEmpty()) {
            return;
        }
        try (var _ = right.get()) {
            Leftovers.stop(leftoversOfAll(instance.checkout()));
            var untrained = untrained(wanted);
            if (!untrained.isEmpty()) {
                train(untrained);
            }
        }
    }

    private List<Service> untrained(List<Service> wanted) {
        return untrained(instance, wanted);
    }

    /** Returns one service for each jar without a cache, because services with the same jar share the cache. */
    private static List<Service> untrained(Instance instance, List<Service> wanted) {
        var modules = new HashSet<String>();
        return wanted.stream()
                .filter(service -> service.kind() != Service.Kind.POSTGRES && !new LaunchCommand(instance, service).aotCache().isFresh()
                        && modules.add(service.module()))
                .toList();
    }

    /** Returns whether any of these services has no cache. */
    public static boolean isNeeded(Instance instance, List<Service> services) {
        return !untrained(instance, services).isEmpty();
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
            // The load comes last and goes first, because it would take the CPU from services that start or write their caches.
            startAll(service -> !service.load(), pupils);
            startAll(Service::load, pupils);
            progress("everything works a little");
            exercise();
            write(pupils.stream().filter(this::isReady).sorted(Comparator.comparing(Service::load).reversed()).toList());
        } finally {
            kill();
            Runtime.getRuntime().removeShutdownHook(ending);
            discardData();
        }
        screen.clear();
        var without = untrained(pupils);
        screen.line(without.isEmpty()
                ? "Made AOT caches in " + elapsed() + (background ? ": the next start is quicker" : "")
                : "No AOT cache could be made of " + names(without) + ", which will start more slowly; the logs of the attempt: "
                        + instance.checkout().relativize(instance.directory().resolve("logs")));
    }

    private void startAll(Predicate<Service> chosen, List<Service> pupils) throws IOException, InterruptedException {
        for (var service : instance.topology().services()) {
            if (chosen.test(service) && Files.exists(instance.jar(service)) && prepare(service)) {
                start(service, pupils.contains(service));
            }
        }
        progress("everything starts");
        until(UNTIL_READY, () -> running.keySet().stream().allMatch(service -> isReady(service) || !running.get(service).isAlive()));
    }

    /**
     * Sets the same modification time for all libraries. A cache is valid for jars with certain times only, and so it stays valid for
     * copies,
     * for example if several services share a library in an archive.
     */
    private void alignTimesOfLibraries(Service service) throws IOException {
        try (var libraries = Files.newDirectoryStream(instance.jar(service).resolveSibling("lib"))) {
            for (var library : libraries) {
                Files.setLastModifiedTime(library, AGE_OF_LIBRARIES);
            }
        } catch (NoSuchFileException itHasNone) {
            // The jar has no separate libraries.
        }
    }

    /** Removes the data of the engines, which start empty in each training run. */
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
            return false; // the real start reports the reason
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
        var program = pupil ? command.forTraining() : command.in(Mode.PACKAGED);
        var builder = logged(service, background ? Stream.concat(LEAST_PRIORITY.stream(), program.stream()).toList() : program);
        new ServiceEnvironment(instance, Instance.DEFAULT_HOST, this::isPresent).addTo(builder.environment(), service, Mode.PACKAGED);
        builder.environment().putAll(Map.of("USERS", "4", "DELAY_BETWEEN_USERS", "0.2", "DELAY_BETWEEN_REQUESTS", "0.1",
                "JDK_AOT_VM_OPTIONS", ROOM_TO_WRITE));
        return builder.start();
    }

    /** Sends the requests of a page, and waits for those of the load generators. */
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

    /** Returns how many requests a load generator has counted, with either profile ({@code load_generator_request_count_total}). */
    private static double requests(String metrics) {
        return metrics.lines()
                .filter(line -> line.matches("load_generator_\\w*request_count_total\\{.*"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf('}') + 1).strip().split(" ")[0]))
                .sum();
    }

    /**
     * Stops the trained services. As many stop at a time as there are cores, because a JVM that writes its cache uses a core for seconds. A
     * cache is complete only when its JVM has ended by itself.
     *
     * @param pupils those that are ready: one that fails would record the wrong classes
     */
    private void write(List<Service> pupils) throws IOException, InterruptedException {
        running.keySet().stream().filter(service -> service.load() && !pupils.contains(service)).map(running::get)
                .forEach(Process::destroy);
        var written = new ConcurrentLinkedQueue<Service>();
        try (var threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            threads.invokeAll(pupils.stream().map(pupil -> (Callable<Void>) () -> {
                running.get(pupil).destroy();
                if (running.get(pupil).waitFor(patient(UNTIL_WRITTEN)) && !over) {
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

    /**
     * Returns whether a service is part of the training run. Engines start first, so they count if they run. All built services will start.
     */
    private boolean isPresent(String name) {
        return running.keySet().stream().anyMatch(service -> service.name().equals(name))
                || instance.topology().applications().stream()
                        .anyMatch(service -> service.name().equals(name) && Files.exists(instance.jar(service)));
    }

    /** Kills every process, including JVMs that they have started to write their caches. */
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

    private Duration patient(Duration limit) {
        return background ? limit.multipliedBy(PATIENCE) : limit;
    }

    private static String names(List<Service> services) {
        return String.join(", ", services.stream().map(Service::name).toList());
    }

    private boolean until(Duration atMost, BooleanSupplier condition) throws InterruptedException {
        var end = System.nanoTime() + patient(atMost).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(LOOK);
        }
        return true;
    }
}
