package org.debugshop.launcher.instance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A lock on a file, or on a byte of it, which the system gives back when the process ends in whatever way.
 *
 * <p>The lock of an instance is two: on byte 0 the right to supervise it, on byte 1 the right to start it. {@code ./shop up} takes both.
 * With {@code -d} it leaves the supervision to a process in the background and keeps the other until that has everything ready, so that
 * no other {@code ./shop} comes between the two.
 *
 * @param lock on the whole file, or on the byte that is given back first
 */
public record InstanceLock(FileChannel channel, FileLock lock) implements AutoCloseable {

    private static final int SUPERVISION = 0;
    private static final int START = 1;

    /** The right to start an instance and to supervise it; empty when another process has one of them. */
    public static Optional<InstanceLock> tryAcquire(Instance instance) throws IOException {
        var channel = open(file(instance));
        // In this order: who may not start it must not keep the supervision, however briefly, from the process that it was left to.
        if (tryLock(channel, START) == null) {
            channel.close();
            return Optional.empty();
        }
        return supervision(channel);
    }

    /** The right to supervise an instance that {@link #handOverSupervision} left to this process; empty when another process has it. */
    public static Optional<InstanceLock> tryAcquireSupervision(Instance instance) throws IOException {
        return supervision(open(file(instance)));
    }

    private static Optional<InstanceLock> supervision(FileChannel channel) throws IOException {
        var lock = tryLock(channel, SUPERVISION);
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        channel.truncate(0).write(StandardCharsets.US_ASCII.encode(Long.toString(ProcessHandle.current().pid())));
        return Optional.of(new InstanceLock(channel, lock));
    }

    private static FileLock tryLock(FileChannel channel, int position) throws IOException {
        return channel.tryLock(position, 1, false);
    }

    /** Leaves the supervision to another process; the right to start the instance stays with this one until it is closed. */
    public void handOverSupervision() throws IOException {
        lock.release();
    }

    /** The process that starts or supervises the instance, in words for the user; empty when none does. */
    public static Optional<String> holder(Instance instance) throws IOException {
        if (!Files.exists(file(instance))) {
            return Optional.empty();
        }
        try (var channel = open(file(instance)); var free = channel.tryLock()) {
            return free != null ? Optional.empty() : Optional.of("pid " + Files.readString(file(instance)));
        }
    }

    /** The right to build in a checkout; {@code whenBusy} runs before it waits for another process's build. */
    public static InstanceLock acquireForBuild(Path checkout, Runnable whenBusy) throws IOException {
        var channel = open(checkout.resolve(".shop/build.lock"));
        var lock = channel.tryLock();
        if (lock == null) {
            whenBusy.run();
            lock = channel.lock();
        }
        return new InstanceLock(channel, lock);
    }

    /** As {@link #acquireForBuild}, without waiting; empty when another process builds. */
    public static Optional<InstanceLock> tryAcquireForBuild(Path checkout) throws IOException {
        var channel = open(checkout.resolve(".shop/build.lock"));
        var lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new InstanceLock(channel, lock));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static Path file(Instance instance) {
        return instance.directory().resolve("lock");
    }

    private static FileChannel open(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
