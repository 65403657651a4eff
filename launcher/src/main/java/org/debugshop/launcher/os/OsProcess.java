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
 * A process that can be recognised later, even by another program. A pid alone is not enough, because the system reuses pids.
 *
 * @param pid the process id
 * @param started the time of its start: on Linux in clock ticks since boot (proc(5), field 22 of stat), elsewhere in milliseconds since
 *     the epoch
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

    /** Returns all processes of this user whose command line contains {@code marker}. */
    public static Stream<OsProcess> withMarker(String marker) {
        return withMarkers(List.of(marker));
    }

    /** Like {@link #withMarker} for several markers, in their order. The command lines are read only once. */
    public static Stream<OsProcess> withMarkers(List<String> markers) {
        var commandLines = ProcessHandle.allProcesses().map(ProcessHandle::pid).map(pid -> Map.entry(pid, commandLine(pid))).toList();
        return markers.stream().flatMap(marker -> commandLines.stream()
                .filter(process -> process.getValue().contains(marker))
                .map(process -> of(process.getKey(), marker)));
    }

    /**
     * Prepares a process in its own session, so that it does not get the terminal's Ctrl-C, and the launcher decides when it ends. If there
     * is no setsid(1), as on macOS, the process ignores the signal instead.
     */
    public static ProcessBuilder detached(List<String> command) {
        var shell = new ArrayList<>(List.of("/bin/sh", "-c",
                "command -v setsid >/dev/null && exec setsid \"$@\"; trap '' INT HUP; exec \"$@\"", "sh"));
        shell.addAll(command);
        return new ProcessBuilder(shell).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    }

    /** Returns whether any process with this pid runs. A zombie does not count. */
    public static boolean isInUse(long pid) {
        return LINUX
                ? stat(pid).filter(fields -> !fields[0].equals("Z")).isPresent()
                : ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    /** Returns whether exactly this process still runs. A zombie does not count. */
    public boolean isAlive() {
        return startOf(pid).filter(start -> start == started).isPresent() && commandLine(pid).contains(marker);
    }

    /** Sends SIGTERM to the process, if it is still the same one. */
    public void terminate() {
        handle().ifPresent(ProcessHandle::destroy);
    }

    /** Like {@link #terminate()}, with the signal of this name. ProcessHandle can send SIGTERM and SIGKILL only. */
    public void terminate(String signal) throws IOException {
        if (isAlive()) {
            new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        }
    }

    /** Sends SIGKILL to the process, if it is still the same one. */
    public void kill() {
        handle().ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Returns when the process has ended, or when {@code atMost} has passed. */
    public void awaitEnd(Duration atMost) throws InterruptedException {
        for (var waited = Duration.ZERO; isAlive() && waited.compareTo(atMost) < 0; waited = waited.plus(LOOK)) {
            Thread.sleep(LOOK);
        }
    }

    /** Returns the proportional set size in bytes; empty if the operating system does not report it. */
    public Optional<Long> pss() {
        return pss(pid);
    }

    /** Like {@link #pss()}, including the processes that it has started. */
    public Optional<Long> pssWithDescendants() {
        var descendants = ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).map(ProcessHandle::pid);
        return Stream.concat(Stream.of(pid), descendants).flatMap(process -> pss(process).stream()).reduce(Long::sum);
    }

    /** Reads the size from smaps_rollup, see proc(5). */
    private static Optional<Long> pss(long pid) {
        try (var lines = Files.lines(PROC.resolve(pid + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException | RuntimeException unknown) {
            return Optional.empty();
        }
    }

    /** Returns the command line, with blanks between the arguments; empty if the process is gone or belongs to another user. */
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

    /** Returns the working directory; empty if the process is gone or belongs to another user, or if the system does not report it. */
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

    /** Returns the fields of stat, see proc(5), from field 3 on; empty if the process is gone. */
    private static Optional<String[]> stat(long pid) {
        try {
            var stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
