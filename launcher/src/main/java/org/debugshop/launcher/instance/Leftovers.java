package org.debugshop.launcher.instance;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.launcher.os.OsProcess;

/** The processes of an instance that still run after its launcher was killed. */
public final class Leftovers {

    private Leftovers() {}

    /**
     * Returns the processes in the state file, and those that are missing there because the launcher was killed after it had started them
     * and before it wrote the file. They are in the order of the topology.
     */
    public static List<OsProcess> of(Instance instance) throws IOException {
        var found = new LinkedHashMap<Long, OsProcess>();
        var written = State.read(instance).stream()
                .flatMap(state -> state.services().stream())
                .map(State.Entry::process)
                .filter(process -> process != null && process.isAlive());
        var names = instance.topology().names().stream().flatMap(name -> Stream.of(name, name + Instance.CANARY));
        var marked = OsProcess.withMarkers(names.map(name -> instance.marker(name) + " ").toList());
        Stream.concat(written, marked).forEach(process -> found.putIfAbsent(process.pid(), process));
        return List.copyOf(found.values());
    }

    public static String names(List<OsProcess> processes) {
        return processes.stream()
                .map(process -> process.marker().strip().replaceAll(".*/", "") + " (pid " + process.pid() + ")")
                .collect(Collectors.joining(", "));
    }

    /** Stops the processes, the last one first. Returns when all are gone, or when one still exists ten seconds after its SIGKILL. */
    public static void stop(List<OsProcess> processes) throws InterruptedException {
        for (var process : processes.reversed()) {
            process.terminate();
            process.awaitEnd(OsProcess.PATIENCE);
            process.kill();
            process.awaitEnd(OsProcess.PATIENCE);
        }
    }
}
