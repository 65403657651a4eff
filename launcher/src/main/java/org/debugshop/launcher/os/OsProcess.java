package org.debugshop.launcher.os;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process that can be recognised later, also by another program: a pid alone may belong to another process by then.
 *
 * @param pid the process id
 * @param started when it started: clock ticks since boot on Linux (proc(5), field 22 of stat), milliseconds since the epoch elsewhere
 * @param marker a text that its command line contains
 */
public record OsProcess(long pid, long started, String marker) {

    /** How long a process may take to end by itself before it is killed. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Path PROC = Path.of("/proc");
    private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));

    public static OsProcess of(long pid, String marker) {
        return new OsProcess(pid, startOf(pid).orElse(0L), marker);
    }

    /** Every process of this user whose command line contains {@code marker}. */
    public static Stream<OsProcess> withMarker(String marker) {
        return withMarkers(List.of(marker));
    }

    /** As {@link #withMarker}, with any of these markers, marker by marker; the command lines are read once only. */
    public static Stream<OsProcess> withMarkers(List<String> markers) {
        var commandLines = ProcessHandle.allProcesses().map(ProcessHandle::pid).map(pid -> Map.entry(pid, commandLine(pid))).toList();
        return markers.stream().flatMap(marker -> commandLines.stream()
                .filter(process -> process.getValue().contains(marker))
                .map(process -> of(process.getKey(), marker)));
    }

    /**
     * A process that is about to start in a session of its own, which keeps the terminal's Ctrl-C from it, so that the launcher decides
     * when it ends. If there is no setsid(1), as on macOS, the process ignores the signal instead.
     */
    public static ProcessBuilder detached(List<String> command) {
        var shell = new ArrayList<>(List.of("/bin/sh", "-c",
                "command -v setsid >/dev/null && exec setsid \"$@\"; trap '' INT HUP; exec \"$@\"", "sh"));
        shell.addAll(command);
        return new ProcessBuilder(shell).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    }

    /** Whether a process with this pid runs, whichever it is; a zombie does not. */
    public static boolean isInUse(long pid) {
        return LINUX
                ? stat(pid).filter(fields -> !fields[0].equals("Z")).isPresent()
                : ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    /** Whether this very process still runs; a zombie does not. */
    public boolean isAlive() {
        return startOf(pid).filter(start -> start == started).isPresent() && commandLine(pid).contains(marker);
    }

    /** Asks the process to end (SIGTERM), if it is still the same one. */
    public void terminate() {
        handle().ifPresent(ProcessHandle::destroy);
    }

    /** As {@link #terminate()}, with a signal of this name, which ProcessHandle cannot send. */
    public void terminate(String signal) throws IOException {
        if (isAlive()) {
            new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        }
    }

    /** Ends the process at once (SIGKILL), if it is still the same one. */
    public void kill() {
        handle().ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Returns once it has ended, or {@code atMost} has passed. */
    public void awaitEnd(Duration atMost) throws InterruptedException {
        for (var waited = Duration.ZERO; isAlive() && waited.compareTo(atMost) < 0; waited = waited.plus(LOOK)) {
            Thread.sleep(LOOK);
        }
    }

    /** Its proportional set size in bytes; empty on systems that do not show it. */
    public Optional<Long> pss() {
        return pss(pid);
    }

    /** As {@link #pss()}, with the processes that it has started. */
    public Optional<Long> pssWithDescendants() {
        var descendants = ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).map(ProcessHandle::pid);
        return Stream.concat(Stream.of(pid), descendants).flatMap(process -> pss(process).stream()).reduce(Long::sum);
    }

    /** From smaps_rollup of proc(5). */
    private static Optional<Long> pss(long pid) {
        try (var lines = Files.lines(PROC.resolve(pid + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException | RuntimeException unknown) {
            return Optional.empty();
        }
    }

    /** The whole command line, arguments separated by blanks; empty if the process is gone or belongs to another user. */
    public static String commandLine(long pid) {
        if (!LINUX) {
            return ProcessHandle.of(pid).flatMap(handle -> handle.info().commandLine()).orElse("");
        }
        try {
            return new String(Files.readAllBytes(PROC.resolve(pid + "/cmdline")), StandardCharsets.UTF_8).replace('\0', ' ').strip();
        } catch (IOException gone) {
            return "";
        }
    }

    /** The folder that a process works in; empty if it is gone or belongs to another user, or if the system does not show it. */
    public static Optional<Path> workingDirectory(long pid) {
        try {
            return Optional.of(Files.readSymbolicLink(PROC.resolve(pid + "/cwd")));
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }

    private Optional<ProcessHandle> handle() {
        return isAlive() ? ProcessHandle.of(pid) : Optional.empty();
    }

    private static Optional<Long> startOf(long pid) {
        if (!LINUX) {
            return ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant()).map(Instant::toEpochMilli);
        }
        return stat(pid).map(fields -> Long.parseLong(fields[19]));
    }

    /** The fields of stat in proc(5), from field 3 on; empty if the process is gone. */
    private static Optional<String[]> stat(long pid) {
        try {
            var stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
